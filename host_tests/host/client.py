"""A TLS connection for tests of the host, on plain blocking sockets."""

import socket
import ssl

TIMEOUT_S = 10


class Client:
    """Frames over TLS. `send` is what Terminal wants."""

    def __init__(self, port, ca_der, name="pos-host", version=ssl.TLSVersion.TLSv1_2):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=ca_der)
        context.minimum_version = context.maximum_version = version
        plain = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        try:
            self.socket = context.wrap_socket(plain, server_hostname=name)
        except OSError:
            plain.close()
            raise
        self.file = self.socket.makefile("rb")

    def send(self, frame):
        """Frame -> answer frame, None when the host closed."""
        self.socket.sendall(len(frame).to_bytes(2, "big") + frame)
        return self.read()

    def read(self):
        head = self.file.read(2)
        return self.file.read(int.from_bytes(head, "big")) if head else None

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
