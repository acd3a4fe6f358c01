"""Exact areas, overlays, ground counted once, and how far an area may be off."""
