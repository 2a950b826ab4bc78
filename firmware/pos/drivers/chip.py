"""Who this board is: what the chip itself can tell."""

import machine


def serial_number():
    """The chip's number, in hexadecimal: no two are alike."""
    return machine.unique_id().hex().upper()
