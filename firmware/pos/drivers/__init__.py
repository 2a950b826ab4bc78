"""One file a chip; see README.md in this folder."""
