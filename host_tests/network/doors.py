"""Servers that a terminal must not trust, and hosts that are none: certificates, versions, ciphers, closed doors."""

import asyncio
import socket
import ssl
import warnings

from certificates import make, pem
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

HOST_NAME = "pos-host"
NO_SUCH_NAME = "no-such-host.invalid"


class Doors:
    """All of them on ports of the loopback; `names` {what it is: port}. `authority`: (certificate, key) the terminal
    trusts."""

    def __init__(self, folder, authority):
        self._folder = folder
        self._authority = authority
        self._servers = []
        self.names = {}
        self.read_bytes = {}  # what each has got behind TLS

    async def start(self):
        authority = self._authority
        stranger = make("POS host CA", authority=True)  # the right name, and another key
        good = make(HOST_NAME, authority)
        under = make("branch", authority, authority=True)
        await self._tls("another authority", make(HOST_NAME, stranger))
        await self._tls("self-signed", make(HOST_NAME))
        await self._tls("expired", make(HOST_NAME, authority, (-9, -2)))
        await self._tls("not yet valid", make(HOST_NAME, authority, (2, 30)))
        await self._tls("another name", make("somebody-else", authority))
        await self._tls("name that begins alike", make(HOST_NAME + ".example", authority))
        await self._tls("issued by a branch that may not", make(HOST_NAME, under), chain=[under[0]])
        await self._tls("a client's certificate", make(HOST_NAME, authority, usage=ExtendedKeyUsageOID.CLIENT_AUTH))
        await self._tls("TLS 1.0 and 1.1 only", good, newest=ssl.TLSVersion.TLSv1_1, ciphers="ALL:@SECLEVEL=0")
        await self._tls("TLS 1.3 only", good, oldest=ssl.TLSVersion.TLSv1_3)
        await self._tls("no encryption", good, ciphers="eNULL:@SECLEVEL=0")
        await self._tls("nobody's key", good, ciphers="aNULL:@SECLEVEL=0")
        await self._tls("CBC and SHA-1", good, ciphers="ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
        weak = make(HOST_NAME, authority, key=rsa.generate_private_key(65537, 2048))
        await self._tls("a key that is not exchanged anew", weak, ciphers="AES128-GCM-SHA256:@SECLEVEL=0")
        short = make(HOST_NAME, authority, key=rsa.generate_private_key(65537, 1024))
        await self._tls("RSA of 1 024 bits", short, ciphers="ALL:@SECLEVEL=0")
        await self._plain("plain text", _echo)
        await self._plain("HTTP", _http)
        await self._plain("silent", _silent)
        await self._plain("hangs up", _hang_up)
        await self._plain("resets", _reset)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.names["nobody listens"] = probe.getsockname()[1]
        return self

    async def close(self):
        for server in self._servers:
            server.close()

    async def _tls(self, name, pair, chain=(), oldest=None, newest=None, ciphers=None):
        path = self._folder / "door.pem"
        path.write_bytes(pem(pair, *chain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if ciphers:
            context.set_ciphers(ciphers)
        context.load_cert_chain(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            if newest:
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = newest
            elif oldest:
                context.minimum_version = oldest
            elif ciphers:
                context.maximum_version = ssl.TLSVersion.TLSv1_2
        await self._plain(name, _echo, context)

    async def _plain(self, name, serve, context=None):
        async def served(reader, writer):
            data = self.read_bytes[name] = self.read_bytes.get(name, 0)
            if context:
                data += len(await reader.read(1))
                self.read_bytes[name] = data
            try:
                await serve(reader, writer)
            except OSError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=context)
        self._servers.append(server)
        self.names[name] = server.sockets[0].getsockname()[1]


async def _echo(reader, writer):
    """Whoever comes so far gets back what he sends."""
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()


async def _http(reader, writer):
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()
    await reader.read(-1)


async def _silent(reader, _writer):
    await reader.read(-1)


async def _hang_up(_reader, _writer):
    pass


async def _reset(_reader, writer):
    writer.transport.abort()
