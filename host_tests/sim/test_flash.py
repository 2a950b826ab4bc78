"""The flash: deploying only what changed, and littlefs under power cuts."""

import asyncio
import random

import pytest

from host_tests.sim import parts
from tools.sim import deploy
from tools.sim.flash import FlashFolder, FlashImage

# Appends numbered lines, each flushed, and says so on the printer only after that; renames now and then.
pytestmark = pytest.mark.slow
WRITER = """
import os
from machine import UART

async def main():
    port = UART(2, 19200)
    try:
        n = sum(1 for _ in open("/data/lines"))
    except OSError:
        os.mkdir("/data")
        n = 0
    file = open("/data/lines", "a")
    while True:
        n += 1
        file.write("%06d\\n" % n)
        file.flush()
        if n % 7 == 0:
            with open("/data/new", "w") as fresh:
                fresh.write(str(n))
            os.rename("/data/new", "/data/state")
        port.write(b"%d\\n" % n)
"""


@pytest.mark.parametrize("kind", [FlashImage, FlashFolder])
def test_deploy_brings_only_what_changed(kind, tmp_path):
    flash = kind(tmp_path / "flash")
    files = {"/main.py": b"1", "/pos/a.mpy": b"a" * 5000, "/pos/ui/b.mpy": b"b"}
    assert sorted(flash.deploy(files, {"/data/operators.json": b"first"})) == sorted([*files, "/data/operators.json"])
    assert flash.deploy(files, {"/data/operators.json": b"other"}) == []
    flash.write({"/data/operators.json": b"changed by the terminal"})
    changed = {"/main.py": b"2", "/pos/a.mpy": b"a" * 5000}
    assert flash.deploy(changed, {"/data/operators.json": b"other"}) == ["/main.py", "/pos/ui/b.mpy"]
    assert flash.read_all(["/main.py", "/pos/ui/b.mpy", "/data/operators.json"]) == {
        "/main.py": b"2",
        "/pos/ui/b.mpy": None,
        "/data/operators.json": b"changed by the terminal",
    }
    assert flash.files() == {"/main.py": 1, "/pos/a.mpy": 5000, "/data/operators.json": 23}
    flash.remove(["/pos/a.mpy", "/not/there"])
    assert flash.read("/pos/a.mpy") is None


def test_a_file_that_was_just_being_replaced_is_not_given_anew(tmp_path):
    flash = FlashFolder(tmp_path / "flash")
    flash.deploy({"/main.py": b"1"}, {"/data/operators.json": b"first"})
    flash.remove(["/data/operators.json"])
    flash.write({"/data/operators.json.old": b"changed by the terminal"})
    assert flash.deploy({"/main.py": b"2"}, {"/data/operators.json": b"first"}) == ["/main.py"]


def test_a_lost_image_is_deployed_anew(tmp_path):
    flash = FlashImage(tmp_path / "flash.img")
    flash.deploy({"/main.py": b"1"})
    flash.path.unlink()
    assert flash.deploy({"/main.py": b"1"}) == ["/main.py"]


def test_what_was_flushed_survives_every_cut(tmp_path):
    cuts = random.Random(4)

    async def run():
        process = parts.terminal(tmp_path, WRITER)
        said = 0
        for _ in range(8):
            before = process.circuit.printer.heard.count(b"\n")
            await process.start()
            await parts.printed(process, count=before + 5)
            await asyncio.sleep(cuts.uniform(0, 0.08))
            await process.kill()
            heard = process.circuit.printer.heard
            said = int(heard[: heard.rindex(b"\n")].split(b"\n")[-1])
            found = process.flash.read_all(["/data/lines", "/data/state"])
            lines = found["/data/lines"].decode().splitlines()
            assert lines == [f"{n:06d}" for n in range(1, len(lines) + 1)]
            assert said <= len(lines)
            assert int(found["/data/state"] or 0) >= said // 7 * 7
        return said

    assert asyncio.run(run()) > 100


def test_firmware_is_compiled_and_a_mistake_is_named(tmp_path):
    (tmp_path / "pos").mkdir()
    (tmp_path / "pos" / "good.py").write_text("VALUE = 1\n")
    (tmp_path / "main.py").write_text("import pos.good\n")
    (tmp_path / "manifest.py").write_text("package('pos')\n")
    files = deploy.firmware_files("esp32_devkitc", tmp_path)
    assert sorted(files) == ["/board.py", "/main.py", "/pos/good.mpy"]
    assert files["/pos/good.mpy"][:2] == b"M\x06"
    (tmp_path / "pos" / "bad.py").write_text("def broken(:\n")
    with pytest.raises(deploy.CompileError, match=r"(?s)/pos/bad\.py.*SyntaxError"):
        deploy.firmware_files("esp32_devkitc", tmp_path)
