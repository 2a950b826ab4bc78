"""A sample of the sweep in flips.py; all of it: `python -m host_tests.secrets flips`."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import flips


def test_no_bit_that_turns_over_goes_unseen_or_lets_anybody_in():
    sweep = flips.Sweep(every=7).run()
    assert not sweep.problems, "\n".join(sweep.problems[:5])
    assert sweep.bits > 1000


def test_the_sweep_sees_what_is_let_through():
    """Were the checksum not looked at, it would say so."""
    real = flips.store._decode
    flips.store._decode = lambda data: flips.store.json.loads(bytes(data).partition(b"\n")[2])
    try:
        assert flips.Sweep(every=29).run().problems
    finally:
        flips.store._decode = real
