"""Damaged files on the flash: said at the next start, with what to do; what was sold stays sold, once."""

from pathlib import Path

import power_cut
import pytest
from faults import station

pytestmark = pytest.mark.slow

DAMAGES = {
    "garbage": lambda data: b"\xff\x00garbage" * 5,
    "cut": lambda data: data[: len(data) // 2],
    "bit": lambda data: data[:-3] + bytes([data[-3] ^ 4]) + data[-2:],
    "empty": lambda data: b"",
}


def damage(desk, name, how):
    path = desk.flash / name
    path.write_bytes(DAMAGES[how](path.read_bytes()))


@pytest.mark.parametrize("how", DAMAGES)
def test_settings(tmp_path, how):
    async def scenario(desk):
        await desk.sign_on("00", "135790", "No sales for")
        await desk.menu("Settings")
        await desk.choose("Copies")
        await desk.see("Copies ")
        await desk.choose("1 1")
        await desk.see("SAVED")
        await desk.cut()
        damage(desk, "settings.json", how)
        desk.power()
        await desk.tells("SETTINGS FILE", "WAS DAMAGED", "Standard values", "are in use")
        await desk.sign_on()
        await desk.sell()
        assert len(desk.slips()) == 2  # two copies are the standard
        desk.books(1234)
        await desk.restart()
        await desk.sign_on()

    station.run(scenario, tmp_path)


def test_setting_with_a_value_that_is_not_allowed(tmp_path):
    async def scenario(desk):
        from tools import provision

        stored = provision.stored({"language": "xx", "copies": 7, "transaction_password": "perhaps"})
        (desk.flash / "settings.json").write_bytes(stored)
        desk.power()
        await desk.tells("SETTINGS FILE", "WAS DAMAGED")
        await desk.sign_on()
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)


def test_parameters(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await desk.cut()
        damage(desk, "parameters.json", "garbage")
        for old in desk.flash.glob("parameters.json.*"):
            old.unlink()
        desk.power()
        await desk.tells("PARAMETERS WERE", "DAMAGED", "Sign-on", "fetches them")
        await desk.sign_on()
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)


def test_operators(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await desk.cut()
        damage(desk, "operators.json", "bit")
        desk.power()
        await desk.tells("OPERATOR FILE", "WAS DAMAGED", "Its copy is used", "PINs as before")
        await desk.sign_on()
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("how", ["garbage", "missing"])
def test_no_operators_at_all(tmp_path, how):
    async def scenario(desk):
        if how == "missing":
            (desk.flash / "operators.json").unlink()
        else:
            damage(desk, "operators.json", how)
        desk.power()
        await desk.tells("OPERATORS LOST", "Nobody can log", "Call service")
        await desk.see("LOG IN")
        await desk.keys("01 ENTER")
        await desk.tells("NO SUCH OPERATOR")
        desk.books(0)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("name", ["terminal.json", "ca.der"])
@pytest.mark.parametrize("how", ["garbage", "missing"])
def test_provisioned_files(tmp_path, name, how):
    async def scenario(desk):
        for copy in (name, name + ".old"):
            if how == "missing":
                (desk.flash / copy).unlink()
            else:
                damage(desk, copy, how)
        desk.power()
        await desk.tells("NOT SET UP YET", "Keys and number", "are missing", "Call service")
        await desk.keys("01 ENTER 2468 ENTER")
        await desk.tells("NOT SET UP YET")
        assert desk.line.seen == []

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("name", ["terminal.json", "ca.der"])
@pytest.mark.parametrize("how", ["bit", "missing"])
def test_a_provisioned_file_has_a_copy(tmp_path, name, how):
    async def scenario(desk):
        if how == "missing":
            (desk.flash / name).unlink()
        else:
            damage(desk, name, how)
        desk.power()
        await desk.tells("KEY FILE DAMAGED", "Its copy is used", "Call service to", "set it up again")
        await desk.sign_on()
        await desk.sell()
        desk.books(1234)
        await desk.restart()
        await desk.tells("KEY FILE DAMAGED")  # until somebody sets it up again

    station.run(scenario, tmp_path)


def segments(desk):
    return sorted((desk.flash / station.JOURNAL).glob("*.log"))


@pytest.mark.parametrize("torn", [1, 20, 60])
def test_journal_tail_torn_within_a_record(tmp_path, torn):
    async def scenario(desk):
        await desk.sign_on()
        await desk.sell()
        before = desk.journal().state
        await desk.cut()
        last = segments(desk)[-1]
        line = last.read_bytes().splitlines(keepends=True)[-1]
        last.write_bytes(last.read_bytes() + line[:torn])  # what a power cut leaves of a record
        desk.power()
        await desk.tells("LAST RECORD WAS", "INCOMPLETE", "removed", "All else is well")
        await desk.sign_on()
        state = desk.journal().state
        assert state["totals"] == before["totals"] and state["trace"] >= before["trace"]
        desk.books(1234)
        merchant, _ = await desk.sell("500")
        assert f"{before['trace']:06d}" not in merchant  # no voucher number twice
        desk.books(1734)
        assert "recovered" in desk.audits()
        await desk.restart()
        await desk.see("LOG IN")
        assert "INCOMPLETE" not in desk.text()

    station.run(scenario, tmp_path)


def test_journal_damaged_in_its_middle(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await desk.sell()
        await desk.cut()
        tail = [f"{number:06d}.tail" for number in range(len(desk.journal().tail))]  # the last sale is among these
        name, data = power_cut.damaged(str(desk.flash / station.JOURNAL), b'"result"', tail)
        Path(name).write_bytes(data)
        desk.power()
        await desk.tells("RECORDS DAMAGED", "Some are missing", "Compare totals", "Call service")
        assert list((desk.flash / station.JOURNAL).glob("*.bad"))  # evidence stays
        report = desk.host.check()
        assert report.balanced and desk.taken_minor() == 1234
        await desk.sign_on()
        await desk.sell("500")
        desk.books(1734)  # the printed slips prove the sale whose result was lost

    station.run(scenario, tmp_path)


CONTENTS = ("[]", "{}", "null", '{"merchant": "1"}', '{"merchant": "1", "terminal": "1", "master_key": "no key"}')


@pytest.mark.parametrize("content", CONTENTS)
def test_provisioned_file_with_other_content(tmp_path, content):
    async def scenario(desk):
        for name in ("terminal.json", "terminal.json.old"):
            (desk.flash / name).write_text(content)
        desk.power()
        await desk.tells("NOT SET UP YET", "Call service")

    station.run(scenario, tmp_path)
