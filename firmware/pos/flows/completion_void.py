"""Void of a completion (预授权完成撤销): the money goes back and is held again; see void.py."""

from pos.flows import void


async def run(terminal, original=None):
    return await void.take_back(terminal, "completion_void", original)
