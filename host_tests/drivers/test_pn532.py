"""The card reader driver on a small PN532 of its own: frames by hand from the user manual UM0701-02."""

import asyncio

import dual
from drivers import fake_bus
from pos.drivers import pn532

ACK = b"\x00\x00\xff\x00\xff\x00"
NUMBER = "6200000000000013"


def answer(data):
    """A frame from the chip, put together here on its own."""
    body = b"\xd5" + data
    return b"\x00\x00\xff" + bytes((len(body), 256 - len(body))) + body + bytes((-sum(body) % 256, 0))


def memory(text, before=b"\x01\x03\xa0\x0c\x34"):
    """Pages of an NTAG213 from 0 on: serial number, capability container, lock control TLV, text record."""
    record = b"\xd1\x01" + bytes((len(text) + 3,)) + b"T\x02en" + text
    area = before + b"\x03" + bytes((len(record),)) + record + b"\xfe"
    pages = b"\x04\xa1\xb2\x83\xc4\xd5\xe6\xf7\x00\x48\x00\x00" + b"\xe1\x10\x12\x00" + area
    return pages + bytes(180 - len(pages))


class Chip:
    def __init__(self):
        self.commands = []
        self.card = None
        self.uid = b"\x04\xa1\xb2\xc4\xd5\xe6\xf7"
        self.dead = False
        self.spoil = None  # changes the bytes on their way to the host
        self.emitted = []
        self.uart = fake_bus.Uart(self.receive)
        self.driver = pn532.Pn532(self.uart, self.emitted.append, dual.clock)

    def receive(self, data):
        if self.dead or data[:1] == b"\x55" or data == ACK:
            return b""
        command = data[6:-2]
        self.commands.append(command)
        out = ACK + self.execute(command)
        if self.spoil:
            out = self.spoil(command, out)
        return out

    def execute(self, command):
        code = command[0]
        if code in (0x14, 0x32):
            return answer(bytes((code + 1,)))
        if code == 0x4A:
            if self.card is None:
                return answer(b"\x4b\x00")
            return answer(b"\x4b\x01\x01\x00\x44\x00\x07" + self.uid)
        if code == 0x40 and self.card is not None:
            start = command[3] * 4
            return answer(b"\x41\x00" + self.card[start : start + 16])
        return answer(b"\x41\x01")

    def play(self, script):
        async def main():
            task = asyncio.create_task(self.driver.run())
            await script()
            task.cancel()

        dual.run(main())
        return self.emitted


def test_frame_by_hand():
    # GetFirmwareVersion, from the manual.
    assert pn532.frame(b"\x02") == bytes.fromhex("0000ff02fed4022a00")
    assert pn532.frame(b"\x14\x01\x14\x01") == bytes.fromhex("0000ff05fbd4140114010200")


def test_unframe():
    good = bytes.fromhex("0000ff06fad50332010607e800")
    assert pn532.unframe(good) == (bytes.fromhex("d50332010607"), b"\x00")
    assert pn532.unframe(ACK) == (b"", b"\x00")
    for cut in range(len(good) - 1):
        content, rest = pn532.unframe(good[:cut])
        assert content is None
        assert pn532.unframe(rest + good[cut:])[0] == bytes.fromhex("d50332010607"), cut
    assert pn532.unframe(b"\x55\xaa\x00" + good)[0] == bytes.fromhex("d50332010607")
    for position in (3, 4, 5, 8, 11):
        bad = good[:position] + bytes((good[position] ^ 1,)) + good[position + 1 :]
        content, rest = pn532.unframe(bad + good)
        assert content in (None, bytes.fromhex("d50332010607")), position
        # A spoiled length may swallow the next frame, never more.
        if content is None:
            assert pn532.unframe(rest + good + good)[0] == bytes.fromhex("d50332010607"), position


def test_start_up_by_hand():
    chip = Chip()

    async def script():
        await asyncio.sleep_ms(100)

    chip.play(script)
    assert chip.driver.present
    expected = (
        b"\x55\x55"
        + bytes(24)
        + bytes.fromhex("0000ff05fbd4140114010200")  # SAMConfiguration, normal mode
        + bytes.fromhex("0000ff06fad43205ff0102f300")  # RFConfiguration 5: MaxRetries
    )
    rest = chip.uart.written[len(expected) :]
    assert chip.uart.written[: len(expected)] == expected
    assert rest in (b"", bytes.fromhex("0000ff00ff00")), "at most an ACK: whoever cancels calls off what goes on"


def test_a_card_is_told_once_each_time():
    chip = Chip()

    async def script():
        chip.driver.enabled = True
        await asyncio.sleep_ms(500)
        chip.card = memory(NUMBER.encode())
        await asyncio.sleep_ms(2000)
        assert chip.emitted == [NUMBER]
        chip.card = None
        await asyncio.sleep_ms(1000)
        chip.card = memory(NUMBER.encode())
        await asyncio.sleep_ms(1000)

    assert chip.play(script) == [NUMBER, NUMBER]
    assert b"\x4a\x01\x00" in chip.commands
    # Page 3 with the capability container, then 7, 11 ... until the message is whole.
    assert [c[3] for c in chip.commands if c[0] == 0x40][:3] == [3, 7, 11]


def test_it_polls_only_while_enabled():
    chip = Chip()
    chip.card = memory(NUMBER.encode())

    async def script():
        await asyncio.sleep_ms(2000)
        assert chip.emitted == [] and len(chip.commands) == 2
        chip.driver.enabled = True
        await asyncio.sleep_ms(1000)
        chip.driver.enabled = False
        await asyncio.sleep_ms(1000)
        count = len(chip.commands)
        await asyncio.sleep_ms(1000)
        assert len(chip.commands) == count

    assert chip.play(script) == [NUMBER]


def test_one_missed_poll_is_not_a_new_card():
    chip = Chip()
    misses = [3, 6, 9]

    class Spoil:
        polls = 0

        def __call__(self, command, out):
            if command[0] == 0x4A:
                self.polls += 1
                if self.polls in misses:
                    return ACK + answer(b"\x4b\x00")
            return out

    chip.spoil = Spoil()

    async def script():
        chip.driver.enabled = True
        chip.card = memory(NUMBER.encode())
        await asyncio.sleep_ms(3000)

    assert chip.play(script) == [NUMBER]


def test_no_reader_disturbs_nobody_and_is_found_later():
    chip = Chip()
    chip.dead = True

    async def script():
        chip.driver.enabled = True
        chip.card = memory(NUMBER.encode())
        await asyncio.sleep_ms(12_000)
        assert not chip.driver.present
        assert chip.uart.written.count(b"\x55\x55") == 3
        chip.dead = False
        await asyncio.sleep_ms(6000)
        assert chip.driver.present

    assert chip.play(script) == [NUMBER]


def test_a_reader_that_is_unplugged_is_started_again():
    chip = Chip()

    async def script():
        chip.driver.enabled = True
        await asyncio.sleep_ms(500)
        chip.dead = True
        await asyncio.sleep_ms(3000)
        assert not chip.driver.present
        chip.dead = False
        chip.card = memory(NUMBER.encode())
        await asyncio.sleep_ms(6000)
        assert chip.driver.present

    assert chip.play(script) == [NUMBER]


def test_spoiled_bytes_never_give_a_wrong_number():
    for position in range(6, 30):
        assert set(play_spoiled(position)) <= {NUMBER}, position


def play_spoiled(position):
    """Twenty seconds in which every other answer has one bit turned, and the rest noise before them."""
    chip = Chip()
    chip.card = memory(NUMBER.encode())

    def spoil(command, out):
        if position < len(out) and len(chip.commands) % 2:
            return out[:position] + bytes((out[position] ^ 0x10,)) + out[position + 1 :]
        return b"\x00\xff\x13" + out

    chip.spoil = spoil

    async def script():
        chip.driver.enabled = True
        await asyncio.sleep_ms(20_000)

    return chip.play(script)


def test_other_cards_are_passed_over():
    url = b"\xd1\x01\x04U\x04x.y"
    others = (
        memory(b"hello"),
        memory(b"6200000000000o13"),
        memory(b"62000000000"),
        bytes(180),
        b"\x04" * 12 + b"\xe1\x10\x12\x00" + b"\x03\x00\xfe" + bytes(161),
        b"\x04" * 12 + b"\xe1\x10\x12\x00" + b"\xff" * 164,
        b"\x04" * 12 + b"\xe1\x10\x12\x00" + b"\x03\x08" + url + b"\xfe" + bytes(153),
        b"\x04" * 12 + b"\xe1\x10\xff\x00" + bytes(164),
    )
    chip = Chip()

    async def script():
        chip.driver.enabled = True
        for card in others:
            chip.card = card
            await asyncio.sleep_ms(2000)
            assert chip.driver.present and chip.emitted == [], card
        chip.card = memory(NUMBER.encode())
        await asyncio.sleep_ms(500)

    assert chip.play(script) == [NUMBER]


def test_text_records():
    text = b"6200000000000013"
    plain = b"\xd1\x01\x13T\x02en" + text
    cases = (
        (plain, text),
        (b"\xc1\x01\x00\x00\x00\x13T\x02en" + text, text),  # long record
        (b"\xd9\x01\x13\x01Ti\x02en" + text, text),  # with an identifier
        (b"\x91\x01\x04U\x04x.y" + b"\x51\x01\x13T\x02en" + text, text),  # behind a web address
        (b"\xd1\x01\x13T\x82en" + text, None),  # UTF-16
        (plain[:-1], None),
        (b"", None),
        (b"\xff" * 40, None),
    )
    for message, expected in cases:
        if expected is None:
            dual.raises(pn532.CardError, pn532.find_text, message)
        else:
            assert pn532.find_text(message) == expected


def test_data_area():
    cases = (
        (b"\x03\x05abcde\xfe", (2, 7)),
        (b"\x00\x00\x03\x05abc", (4, 9)),
        (b"\x01\x03\xa0\x0c\x34\x03\x10", (7, 23)),
        (b"\x03\xff\x01\x02", (4, 262)),
        (b"\x03", None),
        (b"\x03\xff\x01", None),
        (b"\xfd\x20", None),
    )
    for area, expected in cases:
        assert pn532.find_message(area) == expected, area
    dual.raises(pn532.CardError, pn532.find_message, b"\x00\xfe")
