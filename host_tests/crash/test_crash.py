"""A sample of the power-cut sweep, and that it can see: `make crash` does the whole of it, see README.md."""

import pytest

from host_tests.crash import planted, runner

pytestmark = pytest.mark.slow

_EVERY, _OFFSET = 101, 50
_SEEN = (
    "the reversal is stored after the request has left",
    "the reversal is cleared before it is sent",
    "a wrong PIN is counted after it was looked at",
    "a slip counts as printed before it is",
)
_MOMENTS_ALL = 8  # each eighth point, and all moments


def test_a_sample_of_the_points_of_every_flow():
    with runner.Runner() as run:
        total = run.sweep(every=_EVERY, offset=_OFFSET)
        assert {flow for flow, _part in total.flows} == set(run.flows())
    assert not total.failures, total.failures[:3]
    assert total.count("points") > 200, total.summary()


@pytest.mark.parametrize("bug", _SEEN)
def test_a_planted_bug_is_seen(tmp_path, bug):
    folder = tmp_path / "firmware"
    planted.plant(bug, folder)
    with runner.Runner(folder) as run:
        total = run.sweep([planted.BUGS[bug][0]], every=_MOMENTS_ALL)
    assert total.kinds("lost") or total.kinds("doubled"), total.summary()
