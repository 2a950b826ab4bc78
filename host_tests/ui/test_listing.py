"""A list that is read while it is scrolled."""

from pos.ui import listing
from pos.ui.leave import Cancelled, IdleTimeout
from ui.desk import DISPLAYS, REPEAT_DOWN, Desk


class Source:
    """Numbers from 1 on, and how many were asked for."""

    def __init__(self, count):
        self.count = count
        self.at = 0
        self.reads = 0

    def older(self):
        self.reads += 1
        if self.at == self.count:
            return None
        self.at += 1
        return self.at

    def newer(self):
        self.reads += 1
        if not self.at:
            return None
        self.at -= 1
        return self.at + 1


def row(number):
    return "No. %d" % number, "%d.00" % number


def choose(desk, source):
    return listing.choose(desk.ui, "LIST", source, row)


def test_three_rows_a_mark_and_the_position():
    for make in DISPLAYS:
        desk, source = Desk(make()), Source(500)
        assert desk.play(choose(desk, source), ["ENTER"]) == 1
        cols = desk.display.cols
        assert desk.screens[0][0] == "LIST" + " " * (cols - 5) + "1"
        assert desk.screens[0][1] == ">No. 1" + " " * (cols - 10) + "1.00"
        assert desk.screens[0][3].startswith(" No. 3") and source.reads == 3


def test_the_first_row_can_tell_of_the_one_that_is_marked():
    for make in DISPLAYS:
        desk = Desk(make())
        widget = listing.choose(desk.ui, lambda number: "No.%06d" % number, Source(123), row)
        assert desk.play(widget, ["DOWN", "DOWN", "UP", "ENTER"]) == 2
        heads = [screen[0].split()[0] for screen in desk.screens]
        assert heads == ["No.000001", "No.000002", "No.000003", "No.000002"]
        desk = Desk(make())
        widget = listing.choose(desk.ui, lambda number: "No.%06d" % number, Source(123), row, 122)
        assert desk.play(widget, ["DOWN", "ENTER"]) == 123
        first = desk.rows()[0]
        assert first.startswith("No.000123") and first.endswith("123/123"), "both whole"


def test_down_and_up_over_the_edges_of_the_screen():
    desk, source = Desk(), Source(7)
    keys = ["DOWN"] * 9 + ["UP"] * 4 + ["DOWN", "UP", "UP", "UP", "UP", "UP", "ENTER"]
    assert desk.play(choose(desk, source), keys) == 1
    marked = [r.split()[1] for screen in desk.screens for r in screen if r.startswith(">")]
    assert "".join(marked) == "1234567" + "777" + "6543" + "432111"
    assert desk.screens[8][0].endswith("7/7") and desk.screens[5][0].endswith(" 6")
    desk = Desk()
    assert desk.play(choose(desk, Source(7)), ["DOWN"] * 6 + ["UP"] * 3 + ["ENTER"]) == 4


def test_a_held_key_goes_on_and_a_short_list_ends():
    desk = Desk()
    assert desk.play(choose(desk, Source(2)), [REPEAT_DOWN, REPEAT_DOWN, REPEAT_DOWN, "ENTER"]) == 2
    assert desk.screens[0][0].endswith("1/2") and not desk.screens[0][3].strip()


def test_nothing_to_choose_from_and_leaving():
    desk = Desk()
    assert desk.play(choose(desk, Source(0))) is None
    desk = Desk()
    desk.leaves(Cancelled, choose(desk, Source(3)), ["DOWN", "CANCEL"])
    desk = Desk()
    desk.leaves(IdleTimeout, choose(desk, Source(3)))


def test_coming_back_to_where_the_mark_was():
    desk = Desk()
    view = listing.Listing(desk.ui, "LIST", Source(9), row)

    async def thrice():
        return await view.choose(), await view.choose(), await view.choose()

    keys = ["DOWN", "DOWN", "DOWN", "ENTER", "DOWN", "ENTER", "UP", "UP", "UP", "UP", "UP", "UP", "ENTER"]
    assert desk.play(thrice(), keys) == (4, 5, 1)
