"""A proxy between host and PostgreSQL that breaks the connection around a COMMIT, on a unix socket of its own.

with Cut(server.folder) as cut:
    Database(cut.address("books"))
    cut.at = "before"      # the next COMMIT does not reach the server
    cut.at = "after"       # it does, and its answer does not come back
"""

import contextlib
import shutil
import socket
import tempfile
import threading
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT\0"
BYTES_MAX = 65_536


class Cut:
    def __init__(self, folder):
        self.at = None
        self.cuts = 0
        self._server = Path(folder) / SOCKET
        self._folder = Path(tempfile.mkdtemp(prefix="pos-cut-", dir="/tmp"))
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._folder / SOCKET))
        self._listening.listen()
        self._threads = []

    def __enter__(self):
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()
        shutil.rmtree(self._folder)

    def address(self, name):
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def _accept(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            self._start(self._pass_on, client, server, self._asked)
            self._start(self._pass_on, server, client, self._answered)

    def _start(self, run, *arguments):
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _pass_on(self, source, target, passes):
        with contextlib.suppress(OSError):
            while data := source.recv(BYTES_MAX):
                if not passes(data):
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _asked(self, data):
        if COMMIT not in data or self.at is None:
            return True
        self.cuts += 1
        if self.at == "before":
            self.at = None
            return False
        self.at = "answer"
        return True

    def _answered(self, _data):
        if self.at == "answer":
            self.at = None
            return False
        return True
