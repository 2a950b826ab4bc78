"""Runs before main.py at each start: makes room before anything is loaded."""

import gc

# Collect early rather than grow: code is loaded into the same heap that Wi-Fi and TLS draw from.
gc.threshold(16 * 1024)
