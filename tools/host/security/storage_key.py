"""The key that everything else is wrapped under: from the environment, or from a file that only its owner can read."""

import os
import re
import stat

from tools.host.security.keystore import STORAGE_KEY_BYTES

VARIABLE = "POS_STORAGE_KEY"  # hexadecimal; it goes before the file
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SecretError(Exception):
    """A secret that must not be used; the text says why and what to do, and no part of the secret."""


def is_in_environment(environment=os.environ):
    """Whether the variable is set, be it to a key or not."""
    return bool(environment.get(VARIABLE))


def from_environment(environment=os.environ):
    """32 bytes, None when the variable is not set. SecretError."""
    text = environment.get(VARIABLE)
    if not text:
        return None
    if not re.fullmatch(f"[0-9a-fA-F]{{{2 * STORAGE_KEY_BYTES}}}", text):
        raise SecretError(
            f"{VARIABLE} in the environment is not {2 * STORAGE_KEY_BYTES} hexadecimal digits: "
            "set it to the key that `init` was run with, or unset it to use the file"
        )
    return bytes.fromhex(text)


def check(path):
    """SecretError when anybody but its owner can read or change the file, or its owner is somebody else."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise SecretError(f"{path} is gone: bring it back from a backup; nothing else opens what it protects") from None
    if not stat.S_ISREG(found.st_mode):
        raise SecretError(f"{path} is no file")
    if found.st_mode & OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise SecretError(
            f"others on this machine can read or change {path} (mode {mode:04o}): run `chmod 600 {path}`, "
            "and take the secret in it for known if they should not have seen it"
        )
    if found.st_uid not in (os.geteuid(), 0):
        raise SecretError(f"{path} belongs to another user: run `chown {os.geteuid()} {path}`, or run as its owner")


def read(path):
    """The file's bytes, once its permissions were checked. SecretError."""
    check(path)
    return path.read_bytes()
