"""The scanner driver on a small GM65 of its own: commands and answers by hand from the module's manual, 8.2 to 8.5."""

import asyncio

import dual
from drivers import fake_bus
from pos.drivers import gm65

DONE = b"\x02\x00\x00\x01\x00\x33\x31"
CODE = "9162345678901237"


class Chip:
    """Acknowledges each command that is put together well; `settings` is what was written, address -> value."""

    def __init__(self):
        self.settings = {}
        self.commands = 0
        self.dead = False
        self.late = b""
        self.emitted = []
        self.uart = fake_bus.Uart(self.receive)
        self.driver = gm65.Gm65(self.uart, self.emitted.append, dual.clock)

    def receive(self, data):
        if self.dead:
            return b""
        assert data[:4] == b"\x7e\x00\x08\x01" and len(data) == 9, data
        assert int.from_bytes(data[7:], "big") == crc(data[2:7]), data
        self.commands += 1
        self.settings[data[4] << 8 | data[5]] = data[6]
        return DONE

    def say(self, data):
        self.uart.waiting += data


def crc(data):
    value = 0
    for byte in data:
        for bit in range(8):
            bit_in = byte >> 7 - bit & 1
            value = (value << 1 | bit_in) if value < 0x8000 else (value << 1 | bit_in) & 0xFFFF ^ 0x1021
    for _ in range(16):
        value = value << 1 if value < 0x8000 else (value << 1) & 0xFFFF ^ 0x1021
    return value


def on_chip(scenario, enabled=True):
    """Runs `async scenario(chip)` beside the running driver -> the chip."""
    chip = Chip()

    async def main():
        chip.driver.enabled = enabled
        task = asyncio.create_task(chip.driver.run())
        await asyncio.sleep_ms(100)
        await scenario(chip)
        task.cancel()
        await asyncio.sleep_ms(10)

    dual.run(main())
    return chip


def test_the_checksum_is_that_of_the_manual():
    assert crc(b"\x08\x01\x00\x0a\x3e") == 0x4CCF
    assert crc(b"\x07\x01\x00\x0a\x01") == 0xEE8A
    assert crc(b"\x09\x01\x00\x00\x00") == 0xDEC8


def test_it_looks_while_it_is_wanted():
    async def scenario(chip):
        assert chip.driver.present
        assert chip.settings == {0x60: 0x01, 0x00: 0x96, 0x02: 1}  # CR at the end; continuous, lamp, aim, light
        chip.driver.enabled = False
        await asyncio.sleep_ms(100)
        assert chip.settings == {0x60: 0x01, 0x00: 0x95, 0x02: 0}
        chip.driver.enabled = True
        await asyncio.sleep_ms(100)
        assert chip.settings[0x00] == 0x96

    chip = on_chip(scenario)
    assert chip.settings[0x00] == 0x95  # out when the driver ends


def test_each_code_is_told_once():
    async def scenario(chip):
        for code in (CODE, "order 17", "9" * 64):
            chip.say(code.encode() + b"\r")
            await asyncio.sleep_ms(50)
        chip.say(b"ABC\r\nDEF\r\n")
        await asyncio.sleep_ms(50)

    assert on_chip(scenario).emitted == [CODE, "order 17", "9" * 64, "ABC", "DEF"]


def test_a_code_in_pieces_waits_for_its_end():
    async def scenario(chip):
        for piece in (CODE[:5], CODE[5:9], CODE[9:]):
            chip.say(piece.encode())
            await asyncio.sleep_ms(50)
        assert chip.emitted == []
        chip.say(b"\r")
        await asyncio.sleep_ms(50)

    assert on_chip(scenario).emitted == [CODE]


def test_what_came_long_before_a_code_is_not_part_of_it():
    async def scenario(chip):
        chip.say(b"A!z")
        await asyncio.sleep_ms(400)
        chip.say(CODE.encode() + b"\r")
        await asyncio.sleep_ms(50)

    assert on_chip(scenario).emitted == [CODE]


def test_a_code_that_stays_before_the_window_is_one_scan():
    async def scenario(chip):
        for _ in range(6):
            chip.say(CODE.encode() + b"\r")
            await asyncio.sleep_ms(1100)
        await asyncio.sleep_ms(3000)
        chip.say(CODE.encode() + b"\r")
        await asyncio.sleep_ms(50)

    assert on_chip(scenario).emitted == [CODE, CODE]


def test_what_is_no_code_is_passed_over():
    async def scenario(chip):
        bad = (b"", b"9" * 65, b"9" * 500, b"91\x00623", b"91\xff623", "支付".encode("gb2312"), b"\x7f", DONE[:5])
        for data in bad:
            chip.say(data + b"\r")
            await asyncio.sleep_ms(50)
        chip.say(b"\x00\xff\x80 noise\r" + CODE.encode() + b"\r")
        await asyncio.sleep_ms(50)

    assert on_chip(scenario).emitted == [CODE]


def test_nothing_is_told_while_it_is_not_wanted():
    async def scenario(chip):
        chip.say(CODE.encode() + b"\r")
        await asyncio.sleep_ms(50)
        chip.driver.enabled = True
        await asyncio.sleep_ms(100)

    assert on_chip(scenario, enabled=False).emitted == []


def test_an_answer_that_comes_too_late_spoils_no_code():
    async def scenario(chip):
        chip.say(DONE + CODE.encode() + b"\r")
        await asyncio.sleep_ms(50)

    assert on_chip(scenario).emitted == [CODE]


def test_an_absent_module_is_asked_again():
    chip = Chip()
    chip.dead = True

    async def main():
        assert not await chip.driver.check()
        chip.driver.enabled = True
        task = asyncio.create_task(chip.driver.run())
        await asyncio.sleep_ms(4_000)
        assert not chip.driver.present
        chip.dead = False
        await asyncio.sleep_ms(8_000)
        assert chip.driver.present and chip.settings[0x00] == 0x96
        chip.say(CODE.encode() + b"\r")
        await asyncio.sleep_ms(50)
        # It loses its power: what it was told is told again.
        chip.settings = {}
        await asyncio.sleep_ms(4_000)
        assert chip.settings == {0x60: 0x01, 0x00: 0x96, 0x02: 1}
        task.cancel()

    dual.run(main())
    assert chip.emitted == [CODE]


def test_check():
    chip = Chip()

    async def main():
        assert await chip.driver.check()

    dual.run(main())
    assert chip.settings == {0x00: 0x95, 0x02: 0}
