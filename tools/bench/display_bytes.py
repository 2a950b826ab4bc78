"""Bytes on the display's bus for a typed digit of an amount, against writing the whole screen, both displays."""

from tools.bench.desk import Desk
from tools.bench.row import Row
from tools.sim import virtual_time
from tools.sim.circuit import boards

DIGITS = "123456789"  # up to the largest amount that can be typed
TIMES_FEWER = 10


def rows():
    return [virtual_time.run(_row(board)) for board in boards()]


async def _row(board):
    desk = Desk(board)
    task = await desk.ask_amount()
    sent = []
    for digit in DIGITS:
        desk.circuit.clear_traffic()
        await desk.type(digit)
        sent.append(desk.display_bus()[0])
    desk.circuit.clear_traffic()
    desk.draw_all()
    whole = desk.display_bus()[0]
    task.cancel()
    mean = sum(sent) / len(sent)
    return Row(
        f"a typed digit on the {desk.chip} ({board}): bus",
        round(mean, 1),
        "bytes",
        whole,
        "the whole screen",
        f"at least {TIMES_FEWER} times fewer",
        0 < TIMES_FEWER * mean <= whole,
        f"{whole / mean:.1f} times fewer; digit by digit {' '.join(map(str, sent))}",
    )
