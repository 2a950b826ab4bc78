"""Parts that only some flows need: printer, card reader, scanner, battery, operators' file. Made when asked for, let go
with the flow. What sounds and shines is always there.

Their buses stay. What a part must remember is kept here when its code goes.
"""

from micropython import const

_LOW_PCT = const(10)
_EMPTY_PCT = const(5)


class Parts:
    """printer, reader, scanner: (bus, its part in board.py); emit_card(number), emit_scan(code): called by reader and
    scanner; staff_path: the file; battery: (analogue input, its part in board.py); buzzer, backlight: drivers; board:
    its name; legend: names of the keys, row by row. What the board does not have is None."""

    def __init__(
        self, printer, reader, emit_card, staff_path, clock, *,
        scanner=None, emit_scan=None, battery=None, buzzer=None, backlight=None, board="", legend=(),
    ):  # fmt: skip
        self.board = board
        self.legend = legend
        self._printer_at = printer
        self._reader_at = reader
        self._scanner_at = scanner
        self._connected = reader  # which of these two has the UART that they share
        self._battery_at = battery
        self._buzzer = buzzer
        self._backlight = backlight
        self._emit_card = emit_card
        self._emit_scan = emit_scan
        self._staff_path = staff_path
        self._clock = clock
        self._slip_begun = False
        self._waiting = {}
        self._printer = self._reader = self._scanner = self._battery = self._staff = None

    def printer(self):
        """The receipt printer, see drivers/escpos.py."""
        if not self._printer:
            from pos.drivers.escpos import EscPos

            bus, data = self._printer_at
            self._printer = EscPos(bus, data["baudrate"], data["columns"], self._clock, self._slip_begun)
        return self._printer

    def reader(self):
        """The card reader, see drivers/pn532.py. It and the scanner share a UART: who has one has not the other."""
        if not self._reader:
            from pos.drivers.pn532 import Pn532

            self._reader = Pn532(self._line_of(self._reader_at), self._emit_card, self._clock)
            self._scanner = None
        return self._reader

    def scanner(self):
        """The barcode scanner, see drivers/gm65.py; None on a board without."""
        if not self._scanner and self._scanner_at:
            from pos.drivers.gm65 import Gm65

            self._scanner = Gm65(self._line_of(self._scanner_at), self._emit_scan, self._clock)
            self._reader = None
        return self._scanner

    def _line_of(self, part):
        left, self._connected = self._connected, part
        if left is not part and part[0] is left[0]:
            from pos.drivers import shared_uart

            shared_uart.connect(part[0], part[1], left[1])
        return part[0]

    def battery(self):
        """See drivers/battery.py; None on a board without."""
        if not self._battery and self._battery_at:
            from pos.drivers.battery import Battery

            adc, data = self._battery_at
            self._battery = Battery(adc, data["cells"], data["divider_kohm"])
        return self._battery

    def charge(self):
        """(percent of the battery's charge, word): "ok", "low" (charge it soon), "empty" (it may not carry a slip's
        printing); (100, "none") on a board without a battery."""
        battery = self.battery()
        if not battery:
            return 100, "none"
        percent = battery.percent()
        return percent, "empty" if percent < _EMPTY_PCT else "low" if percent < _LOW_PCT else "ok"

    def serial_number(self):
        """Of the board."""
        from pos.drivers import chip

        return chip.serial_number()

    def sound(self, name):
        """Begins a short tone: "click", "approved", "error"."""
        if self._buzzer:
            self._buzzer.play(name)

    def pressed(self):
        """A key went down."""
        self.sound("click")
        if self._backlight:
            self._backlight.wake()

    def set_levels(self, brightness, volume):
        """Brightness of the display (1 to 5), volume of the tones (0 to 3)."""
        if self._buzzer:
            self._buzzer.volume = volume
        if self._backlight:
            self._backlight.set(brightness)

    def staff(self):
        """The operators, see journal/staff.py."""
        if not self._staff:
            from pos.journal.staff import Staff
            from pos.security import pin

            self._staff = Staff(self._staff_path, self._clock, pin.make, pin.verify, self._waiting)
            self._staff.load()
        return self._staff

    def let_go(self):
        """Forgets the parts; whoever asks again gets new ones."""
        if self._printer:
            self._slip_begun = self._printer.begun
        self._printer = self._reader = self._scanner = self._battery = self._staff = None
