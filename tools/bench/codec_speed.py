"""Packing a sale request and unpacking its answer, on CPython: our codec and pyiso8583 in turns."""

import statistics
import time

import iso8583
from pos.iso8583 import codec, messages

from tools.bench.row import Row
from tools.bench.sample import ADDED_BY_HOST, IDENTITY, TX
from tools.host.iso.spec import SPEC

ROUNDS = 41
CALLS_A_ROUND = 200


def rows():
    """One row; each round measures one codec right after the other, the medians are compared."""
    request = messages.request(TX, IDENTITY) | {64: ADDED_BY_HOST[64]}
    answer = codec.pack(request | ADDED_BY_HOST)
    foreign = _foreign(request)
    if iso8583.encode(foreign, SPEC)[0] != codec.pack(request) or _foreign(codec.unpack(answer)) != _decode(answer):
        raise AssertionError("the two codecs do not do the same work")

    def ours():
        codec.pack(request)
        codec.unpack(answer)

    def theirs():
        iso8583.encode(foreign, SPEC)
        iso8583.decode(answer, SPEC)

    ours_us, theirs_us, ratios = [], [], []
    for _ in range(ROUNDS):
        one, other = _round_us(ours), _round_us(theirs)
        ours_us.append(one)
        theirs_us.append(other)
        ratios.append(one / other)
    ratio = statistics.median(ratios)
    return [
        Row(
            "sale request packed, answer unpacked (CPython)",
            round(statistics.median(ours_us), 2),
            "us",
            round(statistics.median(theirs_us), 2),
            "pyiso8583",
            "at most the reference",
            ratio <= 1,
            f"ratio {ratio:.2f}, median of {ROUNDS} rounds",
        )
    ]


def _round_us(work):
    start_ns = time.perf_counter_ns()
    for _ in range(CALLS_A_ROUND):
        work()
    return (time.perf_counter_ns() - start_ns) / 1000 / CALLS_A_ROUND


def _foreign(fields):
    foreign = {}
    for number, value in fields.items():
        if isinstance(value, bytes):
            value = value.hex().upper() if number == 64 else value.decode("latin-1")
        foreign["t" if number == 0 else str(number)] = value
    return foreign


def _decode(data):
    decoded, _ = iso8583.decode(data, SPEC)
    return {key: value for key, value in decoded.items() if key not in ("h", "p")}
