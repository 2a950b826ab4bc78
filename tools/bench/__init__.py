"""Measurements beside their references: `python -m tools.bench` (or `make bench`)."""
