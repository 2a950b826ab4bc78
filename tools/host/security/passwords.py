"""Passwords of platform users: scrypt, with its cost beside the salt so that it can be raised later."""

import base64
import hashlib
import hmac
import secrets
from functools import cache

# RFC 7914 cost: N=2^14, r=8, p=1 takes 16 MB and about 50 ms, which is what an interactive log-in can bear.
COST_N, COST_R, COST_P = 2**14, 8, 1
SALT_BYTES = 16
HASH_BYTES = 32
PASSWORD_CHARACTERS_MAX = 200
GENERATED_BYTES = 12


def generate():
    """A fresh password of 16 characters."""
    return secrets.token_urlsafe(GENERATED_BYTES)


def hash_password(password):
    """Password -> record "scrypt$n$r$p$salt$hash"."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = _scrypt(password, salt, COST_N, COST_R, COST_P)
    encoded = [base64.b64encode(part).decode("ascii") for part in (salt, digest)]
    return "$".join(["scrypt", str(COST_N), str(COST_R), str(COST_P), *encoded])


@cache
def nobody():
    """A record that no password opens; checked for an unknown user, so that the refusal takes as long as any other."""
    return hash_password(generate())


def verify(password, record):
    """True when the password is the one that `record` was made of."""
    if len(password) > PASSWORD_CHARACTERS_MAX:
        return False
    _, n, r, p, salt, digest = record.split("$")
    found = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password, salt, n, r, p):
    return hashlib.scrypt(password.encode("utf-8"), salt=salt, n=n, r=r, p=p, dklen=HASH_BYTES)
