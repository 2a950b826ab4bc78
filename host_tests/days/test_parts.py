"""What the simulated days stand on: flash in memory that is cut and fails as said, and plans that are named by text."""

import pytest
from days import memory, plan

DATA = b"0123456789"


@pytest.fixture
def flash():
    yield memory.Flash("test")
    memory.forget()


def _written(flash, mode, data):
    file = memory._File(flash, flash.folder + "/file", mode)
    try:
        file.write(data)
        file.flush()
    finally:
        file.close()


@pytest.mark.parametrize("step, there", [(1, b""), (2, b"01234"), (3, b"012345678"), (4, DATA), (5, DATA)])
def test_a_write_is_cut_at_four_places(flash, step, there):
    _written(flash, "ab", b"old ")
    flash.cut_in(step)
    if step < 5:
        with pytest.raises(memory.PowerCut):
            _written(flash, "ab", DATA)
        assert flash.failed
        with pytest.raises(memory.PowerCut):
            memory._File(flash, flash.folder + "/file", "rb")
    else:
        _written(flash, "ab", DATA)
    assert flash.files[flash.folder + "/file"] == b"old " + there


def test_what_was_not_flushed_is_gone(flash):
    file = memory._File(flash, flash.folder + "/file", "wb")
    file.write(DATA)
    flash.fail()
    file.close()
    assert flash.files == {}


@pytest.mark.parametrize("how, there", [(0, b"old "), (1, b"old 01234"), (2, b"old " + DATA)])
def test_a_write_fails_once_and_what_comes_next_goes_on_from_there(flash, how, there):
    _written(flash, "ab", b"old ")
    flash.fail_once(1, how)
    with pytest.raises(OSError, match="the flash fails"):
        _written(flash, "ab", DATA)
    _written(flash, "ab", b"!")
    assert flash.files[flash.folder + "/file"] == there + b"!"


def test_a_rename_is_before_or_after(flash):
    for step in (1, 2):
        flash.restore()
        flash.files = {flash.folder + "/old": DATA}
        flash.cut_in(step)
        with pytest.raises(memory.PowerCut):
            memory._rename(flash, flash.folder + "/old", flash.folder + "/new")
        assert list(flash.files) == [flash.folder + ("/old", "/new")[step - 1]]


def test_what_is_left_of_a_plan_is_named_by_text():
    whole = plan.make("9", 2, 2, 20)
    assert plan.only(whole, plan.kept(whole)) == whole
    faulty = next(deed for deed in whole.deeds if deed.faults)
    fewer = whole._replace(deeds=tuple(d._replace(faults=()) if d is faulty else d for d in whole.deeds[::3]))
    assert plan.only(whole, plan.kept(fewer)) == fewer
    alone = whole._replace(deeds=(faulty._replace(faults=()),))
    assert plan.kept(alone).endswith("!") and plan.only(whole, plan.kept(alone)) == alone


def test_leaving_a_deed_out_changes_no_other():
    whole, longer = plan.make("9", 2, 2, 20), plan.make("9", 3, 2, 30)
    assert set(whole.deeds) < set(longer.deeds)
