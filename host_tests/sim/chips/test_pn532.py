"""The PN532 against frames of its user manual, and the tag behind it against the NFC Forum's formats."""

import pytest

from tools.sim.chips import Pn532Chip
from tools.sim.chips.pn532 import ACK, NACK, SYNTAX_ERROR

CARD = "6200000000000013"


def frame(*content):
    """A normal information frame; built apart from the chip's own code."""
    content = bytes((0xD4, *content))
    return bytes((0, 0, 0xFF, len(content), 256 - len(content))) + content + bytes((-sum(content) % 256, 0))


def content(data):
    """What an answer says, without its frame; checks both checksums."""
    assert data[:3] == b"\x00\x00\xff" and (data[3] + data[4]) % 256 == 0
    length = data[3]
    body = data[5 : 5 + length]
    assert (sum(body) + data[5 + length]) % 256 == 0 and data[6 + length :] == b"\0"
    assert body[0] == 0xD5
    return body[1:]


def ask(chip, *command):
    chip.receive(frame(*command))
    data = chip.transmit()
    assert data.startswith(ACK)
    return content(data[len(ACK) :]) if len(data) > len(ACK) else None


@pytest.fixture
def chip():
    chip = Pn532Chip()
    chip.receive(b"\x55\x55\x00\x00\x00")
    assert ask(chip, 0x14, 1, 0, 0) == b"\x15"
    return chip


def test_get_firmware_version_of_the_manual():
    chip = Pn532Chip()
    chip.receive(bytes.fromhex("55 00 00 FF 02 FE D4 02 2A 00"))
    assert chip.transmit() == bytes.fromhex("0000FF00FF00 0000FF 06 FA D5 03 32 01 06 07 E8 00")


def test_it_sleeps_until_it_is_woken():
    chip = Pn532Chip()
    chip.receive(frame(0x02))
    assert chip.transmit() == b""
    chip.receive(b"\x55" + frame(0x02))
    assert chip.transmit().startswith(ACK)


def test_cards_wait_for_the_configuration():
    chip = Pn532Chip()
    chip.receive(b"\x55" + frame(0x4A, 1, 0))
    assert chip.transmit() == ACK + SYNTAX_ERROR


def test_frames_may_come_in_pieces(chip):
    for byte in frame(0x02):
        chip.receive(bytes((byte,)))
    assert content(chip.transmit()[6:]) == b"\x03\x32\x01\x06\x07"


def test_wrong_checksums_get_no_answer(chip):
    for place in (4, 7):
        bad = bytearray(frame(0x02))
        bad[place] ^= 1
        chip.receive(bytes(bad))
        assert chip.transmit() == b""
    assert chip.bad_frames == 2
    assert ask(chip, 0x02) == b"\x03\x32\x01\x06\x07"


def test_an_extended_frame(chip):
    chip.receive(bytes.fromhex("00 00 FF FF FF 00 02 FE D4 02 2A 00"))
    assert content(chip.transmit()[6:]) == b"\x03\x32\x01\x06\x07"


def test_an_unknown_command(chip):
    chip.receive(frame(0x99))
    assert chip.transmit() == ACK + SYNTAX_ERROR


def test_a_nack_repeats_the_answer(chip):
    first = ask(chip, 0x02)
    chip.receive(NACK)
    assert content(chip.transmit()) == first


def test_communication_line_test(chip):
    assert ask(chip, 0x00, 0x00, 1, 2, 3) == b"\x01\x00\x01\x02\x03"


def test_no_card_after_the_retries(chip):
    assert ask(chip, 0x32, 5, 0xFF, 1, 2) == b"\x33"
    assert ask(chip, 0x4A, 1, 0) == b"\x4b\x00"


def test_without_limit_the_answer_comes_with_the_card(chip):
    assert ask(chip, 0x4A, 1, 0) is None
    chip.present(CARD)
    assert content(chip.transmit())[:2] == b"\x4b\x01"


def test_an_ack_breaks_off_the_search(chip):
    assert ask(chip, 0x4A, 1, 0) is None
    chip.receive(ACK)
    chip.present(CARD)
    assert chip.transmit() == b""


def listed(chip):
    answer = ask(chip, 0x4A, 1, 0)
    assert answer[:2] == b"\x4b\x01"
    tag, atqa, sak, length = answer[2], answer[3:5], answer[5], answer[6]
    assert (tag, atqa, sak, length) == (1, b"\x00\x44", 0, 7)
    return answer[7:14]


def test_uid_and_its_check_bytes(chip):
    chip.present(CARD)
    uid = listed(chip)
    assert uid[0] == 0x04
    pages = ask(chip, 0x40, 1, 0x30, 0)
    assert pages[:2] == b"\x41\x00"
    memory = pages[2:]
    assert memory[:3] + memory[4:8] == uid
    assert memory[3] == 0x88 ^ uid[0] ^ uid[1] ^ uid[2]
    assert memory[8] == uid[3] ^ uid[4] ^ uid[5] ^ uid[6]
    assert memory[12:16] == bytes.fromhex("E1 10 12 00")


def memory_of(chip):
    return b"".join(ask(chip, 0x40, 1, 0x30, page)[2:] for page in range(4, 40, 4))


def test_the_record_on_the_tag(chip):
    """TLV blocks of a Type 2 tag, in them an NDEF message of one text record in UTF-8, language en."""
    chip.present(CARD)
    listed(chip)
    memory = memory_of(chip)
    blocks = {}
    while memory and memory[0] != 0xFE:
        if memory[0] == 0:
            memory = memory[1:]
            continue
        blocks[memory[0]] = memory[2 : 2 + memory[1]]
        memory = memory[2 + memory[1] :]
    record = blocks[3]
    assert record[0] == 0xD1 and record[1] == 1 and record[2] == len(record) - 4 and record[3:4] == b"T"
    assert record[4:] == b"\x02en" + CARD.encode()
    assert chip.reads == 1


def test_reading_rolls_over_at_the_last_page(chip):
    chip.present(CARD)
    uid = listed(chip)
    assert ask(chip, 0x40, 1, 0x30, 44)[2:][4:7] == uid[:3]


def test_other_commands_of_the_tag(chip):
    chip.present(CARD)
    listed(chip)
    assert ask(chip, 0x40, 1, 0x60) == b"\x41\x00" + bytes.fromhex("0004040201000F03")
    assert len(ask(chip, 0x40, 1, 0x3A, 4, 9)) == 2 + 6 * 4
    assert ask(chip, 0x40, 1, 0x30, 45) == b"\x41\x01"


def test_a_card_that_went_away_times_out(chip):
    chip.present(CARD)
    listed(chip)
    chip.remove()
    assert ask(chip, 0x40, 1, 0x30, 4) == b"\x41\x01"
    assert chip.presented is None and chip.reads == 0


def test_exchange_without_a_target(chip):
    assert ask(chip, 0x40, 1, 0x30, 4) == b"\x41\x27"
    chip.present(CARD)
    listed(chip)
    assert ask(chip, 0x52, 0) == b"\x53\x00"
    assert ask(chip, 0x40, 1, 0x30, 4) == b"\x41\x27"


def test_other_kinds_of_cards_are_never_found(chip):
    ask(chip, 0x32, 5, 0xFF, 1, 2)
    chip.present(CARD)
    assert ask(chip, 0x4A, 1, 1, 0, 0xFF, 0xFF, 0, 0) == b"\x4b\x00"


def test_a_number_too_long_for_a_tag():
    with pytest.raises(ValueError):
        Pn532Chip().present("1" * 200)
