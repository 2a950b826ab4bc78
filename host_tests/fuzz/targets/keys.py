"""Key blocks: the firmware's reader beside the host's, and the host's own blocks at rest."""

from fuzz import mutators
from fuzz.property import need

KBPK = bytes(range(16))
HEX = b"0123456789ABCDEF"
# TR-31:2018, A.7.4
STANDARD_KBPK = bytes.fromhex("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6")
STANDARD_BLOCK = (
    b"D0112P0AE00E0000B82679114F470F540165EDFBF7E250FCEA43F810D215F8D207E2E417C07156A27E8E31DA05F7425509593D03A457DC34"
)


def sealed(block):
    """The block with a right length, and its MAC and encryption made anew over header and what stands for clear data.

    Written from the standard, apart from both readers: header, then 00 for optional blocks, then hexadecimal."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.cmac import CMAC

    def code(key, data):
        cmac = CMAC(AES(key))
        cmac.update(data)
        return cmac.finalize()

    header = bytearray(block[:16].ljust(16, b"0"))
    clear = block[16:]
    clear += bytes(-len(clear) % 16)
    header[0:1] = b"D"
    header[1:5] = b"%04d" % (16 + 2 * len(clear) + 32)
    header[12:14] = b"00"
    encrypting = code(KBPK, bytes.fromhex("0100000000020080"))
    checking = code(KBPK, bytes.fromhex("0100010000020080"))
    mac = code(checking, bytes(header) + clear)
    cipher = Cipher(algorithms.AES(encrypting), modes.CBC(mac)).encryptor()
    return bytes(header) + cipher.update(clear).hex().upper().encode() + mac.hex().upper().encode()


class KeyBlock:
    """A key or a KeyBlockError; what the firmware opens the host's library opens to the same key.

    The input's first byte: 0 the bytes as they are, 1 under the standard's key, 2 sealed anew so that the MAC is right
    (the rest is then a header and clear data)."""

    BYTES_MAX = 600
    PLAIN_SHARE = 0.6
    TOKENS = (b"D0112M6AG00N0000", b"D0112P0AE00E0000", b"M6", b"AG", b"KS08", b"PB10", b"0000")

    def __init__(self):
        from pos.security import keyblock
        from psec import tr31

        self.keyblock, self.tr31 = keyblock, tr31

    def run(self, data):
        mode, block = (data[0] % 3, data[1:]) if data else (0, b"")
        key = STANDARD_KBPK if mode == 1 else KBPK
        if mode == 2:
            if len(block) < 17:
                return
            block = sealed(block[:220])
        opened = None
        try:
            opened = self.keyblock.unwrap(key, block)
            need(len(opened) in (16, 32), "a key is 16 or 32 bytes")
        except self.keyblock.KeyBlockError as error:
            secret = block[16:].decode("latin-1").strip()
            need(
                str(error) and (len(secret) < 16 or secret[:16] not in str(error)),
                "an error tells nothing of the block",
            )
        theirs = self._theirs(key, block)
        if (
            opened is not None and bytes(block[:16]).isalnum()
        ):  # theirs minds blanks in the key's version, which is ours
            need(theirs is not None and theirs[1] == opened, "both readers find the same key")
            need((theirs[0].key_usage, theirs[0].algorithm) == ("M6", "A"), "a key is only opened for its use")
            need(theirs[0].mode_of_use in "GC", "a key is only opened for its mode")

    def _theirs(self, key, block):
        try:
            return self.tr31.unwrap(key, bytes(block).decode("ascii"))
        except (self.tr31.KeyBlockError, self.tr31.HeaderError, UnicodeDecodeError, ValueError):
            return None

    def mutate(self, data, size_max, chance):
        if not data:
            return bytes((chance.randrange(3),)) + STANDARD_BLOCK
        if data[0] % 3 == 2 or chance.random() < 0.3:
            return data[:1] + mutators.plain(data[1:], size_max - 1, chance)
        at = chance.randrange(1, len(data) + 1)
        letter = bytes((chance.choice(HEX),))
        return (data[:at] + letter + data[at + 1 :])[:size_max]

    def seeds(self):
        from psec import tr31

        yield "standard", b"\1" + STANDARD_BLOCK
        key = bytes(range(50, 66))
        yield "working", b"\0" + tr31.wrap(KBPK, "D0000M6AG00N0000", key).encode()
        header = tr31.Header("D", "M6", "A", "C", "00", "N")
        header.blocks["KS"] = "00604B120F9292800000"
        yield "optional", b"\0" + tr31.wrap(KBPK, header, key).encode()
        yield "sealed", b"\2" + b"D0112M6AG00N0000" + b"\0\x80" + key + bytes(14)
        yield "sealed-long", b"\2" + b"D0112M6AC00N0000" + b"\1\0" + key + key + bytes(14)
        yield "sealed-short", b"\2" + b"D0112M6AG00N0000" + b"\1\0" + key[:14]


class HostKeys:
    """The host's stored blocks: a key, or a KeyStoreError that tells nothing of it."""

    BYTES_MAX = 600
    TOKENS = (b"D0144K1AB00N0000", b"D0112M6AG00N0000", b"KS08", b"0000")

    def __init__(self):
        from tools.host.security import keystore

        self.keystore = keystore
        self.store = keystore.KeyStore(bytes(32))
        self.secret = bytes(range(16)).hex().upper()

    def run(self, data):
        block = data.decode("latin-1")
        for opened in (self.store.mac, self.store.webhook_key, self.store.new_working_key):
            try:
                opened(block)
            except self.keystore.KeyStoreError as error:
                need(self.secret not in str(error), "an error shows no key")

    def seeds(self):
        yield "master", self.store.store_master(bytes(range(16))).encode()
        yield "webhook", self.store.store_webhook_key(bytes(range(32))).encode()
        yield "standard", STANDARD_BLOCK
