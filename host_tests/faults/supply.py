"""The flash's power: file operations of the firmware fail for good at a chosen step, writes torn where they are.

Each write is four steps (nothing of it there, half, all but the last byte, all), a rename or removal two, as the power
goes before or after it. Only paths below one folder count.
"""

from pos.journal import files


class PowerCut(BaseException):
    """The power is gone: no handler of the firmware may catch it."""


class Supply:
    """Watches the files below `folder`. `cut_in(steps)`: the power goes at that step from now. `failed`: it is gone."""

    def __init__(self, folder):
        self._below = str(folder)
        self._left = None
        self.failed = False
        self.steps = 0
        self.on_cut = None
        self._real = files._put, files.rename, files.remove
        files._put, files.rename, files.remove = self._put, self._rename, self._remove

    def close(self):
        files._put, files.rename, files.remove = self._real

    def cut_in(self, steps):
        self._left = steps

    def fail(self):
        self.failed = True

    def restore(self):
        self.failed, self._left = False, None

    def _step(self):
        """Whether the power goes at this step."""
        if self.failed:
            raise PowerCut()
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

    def _pass(self):
        if self._step():
            raise PowerCut()

    def _put(self, path, mode, data):
        real = self._real[0]
        if not path.startswith(self._below):
            return real(path, mode, data)
        for size in (0, len(data) // 2, len(data) - 1):
            if self._step():
                if size or mode == "wb":
                    real(path, mode, data[:size])
                raise PowerCut()
        real(path, mode, data)
        return self._pass()

    def _rename(self, old, new):
        if not old.startswith(self._below):
            return self._real[1](old, new)
        self._pass()
        self._real[1](old, new)
        return self._pass()

    def _remove(self, path):
        if not path.startswith(self._below):
            return self._real[2](path)
        self._pass()
        self._real[2](path)
        return self._pass()
