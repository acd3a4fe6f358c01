"""What a fresh process runs, each with ``python -m``."""
