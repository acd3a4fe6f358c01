"""Files that people and programs write, to zones and back: one module a format."""
