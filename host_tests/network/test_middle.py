"""Whoever speaks for the host: garbage, wrong lengths, answers of others, of another day, and requests once more."""

import asyncio
import contextlib

import pytest
from network.middle import Middle
from network.stand import CARD, Stand

pytestmark = pytest.mark.slow

PROMPT_MS = 10_000
WAITED_MS = 75_000  # the time for an answer, and the reversal after it
PACE = {PROMPT_MS: 4, WAITED_MS: 40}  # how much faster than ours the terminal's time passes
# What stands in the answer's place -> how the sale ends, why, and within what time by the terminal's clock.
CASES = {
    "silence": ("reversed", "timeout", WAITED_MS),
    "hangs up": ("reversed", "closed", PROMPT_MS),
    "garbage in a frame": ("reversed", "garbage", PROMPT_MS),
    "60 and garbage": ("reversed", "garbage", PROMPT_MS),
    "garbage": ("reversed", "garbage", PROMPT_MS),
    "HTTP": ("reversed", "garbage", PROMPT_MS),
    "length 0": ("reversed", "garbage", PROMPT_MS),
    "length 1": ("reversed", "garbage", PROMPT_MS),
    "length 11": ("reversed", "garbage", PROMPT_MS),
    "a byte over the longest": ("reversed", "garbage", PROMPT_MS),
    "65 535 bytes": ("reversed", "garbage", PROMPT_MS),
    "longest, of garbage": ("reversed", "garbage", PROMPT_MS),
    "length too long": ("reversed", "timeout", WAITED_MS),
    "length too short": ("reversed", "garbage", PROMPT_MS),
    "half an answer": ("reversed", "timeout", WAITED_MS),
    "half an answer, then the end": ("reversed", "closed", PROMPT_MS),
    "a byte a second": ("reversed", "timeout", WAITED_MS),
    "a byte a record": ("approved", None, PROMPT_MS),
    "twice": ("approved", None, PROMPT_MS),
    "twice, a moment later": ("approved", None, PROMPT_MS),
    "wrong MAC": ("reversed", "mac", PROMPT_MS),
    "no MAC": ("reversed", "mac", PROMPT_MS),
    "another trace number": ("reversed", "timeout", WAITED_MS),
    "another amount": ("reversed", "timeout", WAITED_MS),
    "the answer to a reversal": ("reversed", "timeout", WAITED_MS),
    "the answer to a void": ("reversed", "timeout", WAITED_MS),
    "of another batch": ("reversed", "timeout", WAITED_MS),
    "of another type": ("reversed", "timeout", WAITED_MS),
    "of another terminal, with our seal": ("reversed", "timeout", WAITED_MS),
    "of another merchant, with our seal": ("reversed", "timeout", WAITED_MS),
    "no response code": ("reversed", "timeout", WAITED_MS),
    "the recorded answer": ("reversed", "timeout", WAITED_MS),
    "the recorded answer, then the true one": ("approved", None, PROMPT_MS),
    "seventeen of others": ("reversed", "garbage", PROMPT_MS),
}


@contextlib.asynccontextmanager
async def stand_with(tmp_path):
    """A stand, and the middle between its terminal and its host; signed on."""
    stand = await Stand(tmp_path / "stand").start()
    middle = await Middle(stand.state, stand.host.port).start()
    try:
        await stand.order("line", host="127.0.0.1", port=middle.port)
        assert (await stand.order("sign_on"))["result"] == "approved"
        assert (await stand.order("fetch_parameters"))["result"] == "approved"
        yield stand, middle
    finally:
        await middle.close()
        await stand.close()


async def sell(stand, amount_minor=100):
    return await stand.order("trade", kind="sale", amount_minor=amount_minor, card=CARD)


async def hurry(stand, middle, times):
    middle.pace = times
    await stand.order("pace", times=times)


async def agree(stand, middle):
    """The line is good again: everything clears up, and another sale goes through."""
    middle.heal()
    await stand.heal()
    if not stand.last["signed_on"]:
        await stand.order("sign_on")
    assert (await sell(stand, 77))["result"] == "approved", stand.last
    stand.audit()


def test_whatever_stands_in_the_answers_place(tmp_path):
    async def scenario():
        async with stand_with(tmp_path) as (stand, middle):
            await sell(stand)
            middle.recorded = middle.seen[-1][1]
            wrong = {}
            for name, expected in CASES.items():
                middle.spoil(name)
                await hurry(stand, middle, PACE[expected[2]])
                told = await sell(stand)
                found = told["result"], told["cause"], told["took_ms"] <= expected[2]
                if found != (*expected[:2], True):
                    wrong[name] = found, told["took_ms"]
                await hurry(stand, middle, 1)
                await agree(stand, middle)
            assert wrong == {}
            stand.audit_all()

    asyncio.run(scenario())
