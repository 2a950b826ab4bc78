"""Keys as TR-31 version D blocks, by `psec`: on the wire under the terminal's key, at rest under the host's."""

import secrets
from collections import OrderedDict
from threading import Lock

from psec import tr31

from tools.host.security.mac import Mac

KEY_BYTES = 16
STORAGE_KEY_BYTES = 32
# Header: version D, length filled in by psec, usage, algorithm AES, mode of use, key version 00, not exportable.
MASTER_HEADER = "D0000K1AB00N0000"  # K1: a key that protects key blocks; B: both wraps and unwraps
WORKING_HEADER = "D0000M6AG00N0000"  # M6: CMAC key; G: generates codes
WEBHOOK_HEADER = "D0000M7HG00N0000"  # M7: HMAC key; H: for HMAC
OPEN_KEYS_MAX = 10_000


class KeyStoreError(Exception):
    """A stored key block does not open under this host's storage key."""


class KeyStore:
    """Makes, wraps and opens keys. Safe to call from several threads."""

    def __init__(self, storage_key):
        if len(storage_key) != STORAGE_KEY_BYTES:
            raise KeyStoreError(f"storage key has {len(storage_key)} bytes, {STORAGE_KEY_BYTES} expected")
        self._storage_key = storage_key
        self._open = OrderedDict()
        self._lock = Lock()

    def store_master(self, key):
        """Terminal master key -> block for the database."""
        return self._wrap_at_rest(MASTER_HEADER, key)

    def new_working_key(self, stored_master):
        """Stored master key -> (block for the database, block for the terminal) of a fresh working key."""
        key = secrets.token_bytes(KEY_BYTES)
        for_terminal = tr31.wrap(self._unwrap(stored_master), WORKING_HEADER, key, masked_key_len=KEY_BYTES)
        return self._wrap_at_rest(WORKING_HEADER, key), for_terminal

    def store_webhook_key(self, key):
        """Key that signs a merchant's notices -> block for the database."""
        return self._wrap_at_rest(WEBHOOK_HEADER, key)

    def webhook_key(self, stored):
        """Block of the database -> the key."""
        return self._unwrap(stored)

    def mac(self, stored_working):
        """Stored working key -> Mac. Opening costs far more than signing, so the last ones used stay open."""
        with self._lock:
            mac = self._open.get(stored_working)
            if mac:
                self._open.move_to_end(stored_working)
                return mac
        mac = Mac(self._unwrap(stored_working))
        with self._lock:
            self._open[stored_working] = mac
            if len(self._open) > OPEN_KEYS_MAX:
                self._open.popitem(last=False)
        return mac

    def opens(self, stored):
        """Whether a block of the database opens under this storage key."""
        try:
            self._unwrap(stored)
        except KeyStoreError:
            return False
        return True

    def _wrap_at_rest(self, header, key):
        return tr31.wrap(self._storage_key, header, key, masked_key_len=len(key))

    def _unwrap(self, block):
        try:
            return tr31.unwrap(self._storage_key, block)[1]
        except (tr31.KeyBlockError, tr31.HeaderError) as error:
            # Not its own words, which repeat parts of the block, and which a log would keep.
            raise KeyStoreError(f"stored key block does not open ({type(error).__name__})") from None
