"""The terminal's firmware; start reading at wiring.py (how it is put together) and terminal.py (what it does)."""

VERSION = "0.1.0"
