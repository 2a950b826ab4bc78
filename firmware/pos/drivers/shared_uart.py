"""One UART for two parts on different pins, of which only one is asked at a time."""

from machine import Pin


def connect(uart, data, left):
    """Leads the UART to the part `data` of board.py, away from the part `left`.

    A pin that sent for the UART goes on sending after it was given another one (MicroPython issue 12172), so the pin
    that is left becomes a plain output at rest. That comes last: newer versions of the chip's own software let go of
    that pin while they change over, and the part must not hear a wire that floats.
    """
    uart.init(data["baudrate"], tx=Pin(data["tx"]), rx=Pin(data["rx"]), timeout=0)
    Pin(left["tx"], Pin.OUT, value=1)
    uart.read()  # what came from the part that is left
