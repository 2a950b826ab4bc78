"""The envelope of a message: TPDU and header, which pyiso8583 knows nothing about.

A frame is TPDU (5 bytes) + header (6 bytes) + message, without the two length bytes of the TCP stream.
"""

from typing import NamedTuple

TPDU_BYTES = 5
HEADER_BYTES = 6
ENVELOPE_BYTES = TPDU_BYTES + HEADER_BYTES
MESSAGE_HEAD_BYTES = 2 + 8  # MTI and bitmap
FRAME_BYTES_MIN = ENVELOPE_BYTES + MESSAGE_HEAD_BYTES
FRAME_BYTES_MAX = 1024
TPDU_ID = 0x60

# Processing requirement: what the host asks the terminal to do next, the header's sixth digit.
NOTHING = 0
SIGN_ON_AGAIN = 3


class FrameError(ValueError):
    """The bytes are no frame of ours; there is nobody to answer."""


class Envelope(NamedTuple):
    """The parts of a frame: two 2-byte addresses, the 6-byte header and the message's bytes."""

    destination: bytes
    source: bytes
    header: bytes
    message: bytes


def unwrap(frame):
    """Frame bytes -> Envelope; FrameError when too short, too long, or not a TPDU."""
    if not FRAME_BYTES_MIN <= len(frame) <= FRAME_BYTES_MAX:
        raise FrameError(f"frame of {len(frame)} bytes, {FRAME_BYTES_MIN} to {FRAME_BYTES_MAX} allowed")
    if frame[0] != TPDU_ID:
        raise FrameError(f"TPDU begins with {frame[0]:02x}, 60 expected")
    header = frame[TPDU_BYTES:ENVELOPE_BYTES]
    if not header.hex().isdecimal():
        raise FrameError("header is not BCD")
    return Envelope(frame[1:3], frame[3:5], header, frame[ENVELOPE_BYTES:])


def answer(request, message, requirement=NOTHING):
    """The frame that carries `message` back: addresses swapped, the header with the processing requirement."""
    header = bytearray(request.header)
    header[2] = (header[2] & 0xF0) | requirement
    return bytes([TPDU_ID]) + request.source + request.destination + bytes(header) + message
