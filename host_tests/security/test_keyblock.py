"""Key blocks: the standard's example, and every way in which one is refused."""

from dual import raises
from pos.security.keyblock import KeyBlockError, unwrap

# TR-31:2018 A.7.4
KBPK = bytes.fromhex("88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6")
BLOCK = (
    "D0112P0AE00E0000B82679114F470F540165EDFBF7E250FCEA43F810D215F8D207E2E417C07156A27E8E31DA05F7425509593D03A457DC34"
)
KEY = bytes.fromhex("3F419E1CB7079442AA37474C2EFBF8B8")


def refused(block, why, kbpk=KBPK, usage="P0", modes="E", algorithm="A"):
    error = raises(KeyBlockError, unwrap, kbpk, block, usage, modes, algorithm)
    assert why in str(error), (block, str(error))


def test_example_of_the_standard():
    assert unwrap(KBPK, BLOCK, "P0", "E") == KEY
    assert unwrap(KBPK, BLOCK.encode(), "P0", "E") == KEY


def test_key_for_something_else():
    refused(BLOCK, "another use", usage="M6")
    refused(BLOCK, "another mode", modes="GC")
    refused(BLOCK, "another algorithm", algorithm="T")
    raises(KeyBlockError, unwrap, KBPK, BLOCK)  # by default only a key for field 64 is one


def test_changed_anywhere():
    for at in range(len(BLOCK)):
        for character in "0", "F", "z", " ":
            if BLOCK[at] != character:
                raises(KeyBlockError, unwrap, KBPK, BLOCK[:at] + character + BLOCK[at + 1 :], "P0", "E")


def test_cut_anywhere():
    for size in range(len(BLOCK)):
        raises(KeyBlockError, unwrap, KBPK, BLOCK[:size], "P0", "E")
        if size > 16:
            shorter = BLOCK[0] + "%04d" % size + BLOCK[5:size]
            raises(KeyBlockError, unwrap, KBPK, shorter, "P0", "E")


def test_reasons():
    refused(BLOCK, "wrong MAC", kbpk=bytes(32))
    refused(BLOCK, "wrong MAC", kbpk=bytes(16))
    refused(BLOCK, "16 or 32 bytes", kbpk=bytes(24))
    refused("B" + BLOCK[1:], "version D")
    refused("D0113" + BLOCK[5:], "length")
    refused(BLOCK[:12] + "0x" + BLOCK[14:], "header")
    refused(BLOCK[:14] + "01" + BLOCK[16:], "header")
    refused(BLOCK[:12] + "01" + BLOCK[14:16] + "KS00" + BLOCK[20:], "optional block")
    refused(BLOCK[:12] + "01" + BLOCK[14:16] + "KSFF" + BLOCK[20:], "too short")
    refused(BLOCK[:16] + BLOCK[16:].lower(), "hexadecimal")
    refused(BLOCK[:-1] + "é", "")
    refused("", "length")
    refused("D" * 5000, "length")
    refused("D0048P0AE00E0000" + "0" * 32, "too short")
    refused("D0064P0AE00E0000" + "0" * 48, "whole blocks")
    refused("D0113P0AE00E0000" + BLOCK[16:] + "0", "byte")
    refused(b"\x00\xff" * 40, "ASCII")
