"""CPython stand-in for MicroPython's `cryptolib`: AES in ECB and CBC mode, on the `cryptography` package.

Like the original it refuses CTR here (the unix port and the stock ESP32 image are built without it), keeps the
chaining value between calls, and wants whole blocks.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_ECB, _CBC = 1, 2


class aes:  # noqa: N801 - the name is MicroPython's
    def __init__(self, key, mode, iv=None):
        if mode == _ECB:
            block_mode = modes.ECB()
        elif mode == _CBC:
            block_mode = modes.CBC(bytes(iv))
        else:
            raise ValueError("mode")
        cipher = Cipher(algorithms.AES(bytes(key)), block_mode)
        self._make = {"encrypt": cipher.encryptor, "decrypt": cipher.decryptor}
        self._direction = None
        self._context = None

    def _run(self, direction, data, out):
        if len(data) % 16:
            raise ValueError("blksize % 16")
        if self._direction is None:
            self._direction, self._context = direction, self._make[direction]()
        elif self._direction != direction:
            raise ValueError("can't encrypt & decrypt")
        result = self._context.update(bytes(data))
        if out is None:
            return result
        out[: len(result)] = result
        return out

    def encrypt(self, data, out=None):
        return self._run("encrypt", data, out)

    def decrypt(self, data, out=None):
        return self._run("decrypt", data, out)
