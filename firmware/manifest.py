"""What is frozen into an image of one's own: `make BOARD=... FROZEN_MANIFEST=<here>/manifest.py` in MicroPython's ports/esp32.

Frozen code runs from flash and leaves some 40 % more of the heap free. `board.py` of the board's folder and the data
files of pos/texts stay on the file system; nothing of micropython-lib is needed.
"""

# ruff: noqa: F821 - a manifest's names come from MicroPython's build
package("pos", opt=3)
module("main.py", opt=3)
