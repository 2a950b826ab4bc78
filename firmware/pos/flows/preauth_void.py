"""Void of a pre-authorisation (预授权撤销): what is held is let go; see void.py."""

from pos.flows import void


async def run(terminal, original=None):
    return await void.take_back(terminal, "preauth_void", original)
