"""What lies around a message on the line: length, TPDU and header.

length   2 bytes, big-endian, of all that follows
TPDU     5 bytes BCD: 60, destination, source (the host swaps the two in its answer)
header   6 bytes BCD: application type 60, version 31, terminal status 1 digit, processing requirement 1 digit,
         software version 6 digits

Processing requirement, by which the host asks for something: 0 nothing, 1 fetch parameters, 2 send status, 3 sign on
again, 6 update the software.
"""

from micropython import const

from pos.iso8583.codec import FieldError

LENGTH_BYTES = 2
BODY_BYTES_MAX = 1024

_TPDU = const(b"\x60\x00\x03\x00\x00")
_HEADER = const(b"\x60\x31\x00\x00\x01\x00")
_AROUND_BYTES = const(11)


def wrap(message):
    """A whole frame to send, length included. message: bytes of codec.pack. Raises FieldError when too long."""
    size = len(message) + _AROUND_BYTES
    if size > BODY_BYTES_MAX:
        raise FieldError("length", 0, BODY_BYTES_MAX, size, "the frame is too long")
    return size.to_bytes(LENGTH_BYTES, "big") + _TPDU + _HEADER + message


def body_bytes(length):
    """How many bytes follow the 2 bytes of length; FieldError when that cannot be a frame."""
    if len(length) != LENGTH_BYTES:
        raise FieldError("length", 0, LENGTH_BYTES, len(length), "cut short")
    size = int.from_bytes(length, "big")
    if not _AROUND_BYTES < size <= BODY_BYTES_MAX:
        raise FieldError("length", 0, size, BODY_BYTES_MAX, "no such frame")
    return size


def unwrap(body):
    """(message bytes, processing requirement 0 to 9) of a frame without its length. Raises FieldError."""
    size = len(body)
    if size <= _AROUND_BYTES:
        raise FieldError("TPDU", 0, _AROUND_BYTES + 1, size, "cut short")
    if body[0] != 0x60:
        raise FieldError("TPDU", 0, 5, size, "does not begin with 60")
    if body[5] != 0x60:
        raise FieldError("header", 5, 6, size - 5, "does not begin with 60")
    requirement = body[7] & 15
    if requirement > 9:
        raise FieldError("header", 7, 1, 1, "the processing requirement is not a digit")
    return bytes(body[_AROUND_BYTES:]), requirement
