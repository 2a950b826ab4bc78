"""Code that comes and goes: what was first imported within a scope is dropped at its end.

On a stock board code lives in RAM and is the largest user of the heap, so only what always runs stays loaded. Whoever
needs more imports it inside a function; the scope around it (a flow, the start) lets it go again.
"""

import gc
import sys


class Scope:
    """`with loading.Scope():` scopes nest; only the task that runs the flows opens them.

    An object that outlives the scope keeps its class's code alive, which would then be loaded a second time: whatever
    stays must be imported before, outside of any scope. The same goes for exceptions that are to be caught outside, and
    for the local name of a function that goes on after the scope: it imports in a function of its own.
    """

    def __enter__(self):
        gc.collect()  # in one piece before the new code is scattered over it
        self._before = [name for name in sys.modules if name.startswith("pos.")]

    def __exit__(self, *_):
        for name in [name for name in sys.modules if name.startswith("pos.") and name not in self._before]:
            forget(name)
        gc.collect()


def forget(name):
    """Drops a module, if it is there, so that its code is freed as soon as nobody runs it."""
    sys.modules.pop(name, None)
    package, _, attribute = name.rpartition(".")
    parent = sys.modules.get(package)
    if parent is not None and hasattr(parent, attribute):
        delattr(parent, attribute)
