"""A sample of the power-cut sweep, and that it can see: see README.md for the whole of it."""

import pytest

from host_tests.crash import runner

pytestmark = pytest.mark.slow

EVERY = 23


def test_a_sample_of_the_points_of_every_flow():
    with runner.Runner() as run:
        total = run.sweep(every=EVERY, offset=11)
    assert not total.failures, total.failures[:3]
    assert total.count("points") > 30, total.summary()
