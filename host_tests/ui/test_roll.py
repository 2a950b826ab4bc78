"""The long list: the mark goes through all of it, and no more than a screen of it is ever held."""

import dual
from pos.ui import roll
from pos.ui.leave import Cancelled, IdleTimeout
from ui.desk import Desk


class List:
    """`count` items; `taken` says how many have been read since it was last begun."""

    def __init__(self, count):
        self.count = count
        self.taken = self.begun = 0

    def read(self):
        self.begun += 1
        self.taken = 0
        for item in range(self.count):
            self.taken += 1
            yield item


def played(items, script, at=0):
    desk = Desk()
    chosen = desk.play(roll.choose(desk.ui, "VOID", items.read, "item {}".format, at), script)
    return desk, chosen


def test_the_first_screen_takes_only_what_it_shows():
    items = List(500)
    desk, chosen = played(items, ["ENTER"])
    assert chosen == 0 and items.taken == 3 and items.begun == 1
    assert desk.screens[0] == ["VOID           1", ">item 0         ", " item 1         ", " item 2         "]


def test_the_mark_goes_down_and_up_and_stops_at_the_ends():
    for count in (1, 2, 3, 4, 9):
        for downs, ups in ((0, 0), (1, 0), (1, 1), (3, 1), (4, 4), (8, 2), (8, 8), (20, 3), (3, 20)):
            desk, chosen = played(List(count), ["DOWN"] * downs + ["UP"] * ups + ["ENTER"])
            at = max(min(downs, count - 1) - ups, 0)
            assert chosen == at, (count, downs, ups)
            marked = [row for row in desk.screens[-1] if row.startswith(">")]
            assert marked[0].strip() == ">item %d" % at
            assert desk.screens[-1][0].split() == ["VOID", str(at + 1)]


def test_it_can_begin_anywhere_and_going_up_reads_again():
    items = List(500)
    desk, chosen = played(items, ["UP", "UP", "UP", "ENTER"], at=100)
    assert chosen == 97 and items.begun == 2
    assert desk.screens[0][3] == ">item 100       " and desk.screens[3][1] == ">item 97        "
    assert played(List(5), ["ENTER"], at=100)[1] == 4


def test_an_empty_list_is_no_screen():
    assert played(List(0), [])[1] is None


def test_it_is_left_by_cancel_and_by_the_idle_time():
    desk = Desk()
    desk.leaves(Cancelled, roll.choose(desk.ui, "VOID", List(5).read, str), ["DOWN", "CANCEL"])
    desk = Desk()
    dual.raises(IdleTimeout, desk.play, roll.choose(desk.ui, "VOID", List(5).read, str), [])
