"""The user's actions, one file each: `enter` loads a flow, runs it, and lets its code go again.

A flow is a module with `async def run(terminal, *arguments)`. It returns None, the next flow as a tuple
(name, *arguments), or an answer for the flow that entered it. It leaves early by raising Cancelled or IdleTimeout
(pos/ui/leave.py), which only the terminal's main loop catches.
"""

import gc
import sys


async def enter(name, terminal, *arguments):
    """Runs flow `name` -> what its `run` returns.

    On a stock board code lives in RAM, so whatever the flow imported first (its own module, widgets, receipts) is
    dropped when it ends.
    """
    loaded_before = set(sys.modules)
    module = __import__("pos.flows." + name, None, None, ("run",))
    try:
        return await module.run(terminal, *arguments)
    finally:
        del module
        _unload(loaded_before)


def _unload(loaded_before):
    for name in [n for n in sys.modules if n.startswith("pos.") and n not in loaded_before]:
        del sys.modules[name]
        package, _, attribute = name.rpartition(".")
        parent = sys.modules.get(package)
        if parent is not None and hasattr(parent, attribute):
            delattr(parent, attribute)
    gc.collect()
