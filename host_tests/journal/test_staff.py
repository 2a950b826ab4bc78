"""Operators: a wrong PIN counts before it is looked at, and no power cut takes that back."""

import dual
import power_cut
from pos.domain import operators
from pos.journal import files, store
from pos.journal.staff import Staff


class Ticks:
    """A clock that a test moves."""

    def __init__(self):
        self.now_ms = 1000

    def ticks_ms(self):
        return self.now_ms

    def elapsed_ms(self, start_ms):
        return self.now_ms - start_ms


def hashed(pin):
    return "hash of " + pin


def verified(pin, record):
    return record == hashed(pin)


def staff_of(path, clock):
    staff = Staff(path, clock, hashed, verified)
    staff.load()
    return staff


def staff_with(**pins):
    """({"o01": "2468"} -> operator 01), their clock and file."""
    path, clock = power_cut.folder() + "/operators.json", Ticks()
    people = {}
    for name, pin in pins.items():
        people[name[1:]] = {"pin": hashed(pin), "first": False, "failures": 0}
    store.save(path, people)
    return staff_of(path, clock), clock, path


def outcome(staff, number, pin):
    answer = staff.check(number, pin)
    return answer["result"], answer["wait_ms"], answer["tries"]


def test_right_wrong_unknown():
    staff, _, _ = staff_with(o01="2468")
    assert outcome(staff, "01", "2468") == ("ok", 0, 0)
    assert outcome(staff, "02", "2468") == ("unknown", 0, 0)
    assert outcome(staff, "01", "2469") == ("wrong", 0, 2)
    assert outcome(staff, "01", "") == ("wrong", 0, 1)
    assert outcome(staff, "01", "2468") == ("ok", 0, 0)
    assert outcome(staff, "01", "1111") == ("wrong", 0, 2), "a right PIN takes the count back"


def test_three_wrong_pins_cost_a_minute_that_doubles():
    staff, clock, _ = staff_with(o01="2468")
    for _ in range(2):
        staff.check("01", "1111")
    assert outcome(staff, "01", "1111") == ("wrong", 60000, 0)
    assert outcome(staff, "01", "2468") == ("locked", 60000, 0)
    clock.now_ms += 59999
    assert outcome(staff, "01", "2468") == ("locked", 1, 0)
    clock.now_ms += 1
    assert outcome(staff, "01", "1111") == ("wrong", 120000, 0)
    clock.now_ms += 120000
    assert outcome(staff, "01", "2468") == ("ok", 0, 0)
    assert staff.wait_ms("01") == 0


def test_eight_wrong_pins_need_the_supervisor():
    staff, clock, path = staff_with(o01="2468", o00="135790")
    for _ in range(8):
        clock.now_ms += 900000
        staff.check("01", "1111")
        staff.check("00", "1111")
    clock.now_ms += 10**9
    assert outcome(staff, "01", "2468") == ("locked", operators.LOCKED, 0)
    assert outcome(staff, "00", "135790") == ("ok", 0, 0), "nobody could unlock the supervisor"
    staff.unlock("01")
    assert outcome(staff_of(path, clock), "01", "2468") == ("ok", 0, 0)


def test_the_wait_starts_again_with_the_power():
    staff, clock, path = staff_with(o01="2468")
    for _ in range(3):
        staff.check("01", "1111")
    clock.now_ms = 5
    staff = staff_of(path, clock)
    assert staff.wait_ms("01") == 60000
    clock.now_ms += 60000
    assert outcome(staff, "01", "2468") == ("ok", 0, 0)


def test_no_power_cut_wins_a_free_try():
    cut_at = 0
    while True:
        cut_at += 1
        staff, clock, path = staff_with(o01="2468")
        looked = []

        def looks(pin, record, looked=looked):
            looked.append(pin)
            return verified(pin, record)

        staff = Staff(path, clock, hashed, looks)
        staff.load()
        if not power_cut.Supply(cut_at).cuts(staff.check, "01", "1111"):
            break
        left = 3 - (store.load(path, {})[0]["01"]["failures"])
        assert not looked or left == 2, cut_at
    assert looked == ["1111"]


def test_nobody_gets_in_when_the_count_cannot_be_kept():
    staff, _, _ = staff_with(o01="2468")

    def broken(*_arguments):
        raise OSError(28)

    real, files._put = files._put, broken
    try:
        dual.raises(store.StoreError, staff.check, "01", "2468")
    finally:
        files._put = real
    assert outcome(staff, "01", "2468") == ("ok", 0, 0)


def test_a_first_pin_is_changed():
    staff, clock, path = staff_with(o00="135790")
    staff.set_first_pin("07", "1234")
    staff = staff_of(path, clock)
    assert staff.numbers() == ["00", "07"]
    assert outcome(staff, "07", "1234") == ("first", 0, 0)
    assert outcome(staff, "07", "1234") == ("first", 0, 0), "until it is changed"
    assert dual.raises(operators.PinRule, staff.change_pin, "07", "1234", "1234").rule == "same"
    staff.change_pin("07", "8642", "1234")
    staff = staff_of(path, clock)
    assert outcome(staff, "07", "1234")[0] == "wrong"
    assert outcome(staff, "07", "8642") == ("ok", 0, 0)


def test_people_come_and_go():
    staff, _, _ = staff_with(o00="135790", o01="2468", o99="97531024")
    for number in ("1", "abc", ""):
        dual.raises(ValueError, staff.set_first_pin, number, "1234")
    staff.remove("01")
    assert staff.numbers() == ["00", "99"]
    dual.raises(KeyError, staff.remove, "01")
    for number in ("00", "99"):
        dual.raises(ValueError, staff.remove, number)
    for number in range(1, operators.OPERATORS_MAX - 1):
        staff.set_first_pin("%02d" % number, "1234")
    dual.raises(ValueError, staff.set_first_pin, "77", "1234")
    staff.set_first_pin("05", "4321")


def test_rights_of_one_operator_outlive_everything_but_the_operator():
    staff, clock, path = staff_with(o00="135790", o01="2468")
    assert tuple(staff.rights("01")) == () == tuple(staff.rights("77"))
    staff.change_right("01", "delete", True)
    staff.change_right("01", "void", False)
    staff.check("01", "1111")
    staff.set_first_pin("01", "9999")
    staff.change_pin("01", "2468", "9999")
    staff = staff_of(path, clock)
    assert staff.rights("01") == ["delete", "-void"]
    for number in ("00", "99"):
        dual.raises(ValueError, staff.change_right, number, "delete", True)
    dual.raises(KeyError, staff.change_right, "33", "delete", True)
    dual.raises(ValueError, staff.change_right, "01", "operators", True)
    staff.remove("01")
    staff.set_first_pin("01", "2468")
    assert tuple(staff.rights("01")) == (), "somebody new under an old number"


def test_whoever_is_locked_by_hand_waits_for_the_supervisor():
    staff, clock, path = staff_with(o00="135790", o01="2468")
    staff.lock("01")
    staff = staff_of(path, clock)
    clock.now_ms += 10**9
    assert outcome(staff, "01", "2468") == ("locked", operators.LOCKED, 0)
    dual.raises(ValueError, staff.lock, "00")
    dual.raises(KeyError, staff.lock, "33")
    staff.unlock("01")
    assert outcome(staff, "01", "2468") == ("ok", 0, 0)


def test_a_damaged_file_lets_nobody_in():
    staff, clock, path = staff_with(o01="2468")
    files.replace(path, b"garbage")
    files.replace(path + ".old", b"garbage")
    staff = Staff(path, clock, hashed, verified)
    assert staff.load() == "damaged"
    assert staff.check("01", "2468")["result"] == "unknown"


def flipped(path, bit=4):
    """One bit of the file turns over."""
    data = files.read(path)
    at = len(data) // 2
    files.replace(path, data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])


def secured(**pins):
    """As staff_with, after a start: the file has its copy."""
    staff, clock, path = staff_with(**pins)
    staff.secure(None)
    return staff, clock, path


def test_the_first_start_makes_the_copy_and_later_ones_write_nothing():
    _staff, clock, path = secured(o01="2468")
    assert files.read(path) == files.read(path + ".old")
    supply = power_cut.Supply().install()
    try:
        staff_of(path, clock).secure(None)
    finally:
        supply.remove()
    assert supply.steps == 0


def test_damage_resets_no_count():
    for wrong in range(1, 9):
        staff, clock, path = secured(o00="135790", o01="2468")
        for _ in range(wrong):
            clock.now_ms += 10**6
            staff.check("01", "1111")
        waits_ms = staff.wait_ms("01")
        flipped(path)
        staff = Staff(path, clock, hashed, verified, {"01": clock.now_ms})
        problem = staff.load()
        assert problem == "old"
        assert staff.wait_ms("01") >= waits_ms or staff.wait_ms("01") == operators.LOCKED, wrong
        assert wrong < 8 or staff.wait_ms("01") == operators.LOCKED
        staff.secure(problem)
        assert files.read(path) == files.read(path + ".old"), "and again, should that be damaged in its turn"
        flipped(path)
        again = staff_of(path, clock)
        assert wrong < 8 or again.wait_ms("01") == operators.LOCKED


def test_damage_brings_back_no_earlier_pin_right_operator_or_lock():
    staff, clock, path = secured(o00="135790", o01="2468", o02="1357", o03="8642")
    for change in (
        lambda: staff.change_pin("01", "9753"),
        lambda: staff.remove("02"),
        lambda: staff.lock("03"),
        lambda: staff.change_right("01", "refund", False),
        lambda: staff.set_first_pin("04", "1234"),
        lambda: staff.unlock("03"),
    ):
        change()
        people = store.load(path, {})
        flipped(path)
        assert store.load(path, {}) == (people[0], "old"), "the copy is the same"
        staff.secure("old")
    staff = staff_of(path, clock)
    assert outcome(staff, "01", "2468")[0] == "wrong"
    assert outcome(staff, "01", "9753")[0] == "ok"
    assert outcome(staff, "02", "1357")[0] == "unknown"
    assert tuple(staff.rights("01")) == ("-refund",)


def test_both_copies_damaged_let_nobody_in():
    staff, clock, path = secured(o01="2468")
    for _ in range(8):
        clock.now_ms += 10**6
        staff.check("01", "1111")
    flipped(path)
    flipped(path + ".old")
    staff = Staff(path, clock, hashed, verified)
    assert staff.load() == "damaged"
    staff.secure("damaged")
    assert outcome(staff, "01", "2468") == ("unknown", 0, 0)
    assert files.read(path) != files.read(path + ".old"), "what is left stays for whoever looks into it"


def test_a_cut_while_the_copy_is_made_changes_nobody():
    cut_at = 0
    while True:
        cut_at += 1
        staff, clock, path = staff_with(o01="2468", o00="135790")
        for _ in range(2):
            staff.check("01", "1111")
        flipped(path)
        staff = Staff(path, clock, hashed, verified)
        problem = staff.load()
        if not power_cut.Supply(cut_at).cuts(staff.secure, problem):
            break
        staff = staff_of(path, clock)
        assert staff.numbers() == ["00", "01"]
        assert store.load(path, {})[0]["01"]["failures"] + (store.load(path, {})[1] == "old") >= 2, cut_at
    assert cut_at > 10


def test_who_is_no_person_is_told_and_left_out():
    good = {"pin": hashed("2468"), "first": False, "failures": 0}
    for bad in (
        None,
        7,
        {},
        {"pin": 5, "first": False, "failures": 0},
        {"pin": "x", "failures": 0},
        {"pin": "x", "first": True, "failures": "8"},
        {"pin": "x", "first": True, "failures": -1},
        {"pin": "x", "first": True, "failures": True},
        {"pin": "x", "first": True, "failures": 0, "rights": 5},
    ):
        path = power_cut.folder() + "/operators.json"
        store.save(path, {"01": good, "02": bad})
        staff = Staff(path, Ticks(), hashed, verified)
        assert (staff.load(), staff.numbers()) == ("damaged", ["01"]), bad
        assert outcome(staff, "02", "2468") == ("unknown", 0, 0)
        assert outcome(staff, "01", "2468")[0] == "ok"
    store.save(path, [good])
    assert (staff.load(), staff.numbers()) == ("damaged", [])
