"""Speed as a ratio against a named peer, both in one run: ``make bench SHARED=DIR``."""
