"""Hosts that must not be trusted: nothing leaves the terminal, it says why, and the true host is found again."""

import asyncio

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from network.doors import NO_SUCH_NAME, Doors
from network.stand import CARD, Stand

pytestmark = pytest.mark.slow

PROMPT_MS = 10_000
OPENING_MS = 45_000  # both time limits of channel.begin
# What answers at the host's address -> the cause that the screen tells.
CASES = {
    "another authority": "certificate",
    "self-signed": "certificate",
    "expired": "certificate",
    "not yet valid": "certificate",
    "another name": "name",
    "name that begins alike": "name",
    "issued by a branch that may not": "certificate",
    "a client's certificate": "certificate",
    # asyncio's servers end without saying why
    "TLS 1.0 and 1.1 only": "closed",
    "TLS 1.3 only": "closed",
    "no encryption": "closed",
    "nobody's key": "closed",
    "CBC and SHA-1": "closed",
    "a key that is not exchanged anew": "closed",
    "RSA of 1 024 bits": "certificate",
    "plain text": "garbage",
    "HTTP": "garbage",
    "silent": "unreachable",
    "hangs up": "closed",
    "resets": "closed",
    "nobody listens": "refused",
}


async def sale_at(stand, host, port, times=1):
    """The outcome of a sale there; what has left is undone at the true host."""
    await stand.order("line", host=host, port=port)
    await stand.order("pace", times=times)
    told = await stand.order("trade", kind="sale", amount_minor=100, card=CARD)
    await stand.order("pace", times=1)
    if told["pending"]:
        await stand.order("line", host="127.0.0.1", port=stand.host.port)
        await stand.heal()
    return told


def test_nothing_leaves_for_a_host_that_is_not_ours(tmp_path):
    async def scenario():
        stand = await Stand(tmp_path / "stand").start()
        key = serialization.load_pem_private_key((stand.pki / "ca.key").read_bytes(), None)
        ca = x509.load_der_x509_certificate((stand.pki / "ca.der").read_bytes())
        doors = await Doors(tmp_path, (ca, key)).start()
        found = {}
        try:
            assert (await stand.order("sign_on"))["result"] == "approved"
            assert set(CASES) == set(doors.names)
            for name, port in doors.names.items():
                told = await sale_at(stand, "127.0.0.1", port, 20 if name == "silent" else 1)
                prompt = told["took_ms"] <= (OPENING_MS if name == "silent" else PROMPT_MS)
                found[name] = told["result"], told["cause"], prompt, doors.read_bytes.get(name, 0)
            told = await sale_at(stand, NO_SUCH_NAME, 8583)
            assert (told["result"], told["cause"]) == ("not_sent", "unreachable"), told
            assert told["took_ms"] <= OPENING_MS
            await stand.order("line", host="127.0.0.1", port=stand.host.port)
            assert (await stand.order("trade", kind="sale", amount_minor=100, card=CARD))["result"] == "approved"
            stand.audit_all()
        finally:
            await doors.close()
            await stand.close()
        assert found == {name: ("not_sent", cause, True, 0) for name, cause in CASES.items()}

    asyncio.run(scenario())
