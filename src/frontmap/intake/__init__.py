"""From what a file holds to zones: what its words mean in ours, its ground mended and said."""
