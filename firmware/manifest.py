"""What is frozen into an image of one's own.

In MicroPython's ports/esp32: `make BOARD=ESP32_GENERIC FROZEN_MANIFEST=.../firmware/manifest.py`. Frozen code runs from
flash and leaves some 40 % more of the heap free. `board.py` of the board's folder and the data files of pos/texts stay
on the file system; nothing of micropython-lib is needed.
"""

# ruff: noqa: F821 - a manifest's names come from MicroPython's build
package("pos", opt=3)
module("main.py", opt=3)
