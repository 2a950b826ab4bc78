"""The real stream to the host: TLS over TCP; the host's certificate and name are always checked."""

import asyncio
import ssl

from micropython import const

from pos.link.errors import LinkError

# A sale keyed while the Wi-Fi comes back waits for it this long.
WIFI_WAIT_MS = const(8000)


def opener(wifi, host, port, server_name, ca):
    """An async callable -> (reader, writer), for Channel. ca: DER bytes of the only authority that is trusted.

    wifi: see wifi.py. Raises ValueError when ca is no certificate. The callable raises what asyncio raises, and
    LinkError("wifi").
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=ca)
    _only_strong(context)

    async def open_stream():
        if not await wifi.wait_up(WIFI_WAIT_MS):
            raise LinkError("wifi")
        # Without server_hostname mbedTLS would not check the name.
        return await asyncio.open_connection(host, port, ssl=context, server_hostname=server_name)

    return open_stream


def _only_strong(context):
    """Keys that are exchanged anew each time, and ciphers that authenticate what they hide. mbedTLS would take more,
    down to CBC with SHA-1, and whoever stands between chooses the weakest that both ends take."""
    mbedtls = getattr(context, "_context", None)
    if mbedtls is None:
        context.set_ciphers("ECDHE+AESGCM")  # OpenSSL, in the tests
        return
    names = [name for name in mbedtls.get_ciphers() if name.startswith("TLS-ECDHE-") and "-GCM-" in name]
    mbedtls.set_ciphers(names)
