"""The message authentication code of field 64: the leftmost 8 bytes of AES-CMAC over message type to field 63."""

from pos.security.cmac import cmac
from pos.security.compare import equal

MAC_BYTES = 8


class Mac:
    """Signs and verifies with one working key (16 or 32 bytes)."""

    def __init__(self, key):
        self._key = key

    def sign(self, data):
        """The 8 bytes of field 64. data: the message up to there, with bit 64 set (the hook of codec.pack)."""
        return cmac(self._key, data)[:MAC_BYTES]

    def verify(self, message):
        """Whether a whole message carries field 64 (bit set, 8 bytes at its end) and it is right."""
        if len(message) < 10 + MAC_BYTES or not message[9] & 1:
            return False
        return equal(message[-MAC_BYTES:], self.sign(message[:-MAC_BYTES]))
