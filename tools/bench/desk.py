"""The amount screen of one board on its simulated wires: real drivers, in this process, on a virtual clock."""

import asyncio
import sys
from importlib import import_module

from tools.sim.circuit import Circuit, load_board


class Desk:
    """Screen, inputs and keypad of a board, built by the firmware's own wiring; `circuit` counts the traffic."""

    def __init__(self, board):
        self.circuit = Circuit(load_board(board))
        wiring = _wiring(self.circuit)
        from pos.drivers.clock import Clock
        from pos.ui.inputs import Inputs
        from pos.ui.screen import Screen
        from pos.ui.ui import Ui

        data = self.circuit.board.DISPLAY
        self.inputs = Inputs()
        self.chip = data["chip"]
        self.screen = _timed(Screen)(wiring._DISPLAYS[self.chip](data))
        self.ui = Ui(self.screen, self.inputs, Clock())
        self.keypad = wiring._keypad(self.inputs, self.ui.clock)
        self.circuit.clear_traffic()

    async def ask_amount(self):
        """Shows the empty amount screen; returns the task that waits for its digits."""
        from pos.ui import amount

        task = asyncio.create_task(amount.enter(self.ui, self.ui.t("title_sale")))
        await self.settle()
        return task

    async def type(self, key):
        """A key as the keypad tells it; returns once the screen shows it."""
        from pos.ui.inputs import KEY

        self.inputs.put(KEY, key)
        await self.settle()

    async def settle(self):
        await asyncio.sleep_ms(1)

    def draw_all(self):
        """Writes every cell of the screen."""
        self.screen.forget()
        self.screen.flush()

    @staticmethod
    def now_us():
        """The virtual clock, which also counts the waits of drivers (time.sleep_us)."""
        return asyncio.get_running_loop().us()

    def display_bus(self):
        """(bytes, microseconds) on the display's bus since `clear_traffic`; an I2C transfer has an address byte too."""
        chip = self.circuit.board.DISPLAY
        kind = "spi" if "spi" in chip else "i2c"
        traffic = self.circuit.traffic()[f"{kind}{chip[kind]}"]
        count = traffic["bytes"] + (traffic["transfers"] if kind == "i2c" else 0)
        return count, traffic["time_us"]


def _timed(base):
    """A Screen that remembers when it last had written differences."""

    class Timed(base):
        flushed_us = None

        def flush(self):
            differs = self._cells != self._shown
            base.flush(self)
            if differs:
                self.flushed_us = Desk.now_us()

    return Timed


def _wiring(circuit):
    """The firmware's wiring on the fakes, with this circuit behind them."""
    from tools.sim import fakes

    folder = next(iter(fakes.__path__))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import wire

    wire.backend = circuit
    sys.modules["board"] = circuit.board
    sys.modules.pop("pos.wiring", None)  # it reads the board when it is imported
    return import_module("pos.wiring")
