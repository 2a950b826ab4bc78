"""Message authentication code: the leftmost 8 bytes of AES-CMAC (SP 800-38B), by `cryptography`."""

import hmac

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

MAC_BYTES = 8


class Mac:
    """One working key, ready to sign; copying the started CMAC spares the key schedule of every message."""

    def __init__(self, key):
        self._start = CMAC(AES(key))

    def sign(self, data):
        """bytes -> 8 bytes"""
        cmac = self._start.copy()
        cmac.update(data)
        return cmac.finalize()[:MAC_BYTES]

    def verify(self, data, mac):
        """True when `mac` (bytes) is the code of `data`; compared in constant time."""
        return hmac.compare_digest(self.sign(data), mac)
