"""The echo of the device test: how long it took, and the host's clock."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
from bench import with_bench


def told_time(bench):
    """Makes the model host tell its time in every answer, as the real one does."""
    answer = bench.host.answer

    def with_time(request, message):
        fields = answer(request, message)
        if fields:
            fields[12], fields[13] = "153007", "0314"
        return fields

    bench.host.answer = with_time


def test_before_signing_on_the_door_is_tried():
    async def scenario(bench):
        outcome, took_ms, told = await bench.exchange.run("probe", "echo")
        assert (outcome["result"], told) == ("approved", "") and took_ms >= 0
        assert bench.host.requests == []

    with_bench(scenario)


def test_signed_on_the_host_tells_its_time():
    async def scenario(bench):
        await bench.sign_on()
        told_time(bench)
        outcome, took_ms, told = await bench.exchange.run("probe", "echo")
        assert (outcome["result"], told) == ("approved", "0314153007")
        assert 0 <= took_ms < 5_000
        assert bench.requests("0820")[-1][60][8:] == "301"

    with_bench(scenario)


def test_no_answer_tells_no_time():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.SILENT]
        start_ms = dual.clock.ticks_ms()
        outcome, took_ms, told = await bench.exchange.run("probe", "echo")
        assert (outcome["result"], outcome["cause"], told) == ("failed", "timeout", "")
        assert took_ms == dual.clock.elapsed_ms(start_ms) >= 60_000

    with_bench(scenario)
