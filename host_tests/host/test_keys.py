"""Certificates, key blocks, MACs and passwords, held against vectors and foreign readers."""

import traceback
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from psec import tr31

from tools.host import pki
from tools.host.security import passwords
from tools.host.security.keystore import KeyStore, KeyStoreError
from tools.host.security.mac import Mac

NOW = datetime(2026, 11, 22, tzinfo=UTC)
POWER_ON = datetime(2000, 1, 1, tzinfo=UTC)  # what an ESP32's clock says until it is set


def server(folder):
    return x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())


def test_certificates(tmp_path):
    assert pki.ensure(tmp_path, NOW)
    ca = x509.load_der_x509_certificate((tmp_path / "ca.der").read_bytes())
    certificate = server(tmp_path)
    certificate.verify_directly_issued_by(ca)
    ca.verify_directly_issued_by(ca)
    for made in (ca, certificate):
        assert isinstance(made.public_key().curve, ec.SECP256R1)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["pos-host", "localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    constraints = ca.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value.ca


def test_certificates_hold_for_a_terminal_whose_clock_was_never_set(tmp_path):
    pki.ensure(tmp_path, NOW)
    for made in (x509.load_der_x509_certificate((tmp_path / "ca.der").read_bytes()), server(tmp_path)):
        assert made.not_valid_before_utc < POWER_ON < NOW < made.not_valid_after_utc


def test_certificates_are_kept_and_the_servers_is_renewed_in_time(tmp_path):
    pki.ensure(tmp_path, NOW)
    ca, first = (tmp_path / "ca.der").read_bytes(), server(tmp_path)
    assert not pki.ensure(tmp_path, NOW + timedelta(days=pki.SERVER_DAYS - pki.RENEW_DAYS - 1))
    assert server(tmp_path) == first
    assert pki.ensure(tmp_path, NOW + timedelta(days=pki.SERVER_DAYS - pki.RENEW_DAYS + 1))
    assert server(tmp_path) != first
    assert (tmp_path / "ca.der").read_bytes() == ca
    (tmp_path / "ca.der").unlink()
    pki.ensure(tmp_path, NOW)
    assert (tmp_path / "ca.der").read_bytes() == ca


def test_mac_by_the_vectors_of_sp_800_38b():
    mac = Mac(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    assert mac.sign(b"").hex() == "bb1d6929e9593728"
    data = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
    assert mac.sign(data).hex() == "070a16b46b4d4144"
    assert mac.verify(data, bytes.fromhex("070a16b46b4d4144"))
    for wrong in ("070a16b46b4d4145", "", "070a16b46b4d41"):
        assert not mac.verify(data, bytes.fromhex(wrong))


def test_psec_opens_the_block_of_the_standard():
    """TR-31:2018 A.7.4: the library that makes our blocks reads a foreign one."""
    kbpk = bytes.fromhex("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6")
    block = (
        "D0112P0AE00E0000B82679114F470F540165EDFBF7E250FCEA43F810D215F8D2"
        "07E2E417C07156A27E8E31DA05F7425509593D03A457DC34"
    )
    assert tr31.unwrap(kbpk, block)[1].hex() == "3f419e1cb7079442aa37474c2efbf8b8"


def test_working_keys():
    store, master = KeyStore(bytes(range(32))), bytes(16)
    stored_master = store.store_master(master)
    stored, block = store.new_working_key(stored_master)
    header, key = tr31.unwrap(master, block)
    assert block[:16] == "D0112M6AG00N0000"
    assert len(block) == 112
    assert header.exportability == "N"
    assert store.mac(stored).sign(b"x") == Mac(key).sign(b"x")
    assert store.new_working_key(stored_master)[1] != block
    assert tr31.unwrap(bytes(range(32)), stored_master)[0].key_usage == "K1"


def test_a_block_under_another_storage_key_does_not_open():
    stored = KeyStore(bytes(32)).store_master(bytes(16))
    other = KeyStore(bytes(31) + b"\x01")
    for block in (stored, stored[:-1] + "0", "", "D0016"):
        with pytest.raises(KeyStoreError):
            other.new_working_key(block)
    with pytest.raises(KeyStoreError):
        KeyStore(bytes(16))


def test_the_error_of_a_damaged_block_repeats_nothing_of_it():
    store = KeyStore(bytes(32))
    block = store.store_master(bytes(16))
    for at in (20, 60, len(block) - 3):
        damaged = block[:at] + "z" + block[at + 1 :]
        with pytest.raises(KeyStoreError) as error:
            store.mac(damaged)
        shown = "".join(traceback.format_exception(error.value))
        assert not [shown for piece in range(16, len(block) - 12) if block[piece : piece + 12] in shown]


def test_opened_keys_are_bounded(monkeypatch):
    monkeypatch.setattr("tools.host.security.keystore.OPEN_KEYS_MAX", 2)
    store = KeyStore(bytes(32))
    master = store.store_master(bytes(16))
    keys = [store.new_working_key(master)[0] for _ in range(4)]
    macs = [store.mac(key).sign(b"x") for key in keys]
    assert [store.mac(key).sign(b"x") for key in keys] == macs
    assert len(store._open) == 2


def test_passwords():
    record = passwords.hash_password("owl")
    assert record != passwords.hash_password("owl")
    assert "owl" not in record
    assert passwords.verify("owl", record)
    assert not passwords.verify("own", record)
    assert not passwords.verify("", record)
    assert not passwords.verify("x" * 1000, record)
    assert not passwords.verify("owl", passwords.nobody())
    assert len({passwords.generate() for _ in range(20)}) == 20
