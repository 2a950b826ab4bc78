"""The user's actions, one file each: `enter` loads a flow, runs it, and lets its code go again.

A flow is a module with `async def run(terminal, *arguments)`. It returns None, the next flow as a tuple
(name, *arguments), or an answer for the flow that entered it. It leaves early by raising Cancelled or IdleTimeout
(pos/ui/leave.py), which only the terminal's main loop catches.
"""

from pos import loading


async def enter(name, terminal, *arguments):
    """Runs flow `name` -> what its `run` returns. Whatever the flow imported first (its own module, widgets, receipts)
    is dropped when it ends."""
    with loading.Scope():
        return await _load(name).run(terminal, *arguments)


def _load(name):
    return __import__("pos.flows." + name, None, None, ("run",))
