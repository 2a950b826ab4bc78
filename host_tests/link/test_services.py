"""Payment services on the line: the host gives leave or does not, and the parameters say what holds."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
from bench import with_bench


async def change(bench, action, service="qr"):
    return await bench.exchange.run("services", "change", service, action, "05", "99", clear=True)


def test_the_host_gives_leave_and_the_parameters_say_so():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.parameters = {23: b"sale,qr,void", 25: b"nfc:h"}
        trace = bench.journal.highest_trace()
        for action, on, off in (
            ("off", "sale,void", "nfc:h,qr:m"),
            ("remove", "sale,void", "nfc:h,qr:r"),
            ("on", "sale,void,qr", "nfc:h"),
        ):
            assert (await change(bench, action))["result"] == "approved"
            assert bench.host.settlement.changes[-1] == ("qr", action, "05", "99")
            assert (await bench.exchange.fetch_parameters())["result"] == "approved"
            assert bench.parameters["services"] == on and bench.parameters["off_services"] == off
        assert bench.journal.highest_trace() == trace + 6, "each request takes a number"

    with_bench(scenario)


def test_without_leave_nothing_changes():
    async def scenario(bench):
        await bench.sign_on()
        for code in ("57", "58", "40"):
            bench.host.settlement.refuses = code
            result = await change(bench, "off")
            assert (result["result"], result["code"]) == ("declined", code)
        bench.host.settlement.refuses = None
        bench.host.script = [model.LOST]
        assert (await change(bench, "off"))["result"] == "failed"
        assert bench.host.settlement.changes == []

    with_bench(scenario)


def test_what_is_pending_goes_before_a_service_change():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.SILENT] + [model.LOST] * 3
        assert (await bench.sell(500))["result"] == "pending"
        assert (await change(bench, "off"))["cause"] == "pending"
        bench.host.script = []
        assert (await change(bench, "off"))["result"] == "approved"
        assert [request[0] for request in bench.host.requests][-2:] == ["0400", "0800"]

    with_bench(scenario)
