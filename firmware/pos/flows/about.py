"""Which software this is, on which device, and whose terminal."""

import sys

from pos.texts import gb2312
from pos.ui import pager


async def run(terminal):
    ui = terminal.ui
    running = sys.implementation
    values = (
        ("about_version", terminal.VERSION),
        ("about_runtime", ".".join([str(number) for number in running.version[:3]])),
        ("about_board", terminal.parts.board),
        ("about_serial", terminal.parts.serial_number()),
        ("about_terminal", terminal.identity["terminal"]),
        ("about_merchant", terminal.identity["merchant"]),
    )
    rows = []
    for key, value in values:
        label = ui.t(key)
        short = len(gb2312.encode(label)) + 1 + len(value) <= ui.screen.cols
        rows.extend([label + " " + value] if short else [label, " " + value])
    await pager.show(ui, rows, ui.t("menu_about"))
