"""AES for the firmware with less around it: the same cipher, with its key schedules kept."""

import sys
import types
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_ECB = 1


def install():
    """Takes the place of tools/sim/cpython/cryptolib.py for this process."""
    module = types.ModuleType("cryptolib")
    module.aes = _Aes
    sys.modules["cryptolib"] = module


@lru_cache(maxsize=4096)
def _contexts(key):
    cipher = Cipher(algorithms.AES(key), modes.ECB())
    return cipher.encryptor(), cipher.decryptor()


class _Aes:
    """Electronic code book from kept contexts, which have no state; chaining on top of that."""

    def __init__(self, key, mode, iv=None):
        if mode not in (1, 2):
            raise ValueError("mode")
        self._chain = None if mode == _ECB else int.from_bytes(iv, "big")
        self._encrypt, self._decrypt = _contexts(bytes(key))

    def encrypt(self, data, out=None):
        _whole(data)
        if self._chain is None:
            return _into(out, self._encrypt.update(bytes(data)))
        parts, chain, update = [], self._chain, self._encrypt.update
        for at in range(0, len(data), 16):
            block = update((int.from_bytes(data[at : at + 16], "big") ^ chain).to_bytes(16, "big"))
            chain = int.from_bytes(block, "big")
            parts.append(block)
        self._chain = chain
        return _into(out, b"".join(parts))

    def decrypt(self, data, out=None):
        _whole(data)
        plain = self._decrypt.update(bytes(data))
        if self._chain is None:
            return _into(out, plain)
        before = self._chain.to_bytes(16, "big") + bytes(data)
        self._chain = int.from_bytes(before[-16:], "big")
        mixed = int.from_bytes(plain, "big") ^ int.from_bytes(before[: len(plain)], "big")
        return _into(out, mixed.to_bytes(len(plain), "big"))


def _whole(data):
    if len(data) % 16:
        raise ValueError("blksize % 16")


def _into(out, result):
    if out is None:
        return result
    out[: len(result)] = result
    return out
