"""Why the host could not be reached or heard: texts and numbers of socket and TLS in words that a screen can explain.

Loaded only when something went wrong.
"""

import asyncio
import errno

from pos.link.errors import LinkError

# Words in the texts of mbedTLS (MicroPython) and OpenSSL (CPython), looked for in this order.
_TEXTS = (
    ("name", ("expected cn", "hostname mismatch", "ip address mismatch")),
    ("certificate", ("certificate", "x509", "unknown ca", "-9984")),
    ("closed", ("conn_eof", "eof occurred", "ssl connection is closed", "peer_close")),
    ("garbage", ("mbedtls", "ssl", "wrong version")),
    ("refused", ("errno 111",)),
    ("unreachable", ("addrinfo", "not known", "name resolution", "getaddrinfo")),
)
# EPIPE has no name in MicroPython's errno.
_EPIPE = 32
_NUMBERS = (
    ("refused", (errno.ECONNREFUSED,)),
    ("closed", (errno.ECONNRESET, errno.ECONNABORTED, errno.ENOTCONN, _EPIPE, errno.EBADF)),
    ("timeout", (errno.ETIMEDOUT,)),
)


def kind_of(error, opening):
    """Kind for LinkError of what socket and TLS raise (OSError, ValueError, EOFError). opening: no session yet."""
    if isinstance(error, LinkError):
        return error.kind
    if isinstance(error, asyncio.TimeoutError):
        return "unreachable" if opening else "timeout"
    if isinstance(error, EOFError):
        return "closed"
    text = str(error).lower()
    for kind, words in _TEXTS:
        if any(word in text for word in words):
            return kind
    number = error.args[0] if error.args else None
    for kind, numbers in _NUMBERS:
        if number in numbers:
            return "unreachable" if opening and kind == "timeout" else kind
    return "unreachable" if opening and isinstance(number, int) else "closed"
