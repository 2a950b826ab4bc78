"""The other scenarios on the processes of `make run`: real TLS, both runtimes; displays and languages take turns."""

import pytest
from proof.at_run import at_run, runs
from proof.scenarios import SCENARIOS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("name", "board", "language", "runtime"), list(runs(1)))
def test_scenario(name, board, language, runtime, tmp_path):
    at_run(SCENARIOS[name], tmp_path / "state", board, language, runtime)
