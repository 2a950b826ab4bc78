"""Runs before main.py at each start: makes room before anything is loaded."""

import gc
import sys

from micropython import const

# Some 75 are loaded at once at most. The table of modules grows by a new one in a single piece, and amid a flow there
# may be none so large; what is taken out of it again leaves its size.
_MODULES_MAX = const(97)

for _at in range(_MODULES_MAX):
    sys.modules[str(_at)] = sys
for _at in range(_MODULES_MAX):
    del sys.modules[str(_at)]

# Collect early rather than grow: code is loaded into the same heap that Wi-Fi and TLS draw from.
gc.threshold(16 * 1024)
