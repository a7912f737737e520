"""The components of the web shell with invented rows, to look at and to test: see scripts/gallery.py."""
