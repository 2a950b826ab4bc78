"""A sample of the power-cut sweep, and that it can see: `make crash` does the whole of it, see README.md."""

import pytest

from host_tests.crash import runner
from host_tests.mutants.__main__ import plant
from host_tests.mutants.bugs import BUGS

pytestmark = pytest.mark.slow

_EVERY, _OFFSET = 49, 24
_SEEN = ("reversal-after-sending", "reversal-cleared-first", "pin-tried-before-counted", "printed-before-paper")
_MOMENTS_ALL = 8  # each eighth point, and all moments


def test_a_sample_of_the_points_of_every_flow():
    with runner.Runner() as run:
        total = run.sweep(every=_EVERY, offset=_OFFSET)
        assert set(total.flows) == set(run.flows())
    assert not total.failures, total.failures[:3]
    assert total.count("points") > 200, total.summary()


@pytest.mark.parametrize("name", _SEEN)
def test_a_planted_bug_is_seen(tmp_path, name):
    bug = next(bug for bug in BUGS if bug.name == name)
    plant(bug, tmp_path)
    with runner.Runner(tmp_path / "firmware") as run:
        total = run.sweep(list(bug.where), every=_MOMENTS_ALL)
    assert total.kinds("lost") or total.kinds("doubled"), total.summary()
