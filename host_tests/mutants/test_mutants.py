"""Every planted bug still fits the source; that each is found takes `make mutants`, minutes."""

import py_compile

import pytest

from host_tests.mutants.__main__ import Misfit, plant
from host_tests.mutants.bugs import BUGS, CRASH, DAYS, FUZZ, Bug

BUGS_MIN = 12


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_can_be_planted_and_is_python(bug, tmp_path):
    plant(bug, tmp_path)
    for path, _, _ in bug.edits:
        py_compile.compile(str(tmp_path / path), doraise=True)


def test_there_are_enough_and_each_of_the_three_has_some():
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= BUGS_MIN
    assert {bug.finder for bug in BUGS} == {CRASH, DAYS, FUZZ}


def test_a_bug_that_does_not_fit_any_more_is_said(tmp_path):
    gone = Bug("gone", "", (("firmware/main.py", "no such line anywhere", ""),), CRASH, (), 1)
    with pytest.raises(Misfit, match="0 places"):
        plant(gone, tmp_path)
