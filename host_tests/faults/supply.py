"""The flash's power: file operations of the firmware fail for good at a chosen step, writes torn where they are.

Each write is four steps (nothing of it there, half, all but the last byte, all), a rename or removal two, as the power
goes before or after it. Only paths below one folder count.
"""

from faults.power import Power, PowerCut
from pos.journal import files
from power_cut import joined


class Supply(Power):
    """Watches the files below `folder`, until it is closed."""

    def __init__(self, folder):
        super().__init__()
        self._below = str(folder)
        self._real = files._put, files.rename, files.remove
        files._put, files.rename, files.remove = self._put, self._rename, self._remove

    def close(self):
        files._put, files.rename, files.remove = self._real

    def _put(self, path, mode, data):
        real = self._real[0]
        if not path.startswith(self._below):
            return real(path, mode, data)
        data = joined(data)
        for size in (0, len(data) // 2, len(data) - 1):
            if self.step():
                if size or mode == "wb":
                    real(path, mode, data[:size])
                raise PowerCut()
        real(path, mode, data)
        return self.pass_step()

    def _rename(self, old, new):
        if not old.startswith(self._below):
            return self._real[1](old, new)
        self.pass_step()
        self._real[1](old, new)
        return self.pass_step()

    def _remove(self, path):
        if not path.startswith(self._below):
            return self._real[2](path)
        self.pass_step()
        self._real[2](path)
        return self.pass_step()
