"""Parts that only some flows need: printer, card reader, operators' file. Made when asked for, let go with the flow.

Their buses stay. What a part must remember is kept here when its code goes.
"""


class Parts:
    """printer, reader: (bus, its part in board.py); emit_card(number): called by the reader; staff_path: the file."""

    def __init__(self, printer, reader, emit_card, staff_path, clock):
        self._printer_at = printer
        self._reader_at = reader
        self._emit_card = emit_card
        self._staff_path = staff_path
        self._clock = clock
        self._slip_begun = False
        self._waiting = {}
        self._printer = self._reader = self._staff = None

    def printer(self):
        """The receipt printer, see drivers/escpos.py."""
        if not self._printer:
            from pos.drivers.escpos import EscPos

            bus, data = self._printer_at
            self._printer = EscPos(bus, data["baudrate"], data["columns"], self._clock, self._slip_begun)
        return self._printer

    def reader(self):
        """The card reader, see drivers/pn532.py."""
        if not self._reader:
            from pos.drivers.pn532 import Pn532

            self._reader = Pn532(self._reader_at[0], self._emit_card, self._clock)
        return self._reader

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
        self._printer = self._reader = self._staff = None
