"""The keypad driver on a matrix of its own that conducts as real switches do."""

import asyncio

import dual
from pos.drivers import keypad

LEGEND = (("1", "2", "3", "CANCEL"), ("4", "5", "6", "CLEAR"), ("7", "8", "9", "MENU"), ("UP", "0", "DOWN", "ENTER"))


class Matrix:
    """Switches between rows and columns. A column reads low if any way through closed switches leads to a low row."""

    def __init__(self):
        self.closed = set()
        self.low = set()
        self.reads = 0
        self.rows = [RowPin(self, number) for number in range(4)]
        self.cols = [ColPin(self, number) for number in range(4)]

    def level(self, col):
        cols, rows = {col}, set()
        while True:
            more_rows = {r for r, c in self.closed if c in cols} - rows
            rows |= more_rows
            more_cols = {c for r, c in self.closed if r in rows} - cols
            cols |= more_cols
            if not more_rows and not more_cols:
                return 0 if rows & self.low else 1

    def find(self, key):
        for row in range(4):
            if key in LEGEND[row]:
                return row, LEGEND[row].index(key)
        raise ValueError(key)

    def press(self, *keys):
        for key in keys:
            self.closed.add(self.find(key))

    def release(self, *keys):
        for key in keys:
            self.closed.discard(self.find(key))


class RowPin:
    def __init__(self, matrix, number):
        self.matrix = matrix
        self.number = number

    def value(self, level):
        if level:
            self.matrix.low.discard(self.number)
        else:
            self.matrix.low.add(self.number)


class ColPin:
    def __init__(self, matrix, number):
        self.matrix = matrix
        self.number = number

    def value(self):
        self.matrix.reads += 1
        return self.matrix.level(self.number)


def play(script):
    """Runs the driver beside script(matrix); returns what was emitted."""
    emitted = []

    async def main():
        matrix = Matrix()
        driver = keypad.MatrixKeypad(
            matrix.rows, matrix.cols, LEGEND, lambda key, kind: emitted.append((key, kind)), dual.clock
        )
        task = asyncio.create_task(driver.run())
        await script(matrix)
        task.cancel()

    dual.run(main())
    return emitted


async def tap(matrix, key, down_ms=60, up_ms=60):
    matrix.press(key)
    await asyncio.sleep_ms(down_ms)
    matrix.release(key)
    await asyncio.sleep_ms(up_ms)


def test_every_key_by_its_name():
    keys = [key for row in LEGEND for key in row]

    async def script(matrix):
        for key in keys:
            await tap(matrix, key)

    assert play(script) == [(key, keypad.PRESS) for key in keys]


def test_an_idle_keypad_is_looked_at_once_a_scan():
    async def script(matrix):
        await asyncio.sleep_ms(1000)
        assert 380 <= matrix.reads <= 404
        assert matrix.low == {0, 1, 2, 3}

    assert play(script) == []


def test_bouncing_contacts_count_once():
    """15 ms of chatter at both ends, in each phase against the scan."""

    async def chatter(matrix, closed_ms, open_ms):
        for _ in range(15 // (closed_ms + open_ms)):
            matrix.press("5")
            await asyncio.sleep_ms(closed_ms)
            matrix.release("5")
            await asyncio.sleep_ms(open_ms)

    async def script(matrix):
        for phase_ms in range(10):
            for closed_ms, open_ms in ((1, 1), (2, 1), (1, 2), (3, 2)):
                await chatter(matrix, closed_ms, open_ms)
                matrix.press("5")
                await asyncio.sleep_ms(60)
                await chatter(matrix, closed_ms, open_ms)
                await asyncio.sleep_ms(61 + phase_ms)

    assert play(script) == [("5", keypad.PRESS)] * 40


def test_a_spike_is_no_key():
    async def script(matrix):
        await tap(matrix, "5", down_ms=12, up_ms=100)

    assert play(script) == []


def test_a_press_is_told_within_40_ms():
    emitted = []

    async def main():
        matrix = Matrix()
        driver = keypad.MatrixKeypad(
            matrix.rows,
            matrix.cols,
            LEGEND,
            lambda key, kind: emitted.append(dual.clock.elapsed_ms(start_ms)),
            dual.clock,
        )
        task = asyncio.create_task(driver.run())
        await asyncio.sleep_ms(5)
        start_ms = dual.clock.ticks_ms()
        matrix.press("8")
        await asyncio.sleep_ms(100)
        task.cancel()

    dual.run(main())
    assert len(emitted) == 1 and emitted[0] <= 40, emitted


def test_hold_is_told_once():
    async def script(matrix):
        await tap(matrix, "CLEAR", down_ms=3000)
        await tap(matrix, "CLEAR", down_ms=700)

    assert play(script) == [("CLEAR", keypad.PRESS), ("CLEAR", keypad.HOLD), ("CLEAR", keypad.PRESS)]


def test_up_and_down_repeat_but_not_for_ever():
    async def script(matrix):
        await tap(matrix, "DOWN", down_ms=1000)

    emitted = play(script)
    # Accepted after some 30 ms, then at 500, 620, 740, 860 ms from there.
    assert emitted == [("DOWN", keypad.PRESS)] + [("DOWN", keypad.REPEAT)] * 4, emitted

    async def stuck(matrix):
        await tap(matrix, "UP", down_ms=60_000)

    assert len(play(stuck)) == 1 + 100


def test_two_keys_at_once_give_none_until_one_is_left():
    async def script(matrix):
        matrix.press("1", "9")
        await asyncio.sleep_ms(1500)
        matrix.release("1")
        await asyncio.sleep_ms(100)
        matrix.release("9")
        await asyncio.sleep_ms(100)

    assert play(script) == [("9", keypad.PRESS)]


def test_a_second_key_while_one_is_held():
    async def rolling(matrix):
        matrix.press("1")
        await asyncio.sleep_ms(60)
        matrix.press("2")
        await asyncio.sleep_ms(60)
        matrix.release("1")
        await asyncio.sleep_ms(60)
        matrix.release("2")
        await asyncio.sleep_ms(60)

    assert play(rolling) == [("1", keypad.PRESS), ("2", keypad.PRESS)]

    async def within(matrix):
        matrix.press("CLEAR")
        await asyncio.sleep_ms(60)
        await tap(matrix, "2")
        await asyncio.sleep_ms(2000)  # CLEAR is down still: neither pressed again nor held
        matrix.release("CLEAR")
        await asyncio.sleep_ms(60)
        await tap(matrix, "CLEAR")

    assert play(within) == [("CLEAR", keypad.PRESS), ("CLEAR", keypad.PRESS)]


def test_the_fourth_corner_of_a_rectangle_is_no_key():
    async def script(matrix):
        matrix.press("1", "3", "7")
        assert matrix.level(2) == 0
        await asyncio.sleep_ms(100)
        matrix.release("3", "7")
        await asyncio.sleep_ms(100)
        matrix.release("1")
        await asyncio.sleep_ms(100)

    # 9 conducts as a ghost while the three are down.
    assert play(script) == [("1", keypad.PRESS)]


def test_a_late_scan_still_sees_a_short_press():
    """A busy loop that scans every 30 ms only: a key that is down for 70 ms is not lost."""
    emitted = []

    async def main():
        matrix = Matrix()
        driver = keypad.MatrixKeypad(
            matrix.rows, matrix.cols, LEGEND, lambda key, kind: emitted.append(key), dual.clock
        )
        for at in range(10):
            if at == 2:
                matrix.press("ENTER")
            if at == 5:
                matrix.release("ENTER")
            driver.step()
            await asyncio.sleep_ms(30)

    dual.run(main())
    assert emitted == ["ENTER"]
