"""The key matrix as wires and switches: what a pin reads with one, several, and too many keys held down."""

import pytest

from tools.sim.chips import KeyMatrix

ROWS, COLS = (13, 14, 27, 26), (25, 33, 32, 4)
LEGEND = (("1", "2", "3", "CANCEL"), ("4", "5", "6", "CLEAR"), ("7", "8", "9", "MENU"), ("UP", "0", "DOWN", "ENTER"))


@pytest.fixture
def matrix():
    return KeyMatrix(ROWS, COLS, LEGEND)


def scan(matrix):
    """Labels that a scan finds: one row driven low at a time, columns pulled up."""
    found = set()
    for row, labels in zip(ROWS, LEGEND, strict=True):
        matrix.drive(row, 0)
        found.update(label for col, label in zip(COLS, labels, strict=True) if matrix.level(col) == 0)
        matrix.drive(row, None)
    return found


def test_nothing_pressed_reads_high(matrix):
    assert scan(matrix) == set()
    assert all(matrix.level(pin) == 1 for pin in ROWS + COLS)


def test_each_key_alone(matrix):
    for label in matrix.labels:
        matrix.press(label)
        assert scan(matrix) == {label}
        matrix.release(label)
    assert scan(matrix) == set()


def test_a_key_shows_only_while_its_row_is_driven(matrix):
    matrix.press("5")
    assert matrix.level(33) == 1
    matrix.drive(13, 0)
    assert matrix.level(33) == 1
    matrix.drive(14, 0)
    assert matrix.level(33) == 0


def test_two_keys_are_told_apart(matrix):
    matrix.press("1")
    matrix.press("5")
    assert scan(matrix) == {"1", "5"}


def test_three_corners_of_a_rectangle_make_a_ghost(matrix):
    for label in ("1", "3", "7"):
        matrix.press(label)
    assert scan(matrix) == {"1", "3", "7", "9"}


def test_current_finds_longer_ways_too(matrix):
    for label in ("1", "2", "5", "6", "9"):  # a chain from row 0 to column 2 through three rows
        matrix.press(label)
    assert scan(matrix) == {"1", "2", "3", "4", "5", "6", "7", "8", "9"}


def test_columns_can_be_driven_and_rows_read(matrix):
    matrix.press("6")
    matrix.drive(32, 0)
    assert [matrix.level(row) for row in ROWS] == [1, 0, 1, 1]


def test_a_row_driven_high_meets_one_driven_low(matrix):
    """With push-pull outputs two keys in a column are a short circuit; low wins and it is counted."""
    matrix.press("1")
    matrix.press("4")
    matrix.drive(13, 0)
    matrix.drive(14, 1)
    assert matrix.level(25) == 0
    assert matrix.shorts == 1


def test_a_column_without_pull_up_reads_as_it_is_pulled(matrix):
    matrix.pull(25, 0)
    assert matrix.level(25) == 0


def test_00_is_the_key_up(matrix):
    matrix.press("00")
    assert matrix.held == {"UP"} and scan(matrix) == {"UP"}
    matrix.release("UP")
    assert matrix.held == frozenset()


def test_an_unknown_key_is_refused(matrix):
    for act in (matrix.press, matrix.release):
        with pytest.raises(KeyError):
            act("F1")
