"""The terminal's REPL as a serial port: a pty that stays while the interpreter behind it is reset, with real mpremote.

Between the pty that people open and the one that the interpreter has, three things are translated: line endings are
left alone on both, the request for raw-paste mode is declined (Ctrl-C would not interrupt there), and Ctrl-D's soft
reset, after which the process must be started anew, is announced as the ESP32 port announces it.
"""

import asyncio
import os
import pty
import termios
import tty

RAW_PASTE_REQUEST = b"\x05A\x01"
RAW_PASTE_DECLINED = b"R\x00"
PROMPT = b">>> "
SOFT_REBOOT = b"MPY: soft reboot\r\n"
RAW_BANNER = b"raw REPL; CTRL-B to exit"
ENTER_RAW, LEAVE_RAW = b"\x01", b"\x02"
CHUNK_BYTES = 4096
TYPED_BYTES_MAX = 1 << 20
SHOWN_BYTES_MAX = 1 << 14  # of output that nobody reads


class Console:
    """`path` is the pty to open; what is printed goes to the file `log_path` too. Needs a running asyncio loop.

    `prompts`: whether the interpreter has come to its prompt since it was started: then no firmware runs any more.
    """

    def __init__(self, log_path):
        self._log = open(log_path, "ab", buffering=0)  # noqa: SIM115 - open as long as the console
        self._outer, self._outer_end = pty.openpty()
        tty.setraw(self._outer_end)
        self.path = os.ttyname(self._outer_end)
        os.set_blocking(self._outer, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._outer, self._from_user)
        self._inner = None
        self._tail = b""  # typed, perhaps the start of a raw-paste request
        self._typed = bytearray()  # not yet taken by the interpreter
        self._shown = bytearray()  # not yet taken by whoever opened the pty
        self._last = b""  # end of what the interpreter printed
        self.raw = False
        self.prompts = False

    def terminal_end(self):
        """A new pty for a new interpreter; the caller closes the descriptor after giving it to the process."""
        self._drop_inner()
        self.prompts = False
        self._last = b""
        self._inner, theirs = pty.openpty()
        mode = termios.tcgetattr(theirs)
        mode[0] = mode[1] = 0
        mode[3] = termios.ISIG
        termios.tcsetattr(theirs, termios.TCSANOW, mode)
        os.set_blocking(self._inner, False)
        self._loop.add_reader(self._inner, self._from_terminal)
        self._typed_more()
        return theirs

    def rebooted(self):
        """Tells the user of a soft reset; True when main.py is to run, which the raw mode leaves out."""
        self._show(SOFT_REBOOT)
        if self.raw:
            self._typed[:0] = ENTER_RAW
        return not self.raw

    def reset(self):
        """The chip was reset: what was typed and the raw mode are lost."""
        self.raw = False
        self._typed.clear()

    def close(self):
        self._drop_inner()
        for descriptor in (self._outer, self._outer_end):
            self._loop.remove_reader(descriptor)
            self._loop.remove_writer(descriptor)
            os.close(descriptor)
        self._log.close()

    def _drop_inner(self):
        if self._inner is not None:
            while self._take():  # the last words
                pass
            self._loop.remove_reader(self._inner)
            self._loop.remove_writer(self._inner)
            os.close(self._inner)
            self._inner = None

    # From the user to the interpreter

    def _from_user(self):
        data = self._tail + os.read(self._outer, CHUNK_BYTES)
        while RAW_PASTE_REQUEST in data:
            before, _, data = data.partition(RAW_PASTE_REQUEST)
            self._type(before)
            self._show(RAW_PASTE_DECLINED)
        kept = next((n for n in (2, 1) if data.endswith(RAW_PASTE_REQUEST[:n])), 0)
        self._tail = data[len(data) - kept :]
        self._type(data[: len(data) - kept])

    def _type(self, data):
        if LEAVE_RAW in data:
            self.raw = False
        self._typed += data[: TYPED_BYTES_MAX - len(self._typed)]
        self._push(self._inner, self._typed, self._typed_more)

    def _typed_more(self):
        self._push(self._inner, self._typed, self._typed_more)

    # From the interpreter to the user and the log

    def _from_terminal(self):
        if self._take() is None:
            self._drop_inner()

    def _take(self):
        """Passes on what is there; 0 when there is nothing now, None when the process is gone."""
        try:
            data = os.read(self._inner, CHUNK_BYTES)
        except BlockingIOError:
            return 0
        except OSError:
            return None
        self._last = self._last[-len(RAW_BANNER) :] + data
        self.prompts = self.prompts or RAW_BANNER in self._last or b"\n" + PROMPT in self._last
        if RAW_BANNER in self._last:
            self._last = b""
            self.raw = True
        self._log.write(data.replace(b"\r", b""))
        self._show(data)
        return len(data) or None

    def _show(self, data):
        self._shown += data
        del self._shown[: max(0, len(self._shown) - SHOWN_BYTES_MAX)]
        self._shown_more()

    def _shown_more(self):
        self._push(self._outer, self._shown, self._shown_more)

    def _push(self, descriptor, data, again):
        """Writes what goes now and comes back for the rest."""
        if descriptor is None:
            return
        try:
            while data:
                del data[: os.write(descriptor, data)]
        except BlockingIOError:
            self._loop.add_writer(descriptor, again)
            return
        except OSError:
            data.clear()  # nobody is there any more
        self._loop.remove_writer(descriptor)
