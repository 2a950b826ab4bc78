"""The power of a flash in tests: it goes at a chosen step of the file operations, and then for good."""


class PowerCut(BaseException):
    """The power is gone: no handler of the firmware may catch it."""


class Power:
    """`cut_in(steps)`: the power goes at that step from now, never with None; `on_cut()` is told then. `failed`: it is
    gone; `steps`: how many there have been."""

    def __init__(self):
        self.failed = False
        self.steps = 0
        self.on_cut = None
        self._left = None

    def cut_in(self, steps):
        self._left = steps

    def fail(self):
        """Now."""
        self.failed = True

    def restore(self):
        self.failed, self._left = False, None

    def alive(self):
        if self.failed:
            raise PowerCut()

    def step(self):
        """Whether the power goes at this one."""
        self.alive()
        self.steps += 1
        if self._left is None:
            return False
        self._left -= 1
        if self._left > 0:
            return False
        self.failed = True
        if self.on_cut:
            self.on_cut()
        return True

    def pass_step(self):
        if self.step():
            raise PowerCut()
