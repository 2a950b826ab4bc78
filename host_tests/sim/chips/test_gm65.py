"""The simulated scanner on commands from its user manual (8.2 to 8.5, examples included)."""

import pytest

from tools.sim.chips import Gm65Chip

DONE = bytes.fromhex("02 00 00 01 00 33 31")
CODE = "9162345678901237"


class Bench:
    def __init__(self):
        self.now_ms = 1000
        self.chip = Gm65Chip(lambda: self.now_ms)

    def ask(self, text):
        self.chip.receive(bytes.fromhex(text))
        return self.chip.transmit()

    def after(self, ms):
        self.now_ms += ms
        return self.chip.transmit()


@pytest.fixture
def bench():
    return Bench()


def test_the_examples_of_the_manual(bench):
    assert bench.ask("7E 00 08 01 00 0A 3E 4C CF") == DONE
    assert bench.ask("7E 00 07 01 00 0A 01 EE 8A") == bytes.fromhex("02 00 00 01 3E E4 AC")
    assert bench.ask("7E 00 08 01 00 0A 3E 11 22") == b""
    assert bench.ask("7E 00 07 01 00 0A 01 11 22") == b""
    assert bench.chip.bad_commands == 2
    assert bench.ask("7E 00 07 01 00 0A 01 AB CD")[4] == 0x3E


def test_a_command_that_takes_too_long_is_none(bench):
    assert bench.ask("7E 00 08 01 00 0A") == b""
    bench.after(500)
    assert bench.ask("3E 4C CF") == b""
    assert bench.ask("7E 00 07 01 00 0A 01 EE 8A")[4] == 0


def test_settings_are_lost_unless_they_are_saved(bench):
    bench.ask("7E 00 08 01 00 0A 3E 4C CF")
    bench.chip.reset()
    assert bench.ask("7E 00 07 01 00 0A 01 EE 8A")[4] == 0
    bench.ask("7E 00 08 01 00 0A 3E 4C CF")
    assert bench.ask("7E 00 09 01 00 00 00 DE C8") == DONE
    bench.chip.reset()
    assert bench.ask("7E 00 07 01 00 0A 01 EE 8A")[4] == 0x3E


def test_from_the_factory_it_reads_when_triggered_and_ends_without_a_tail(bench):
    bench.chip.present(CODE)
    assert bench.after(1000) == b""
    assert bench.ask("7E 00 08 01 00 02 01 AB CD") == DONE
    assert bench.after(100) == CODE.encode()
    assert bench.after(5000) == b"" and bench.chip.scans == 1


def test_a_trigger_ends_after_the_reading_time(bench):
    bench.ask("7E 00 08 01 00 02 01 AB CD")
    assert bench.chip.looking
    bench.after(5000)
    assert not bench.chip.looking
    bench.chip.present(CODE)
    assert bench.after(1000) == b""


def test_continuous_reading_repeats_what_it_sees(bench):
    bench.ask("7E 00 08 01 00 60 01 AB CD 7E 00 08 01 00 00 96 AB CD")
    bench.chip.present(CODE)
    assert [bench.after(100) for _ in range(13)].count(CODE.encode() + b"\r") == 2
    bench.chip.remove()
    assert bench.after(5000) == b""
    bench.ask("7E 00 08 01 00 00 95 AB CD 7E 00 08 01 00 02 00 AB CD")
    bench.chip.present(CODE)
    assert bench.after(5000) == b"" and not bench.chip.looking


def test_a_code_must_be_ascii(bench):
    with pytest.raises(ValueError):
        bench.chip.present("支付")
