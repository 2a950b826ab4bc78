"""The screen and the widgets; see README.md."""
