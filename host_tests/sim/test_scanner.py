"""Scanner and reader on their one UART, through the circuit and the fakes, as the wiring and parts.py connect them."""

import asyncio
import random
import sys

import pytest
from pos import loading
from pos.drivers.clock import Clock
from pos.parts import Parts

from tools.sim.circuit import Circuit, boards, load_board
from tools.sim.cpython import shims
from tools.sim.virtual_time import VirtualTimeLoop

CODE = "9162345678901237"
CARD = "6200000000000013"


class Bench:
    """The parts of a board over the fakes, on virtual time; `cards` and `codes` are what was told."""

    def __init__(self, board, machine, clock_ms):
        self.circuit = Circuit(board, clock_ms=clock_ms)
        sys.modules["wire"].backend = self.circuit
        self.cards, self.codes = [], []
        pin = machine.Pin
        reader = machine.UART(
            board.READER["uart"], board.READER["baudrate"], tx=pin(board.READER["tx"]), rx=pin(board.READER["rx"])
        )
        pin(board.SCANNER["tx"], pin.OUT, value=1)
        self.parts = Parts(
            None, (reader, board.READER), self.cards.append, "", Clock(machine.RTC()),
            scanner=(reader, board.SCANNER), emit_scan=self.codes.append,
        )  # fmt: skip

    async def run(self, part, seconds):
        part.enabled = True
        task = asyncio.create_task(part.run())
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.sleep(0.01)
        self.parts.let_go()


@pytest.fixture(params=boards())
def on_bench(request, monkeypatch):
    """Runs `async scenario(bench)` on each board."""
    for name in ("machine", "wire"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend("tools/sim/fakes")

    def run(scenario):
        loop = VirtualTimeLoop()
        previous = shims.set_time_source(loop)
        try:
            import machine

            bench = Bench(load_board(request.param), machine, lambda: loop.us() // 1000)
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(scenario(bench))
            return bench
        finally:
            shims.set_time_source(previous)

    yield run
    for name in ("machine", "wire"):
        sys.modules.pop(name, None)
    if "pos.drivers.shared_uart" in sys.modules:
        loading.forget("pos.drivers.shared_uart")  # it holds this machine


def test_reader_and_scanner_take_turns(on_bench):
    async def scenario(bench):
        chips = bench.circuit
        for _ in range(3):
            chips.reader.present(CARD)
            await bench.run(bench.parts.reader(), 2)
            chips.reader.remove()
            chips.scanner.present(CODE)
            await bench.run(bench.parts.scanner(), 2)
            assert not chips.scanner.looking
            chips.scanner.remove()
        assert await bench.parts.reader().check()
        assert await bench.parts.scanner().check()

    bench = on_bench(scenario)
    assert bench.cards == [CARD] * 3
    assert bench.codes == [CODE] * 3
    # Neither has heard what was meant for the other.
    assert bench.circuit.reader.bad_frames == 0
    assert bench.circuit.scanner.bad_commands == 0


def test_a_scanner_that_is_not_asked_says_nothing_to_the_reader(on_bench):
    async def scenario(bench):
        bench.circuit.scanner.present(CODE)
        bench.circuit.reader.present(CARD)
        await bench.run(bench.parts.reader(), 2)

    bench = on_bench(scenario)
    assert (bench.cards, bench.codes) == ([CARD], [])


def test_noise_on_the_line_gives_no_wrong_code(on_bench):
    noise = random.Random(65)

    def spoiled(transmit):
        def with_noise():
            data = bytearray(transmit())
            for at in range(len(data)):
                if noise.random() < 0.02:
                    data[at] ^= 1 << noise.randrange(4, 8) | 0x80  # so that no text looks like another
            if noise.random() < 0.01:
                data += bytes((noise.randrange(0x80, 0x100),)) + noise.randbytes(2)
            return bytes(data)

        return with_noise

    async def scenario(bench):
        scanner = bench.circuit.scanner
        scanner.transmit = spoiled(scanner.transmit)
        for number in range(40):
            scanner.present(f"{CODE}{number:03}")
            await bench.run(bench.parts.scanner(), 6)
            scanner.remove()

    bench = on_bench(scenario)
    assert set(bench.codes) <= {f"{CODE}{number:03}" for number in range(40)}
    assert len(set(bench.codes)) >= 38


def test_the_pin_that_is_left_is_quiet(on_bench, monkeypatch):
    """Without that the reader hears the scanner's commands: as on the chip, a pin goes on sending."""
    heard = []

    async def scenario(bench):
        from pos.drivers import shared_uart

        monkeypatch.setattr(shared_uart, "connect", _only_lead)
        reader = bench.circuit.reader
        receive = reader.receive
        reader.receive = lambda data: (heard.append(data), receive(data))
        await bench.run(bench.parts.scanner(), 1)

    on_bench(scenario)
    assert heard


def _only_lead(uart, data, left):
    uart.init(data["baudrate"], tx=data["tx"], rx=data["rx"])
