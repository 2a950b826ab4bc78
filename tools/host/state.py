"""The state folder of one host: where what is kept, and how secrets get there."""

import os
import secrets
from pathlib import Path

from tools.host.security import storage_key
from tools.host.security.keystore import STORAGE_KEY_BYTES, KeyStore, KeyStoreError
from tools.host.security.storage_key import SecretError
from tools.host.store.database import AddressError, Database

SECRET_MODE = 0o600
FOLDER_MODE = 0o700
SESSION_KEY_BYTES = 32


class StateError(Exception):
    """The folder cannot be used; the text says what to do."""


class State:
    """Paths below one folder, and the few secrets in it. `address` is where the database is when it is not in it."""

    def __init__(self, folder, address=None):
        self.folder = Path(folder)
        self.database_file = self.folder / "host.db"
        self._address = address
        self.pki = self.folder / "pki"
        self.terminals = self.folder / "terminals"
        self.storage_key_file = self.folder / "keys" / "storage.key"
        self.session_key_file = self.folder / "keys" / "session.key"
        self._console_port_file = self.folder / "console.port"

    @property
    def initialised(self):
        return (bool(self._address) or self.database_file.exists()) and self._has_key

    @property
    def _has_key(self):
        return self.storage_key_file.exists() or storage_key.is_in_environment()

    def require(self):
        """StateError unless `init` was run here."""
        if not self.initialised:
            raise StateError(f"{self.folder} is not set up: run `python -m tools.host init --state {self.folder}`")

    def database(self):
        """The database, opened; StateError when its address cannot be one."""
        try:
            return Database(self._address or self.database_file)
        except AddressError as error:
            raise StateError(f"the database's address (DATABASE_URL or --database): {error}") from None

    def keystore(self):
        """The key store under this host's storage key: of the environment, else of the file. StateError."""
        try:
            key = storage_key.from_environment() or storage_key.read(self.storage_key_file)
            return KeyStore(key)
        except SecretError as error:
            raise StateError(str(error)) from None
        except KeyStoreError as error:
            raise StateError(f"{self.storage_key_file}: {error}; bring it back from a backup") from None

    def session_key(self):
        """What signs the console's cookies. StateError."""
        try:
            return storage_key.read(self.session_key_file)
        except SecretError as error:
            raise StateError(str(error)) from None

    def check_secrets(self):
        """StateError when a file with a secret is open to others: keys, certificates' keys, terminals' files."""
        files = [*self.storage_key_file.parent.glob("*.key"), *self.pki.glob("*.key"), *self.terminals.glob("*.json")]
        try:
            for path in sorted(files):
                storage_key.check(path)
        except SecretError as error:
            raise StateError(str(error)) from None

    @property
    def console_port(self):
        """Where the console was last served from this folder; None when it never was."""
        try:
            return int(self._console_port_file.read_text())
        except (FileNotFoundError, ValueError):
            return None

    @console_port.setter
    def console_port(self, port):
        write_secret(self._console_port_file, str(port).encode())

    def make_folders(self):
        """Folders and random secrets that are not there yet."""
        for folder in (self.folder, self.pki, self.terminals, self.storage_key_file.parent):
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if not self._address and not self.database_file.exists():
            write_secret(self.database_file, b"")  # SQLite takes an empty file for a new database, and keeps its mode
        if not self._has_key:
            write_secret(self.storage_key_file, secrets.token_bytes(STORAGE_KEY_BYTES))
        if not self.session_key_file.exists():
            write_secret(self.session_key_file, secrets.token_bytes(SESSION_KEY_BYTES))


def write_secret(path, data):
    """Writes the file whole or not at all, readable by its owner only from its first moment."""
    scratch = path.with_name(path.name + ".new")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET_MODE), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    # The name must be as durable as the content: a storage key that vanishes takes every terminal's key with it.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
