"""The host's own certificate authority and its server certificate, both P-256."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.host.state import write_secret

SERVER_NAME = "pos-host"
DNS_NAMES = (SERVER_NAME, "localhost")
ADDRESSES = ("127.0.0.1",)
CA_DAYS = 20 * 365
SERVER_DAYS = 2 * 365
RENEW_DAYS = 30  # `init` makes a new server certificate when this much is left
# A terminal that was just switched on believes that it is 2000-01-01, and learns the time only at its sign-on: a
# certificate that is "not yet valid" then would lock it out for good.
VALID_FROM = datetime(1999, 12, 31, tzinfo=UTC)


def ensure(folder, now):
    """Makes what is missing of ca.key, ca.pem, ca.der, server.key, server.pem in `folder`; True when something was."""
    folder = Path(folder)
    made = False
    if not (folder / "ca.key").exists():
        _make_ca(folder, now)
        made = True
    ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    if not (folder / "ca.der").exists():
        (folder / "ca.der").write_bytes(ca.public_bytes(serialization.Encoding.DER))
    if made or _server_needed(folder, now):
        _make_server(folder, ca, now)
        made = True
    return made


def _server_needed(folder, now):
    path = folder / "server.pem"
    if not path.exists() or not (folder / "server.key").exists():
        return True
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.not_valid_after_utc < now + timedelta(days=RENEW_DAYS)


def _make_ca(folder, now):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "POS host CA")])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        _builder(name, name, key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "ca.der").write_bytes(certificate.public_bytes(serialization.Encoding.DER))
    write_secret(folder / "ca.key", _pem(key))  # last: its presence says that the authority is complete


def _make_server(folder, ca, now):
    ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVER_NAME)])
    names = [x509.DNSName(dns) for dns in DNS_NAMES]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES]
    certificate = (
        _builder(name, ca.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    write_secret(folder / "server.key", _pem(key))
    (folder / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _builder(subject, issuer, public_key, now, days):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(now + timedelta(days=days))
    )


def _pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
