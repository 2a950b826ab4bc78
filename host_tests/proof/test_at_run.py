"""Every scenario on the processes of `make run`: real TLS, both runtimes; displays and languages take turns."""

import pytest
from faults import station
from proof.at_run import at_run
from proof.scenarios import SCENARIOS

pytestmark = pytest.mark.slow
# On MicroPython all of them, each on one of these; on CPython, where the station has run them all, every seventh.
DESKS = ((station.ST7920, "en"), (station.ST7920, "zh"), (station.HD44780, "en"))
CPYTHON_EVERY = 7


def runs():
    for number, name in enumerate(SCENARIOS):
        board, language = DESKS[number % len(DESKS)]
        yield pytest.param(name, board, language, "micropython", id=f"{name}-micropython-{language}")
        if number % CPYTHON_EVERY == 0:
            yield pytest.param(name, board, language, "cpython", id=f"{name}-cpython-{language}")


@pytest.mark.parametrize(("name", "board", "language", "runtime"), runs())
def test_scenario(name, board, language, runtime, tmp_path):
    at_run(SCENARIOS[name], tmp_path / "state", board, language, runtime)
