"""One bit of a deletion's plan or of its evidence turns over: told, nothing raised, nothing deleted that was not meant.

All bits: `python -m host_tests.secrets flips`; here each 13th, on both interpreters.
"""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import flipping

SLOW = True


def test_a_bit_of_the_plan_at_each_point_of_a_deletion():
    swept = flipping.Sweep(13)
    swept.plan()
    assert swept.bits > 300 and not swept.problems, swept.problems[:5]


def test_a_bit_of_the_evidence_of_deletions():
    swept = flipping.Sweep(13)
    swept.evidence()
    assert swept.bits > 200 and not swept.problems, swept.problems[:5]


def test_a_bit_of_a_line_about_a_deletion_in_a_segment():
    swept = flipping.Sweep(13)
    swept.segments()
    assert swept.bits > 300 and not swept.problems, swept.problems[:5]
