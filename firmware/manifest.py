"""What goes on the board, or is frozen into an image: the terminal and, from micropython-lib, what it can use."""

# Optional, for a prompt beside the running terminal: main.py works without it.
require("aiorepl")  # noqa: F821 - manifest files have their own names
package("pos", opt=3)  # noqa: F821
module("boot.py", opt=3)  # noqa: F821
module("main.py", opt=3)  # noqa: F821
