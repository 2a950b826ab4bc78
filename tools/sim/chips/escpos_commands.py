"""The ESC/POS commands that a printer takes from its receive buffer, one after the other.

Source: Epson's ESC/POS command reference and, for FS & and GB18030, the manuals of Chinese models. A command is a
generator that asks for its parameters with `yield`, so it may be cut off at any byte.
"""

from tools.sim.chips import pictures, print_line
from tools.sim.chips.paper import COLUMN, CUT, WIDTH
from tools.sim.chips.print_line import PrintLine, Style

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
HT, LF, FF, CR, CAN = 0x09, 0x0A, 0x0C, 0x0D, 0x18

LINE_SPACING = 30
"""Dots from line to line after ESC 2: 3.75 mm."""

CUTTER_DISTANCE = 96
"""Dots from the head to the cutter: GS V with function B feeds that much, with function A it does not."""

CODE_PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866", 18: "cp852"}
QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
QR_LIMIT = 7089
UNKNOWN_LIMIT = 100
PRINTER_ID = b"_OPEN ESC/POS\0"

SKIPPED = {
    # Known commands with a fixed number of parameters that change nothing on this paper.
    (ESC, "="): 1, (ESC, "R"): 1, (ESC, "c3"): 1, (ESC, "c4"): 1, (ESC, "c5"): 1, (ESC, "{"): 1, (ESC, "V"): 1,
    (ESC, "p"): 3, (ESC, "%"): 1, (ESC, "?"): 1, (ESC, "7"): 3, (ESC, "8"): 1, (ESC, "T"): 1, (ESC, "U"): 1,
    (FS, "S"): 2, (FS, "C"): 1, (FS, "-"): 1, (FS, "q"): 0,
    (GS, "a"): 1, (GS, "H"): 1, (GS, "h"): 1, (GS, "w"): 1, (GS, "f"): 1, (GS, "P"): 2, (GS, "b"): 1,
}  # fmt: skip


class Complaints:
    """What commands did wrong; see the properties of the same names in `EscPosPrinter`."""

    def __init__(self):
        self.unknown = []
        self.unsupported = []
        self.cuts_through_print = 0

    def add_unknown(self, command):
        if len(self.unknown) < UNKNOWN_LIMIT:
            self.unknown.append(command)

    def add_unsupported(self, prefix, name):
        name = {ESC: "ESC ", FS: "FS ", GS: "GS "}[prefix] + name
        if name not in self.unsupported:
            self.unsupported.append(name)


class Commands:
    """Carries out commands on the paper of one printer, given byte by byte with `take`."""

    def __init__(self, printer, paper, complaints):
        self._printer = printer
        self._paper = paper
        self._complaints = complaints
        self._qr = {"size": 3, "level": "L", "data": b""}
        self._line = PrintLine()
        self._initialise()
        self._restart()

    def take(self, byte):
        """The next byte from the buffer."""
        self._running.send(byte)

    def cancel(self):
        """Forgets the line that is not printed yet and the command that is not complete."""
        self._line.clear()
        self._restart()

    def _restart(self):
        self._running = self._run()
        next(self._running)

    def _initialise(self):
        """ESC @: settings as after power-on."""
        self._style = Style()
        self._line.align, self._line.left, self._line.area = print_line.LEFT, 0, WIDTH
        self._line.clear()
        self._spacing = LINE_SPACING
        self._code_page = "cp437"
        self._chinese = False
        self._tabs = list(range(8, 32, 8))
        self._blank_dots = CUTTER_DISTANCE

    def _run(self):
        while True:
            byte = yield
            if byte in (ESC, FS, GS):
                yield from self._command(byte)
            elif byte == DLE:
                yield from self._passed_real_time_command()
            elif byte < 0x20:
                self._control(byte)
            else:
                yield from self._character(byte)

    # Characters

    def _character(self, byte):
        if not self._chinese or byte < 0x81 or byte == 0xFF:
            self._put(bytes((byte,)).decode(self._code_page, "replace"), wide=False)
            return
        code = bytes((byte, (yield)))
        if 0x30 <= code[1] <= 0x39:
            code += bytes(((yield), (yield)))
        self._put(code.decode("gb18030", "replace")[0], wide=True)

    def _put(self, char, wide):
        glyph = self._style.glyph(char, wide)
        if not self._line.room_for(glyph.width):
            self._print_line()
        self._line.add(glyph, char)

    def _control(self, byte):
        if byte in (LF, FF):
            self._print_line()
        elif byte == HT:
            column = self._line.x // COLUMN
            self._line.move_to(COLUMN * next((tab for tab in self._tabs if tab > column), column))
        elif byte == CAN:
            self._line.clear()
        elif byte not in (CR, 0):
            self._complaints.add_unknown(bytes((byte,)))

    def _passed_real_time_command(self):
        """It was carried out when it arrived; here its bytes only go by."""
        command = yield
        if command == 0x14:
            for _ in range(8 if (yield) == 8 else 2):
                yield
        else:
            n = yield
            if command not in (4, 5):
                self._complaints.add_unknown(bytes((DLE, command, n)))

    # Paper

    def _print_line(self):
        text, marks, height = self._line.take()
        self._print(text, marks, height, self._spacing)

    def _print(self, text, marks, height, advance):
        self._paper.line(text, marks, height, advance)
        self._printer.moved(max(height, advance))
        self._blank_dots = max(0, advance - height) if marks else self._blank_dots + advance

    def _feed(self, dots):
        self._paper.feed(dots)
        self._printer.moved(dots)
        self._blank_dots += dots

    def _print_block(self, dots, text):
        """A picture as a line of its own."""
        if not self._line.empty:
            self._print_line()
        x = self._line.start(dots.width)
        self._print(" " * round(x / COLUMN) + text, [(x, 0, dots)], dots.height, 0)

    # Commands

    def _command(self, prefix):
        name = chr((yield))
        if prefix == ESC and name == "c":
            name += chr((yield))
        if (prefix, name) in SKIPPED:
            yield from _bytes(SKIPPED[prefix, name])
            self._complaints.add_unsupported(prefix, name)
            return
        handler = HANDLERS.get((prefix, name))
        if handler is None:
            self._complaints.add_unknown(bytes((prefix,)) + name.encode("latin-1"))
            return
        yield from handler(self)

    def esc_at(self):
        yield from ()
        self._initialise()

    def esc_exclamation(self):
        n = yield
        style = self._style
        style.font_b, style.bold = bool(n & 0x01), bool(n & 0x08)
        style.height, style.width = 1 + bool(n & 0x10), 1 + bool(n & 0x20)
        style.underline = int(bool(n & 0x80))

    def gs_exclamation(self):
        n = yield
        style = self._style
        style.width = style.wide_width = 1 + (n >> 4 & 7)
        style.height = style.wide_height = 1 + (n & 7)

    def fs_exclamation(self):
        n = yield
        style = self._style
        style.wide_width, style.wide_height = 1 + bool(n & 0x04), 1 + bool(n & 0x08)
        style.underline = int(bool(n & 0x80))

    def fs_w(self):
        n = yield
        self._style.wide_width = self._style.wide_height = 1 + (n & 1)

    def fs_ampersand(self):
        yield from ()
        self._chinese = True

    def fs_point(self):
        yield from ()
        self._chinese = False

    def esc_e(self):
        self._style.bold = bool((yield) & 1)

    def esc_minus(self):
        self._style.underline = (yield) % 48 % 3

    def esc_m(self):
        self._style.font_b = (yield) in (1, 49)

    def esc_space(self):
        self._style.spacing = yield

    def gs_b(self):
        self._style.reverse = bool((yield) & 1)

    def esc_t(self):
        n = yield
        self._code_page = CODE_PAGES.get(n, "cp437")
        if n not in CODE_PAGES:
            self._complaints.add_unsupported(ESC, "t")

    def esc_a(self):
        n = (yield) % 48
        if n <= 2 and self._line.empty:  # counts at the beginning of a line only
            self._line.align = n

    def gs_l(self):
        left = yield from _word()
        if self._line.empty:
            self._line.left = min(left, WIDTH - COLUMN)

    def gs_w(self):
        area = yield from _word()
        if self._line.empty:
            self._line.area = max(COLUMN, area)

    def esc_dollar(self):
        self._line.move_to((yield from _word()))

    def esc_backslash(self):
        by = yield from _word()
        self._line.move_to(self._line.x + (by - 0x10000 if by & 0x8000 else by))

    def esc_d_tabs(self):
        tabs = []
        while tab := (yield):
            tabs.append(tab)
        self._tabs = tabs

    def esc_2(self):
        yield from ()
        self._spacing = LINE_SPACING

    def esc_3(self):
        self._spacing = yield

    def esc_d(self):
        n = yield
        if n and not self._line.empty:
            self._print_line()
            n -= 1
        for _ in range(n):
            self._print_line()

    def esc_j(self):
        n = yield
        if self._line.empty:
            self._feed(n)
        else:
            text, marks, height = self._line.take()
            self._print(text, marks, height, n)

    def cut(self):
        """ESC i, ESC m: cut where the paper is."""
        yield from ()
        self._cut()

    def gs_v(self):
        function = yield
        if function in (65, 66):
            self._feed(CUTTER_DISTANCE + (yield))
            self._cut()
        elif function in (0, 1, 48, 49):
            self._cut()
        else:
            self._complaints.add_unknown(bytes((GS, 0x56, function)))

    def _cut(self):
        if not self._line.empty:
            self._print_line()
        if self._blank_dots < CUTTER_DISTANCE:
            self._complaints.cuts_through_print += 1
        self._paper.finish(CUT)

    # Pictures

    def gs_v_raster(self):
        kind, mode = (yield), (yield)
        width, height = (yield from _word()), (yield from _word())
        data = yield from _bytes(width * height)
        if kind != 48 or mode % 48 > 3 or not data:
            self._complaints.add_unknown(bytes((GS, 0x76, kind, mode)))
            return
        self._print_block(pictures.raster(data, width, mode), "[picture]")

    def esc_star(self):
        mode = yield
        columns = yield from _word()
        high = mode in (32, 33)
        data = yield from _bytes(columns * (3 if high else 1))
        if mode not in (0, 1, 32, 33) or not data:
            self._complaints.add_unknown(bytes((ESC, 0x2A, mode)))
            return
        dots = pictures.columns(data, mode)
        self._line.add(dots.crop((0, 0, min(dots.width, self._line.width()), dots.height)), "")

    def gs_parenthesis(self):
        kind = yield
        length = yield from _word()
        data = yield from _bytes(length)
        if kind != ord("k") or len(data) < 2 or data[0] != 49:
            self._complaints.add_unknown(bytes((GS, 0x28, kind)) + data[:2])
        else:
            self._qr_function(data[1], data[2:])

    def _qr_function(self, function, data):
        qr = self._qr
        if function == 65 and data:
            pass  # model 1 or 2; drawn as model 2
        elif function == 67 and data and 1 <= data[0] <= 16:
            qr["size"] = data[0]
        elif function == 69 and data and data[0] in QR_LEVELS:
            qr["level"] = QR_LEVELS[data[0]]
        elif function == 80 and len(data) > 1 and data[0] == 48:
            qr["data"] = data[1:][:QR_LIMIT]
        elif function == 81 and qr["data"]:
            self._print_qr()
        else:
            self._complaints.add_unknown(bytes((GS, 0x28, 0x6B, 49, function)))

    def _print_qr(self):
        qr = self._qr
        dots = pictures.qr(qr["data"], qr["level"], qr["size"])
        if dots is not None:  # a printer leaves out a symbol that is too large
            self._paper.current.qr_codes.append(qr["data"])
            self._print_block(dots, "[QR]")

    # Answers, in order with what was printed before

    def gs_r(self):
        n = yield
        if n % 48 in (1, 2):
            self._printer.answer(b"\0")

    def esc_v(self):
        yield from ()
        self._printer.answer(b"\0")

    def gs_i(self):
        n = yield
        self._printer.answer(PRINTER_ID if n >= 65 else b"\x20")

    def gs_k(self):
        """A bar code is read to its end, but not drawn."""
        kind = yield
        if kind >= 65:
            yield from _bytes((yield))
        else:
            while (yield):
                pass
        self._complaints.add_unsupported(GS, "k")


def _word():
    """Two bytes, low byte first."""
    low = yield
    return low | (yield) << 8


def _bytes(count):
    data = bytearray()
    while len(data) < count:
        data.append((yield))
    return bytes(data)


HANDLERS = {
    (ESC, "@"): Commands.esc_at, (ESC, "!"): Commands.esc_exclamation, (GS, "!"): Commands.gs_exclamation,
    (FS, "!"): Commands.fs_exclamation, (FS, "W"): Commands.fs_w, (FS, "&"): Commands.fs_ampersand,
    (FS, "."): Commands.fs_point, (ESC, "E"): Commands.esc_e, (ESC, "G"): Commands.esc_e,
    (ESC, "-"): Commands.esc_minus, (ESC, "M"): Commands.esc_m, (ESC, " "): Commands.esc_space,
    (GS, "B"): Commands.gs_b, (ESC, "t"): Commands.esc_t, (ESC, "a"): Commands.esc_a, (GS, "L"): Commands.gs_l,
    (GS, "W"): Commands.gs_w, (ESC, "$"): Commands.esc_dollar, (ESC, "\\"): Commands.esc_backslash,
    (ESC, "D"): Commands.esc_d_tabs, (ESC, "2"): Commands.esc_2, (ESC, "3"): Commands.esc_3,
    (ESC, "d"): Commands.esc_d, (ESC, "J"): Commands.esc_j, (ESC, "i"): Commands.cut, (ESC, "m"): Commands.cut,
    (GS, "V"): Commands.gs_v, (GS, "v"): Commands.gs_v_raster, (ESC, "*"): Commands.esc_star,
    (GS, "("): Commands.gs_parenthesis, (GS, "r"): Commands.gs_r, (ESC, "v"): Commands.esc_v,
    (GS, "I"): Commands.gs_i, (GS, "k"): Commands.gs_k,
}  # fmt: skip
