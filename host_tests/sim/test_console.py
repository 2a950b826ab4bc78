"""The console's pty with real mpremote on it, as on a board's serial port."""

import asyncio
import os
import sys

import pytest

from host_tests.sim import parts
from tools.sim import deploy

COUNTING = """
import asyncio
from machine import UART

async def main():
    UART(2, 19200).write(b"running\\n")
    while True:
        await asyncio.sleep_ms(20)
"""
MPREMOTE_TIMEOUT_S = 20


async def mpremote(pty, *command):
    """What a command of mpremote printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "mpremote", "connect", pty, *command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), MPREMOTE_TIMEOUT_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, said.decode()
    return said.decode().replace("\r\n", "\n")


@pytest.mark.slow
def test_mpremote(tmp_path):
    long_file = bytes(range(256)) * 40

    async def run():
        process = parts.terminal(tmp_path / "state", COUNTING, repl=True)
        process.data["/data/long"] = long_file
        heard = process.circuit.printer
        try:
            await process.start()
            await parts.printed(process)
            pty = process.state()["pty"]
            assert process.state()["running"]
            assert await mpremote(pty, "resume", "exec", "print(6 * 7)") == "42\n"
            assert not process.state()["running"]  # mpremote has stopped the firmware
            listing = await mpremote(pty, "resume", "fs", "ls", ":/")
            assert [line.split()[-1] for line in listing.splitlines()[1:]] == [
                "board.py", "boot.py", "data/", "main.py", "script.py",
            ]  # fmt: skip
            assert await mpremote(pty, "resume", "fs", "cat", ":/boot.py") == (parts.FIRMWARE / "boot.py").read_text()
            await mpremote(pty, "resume", "fs", "cp", ":/data/long", str(tmp_path / "got"))
            assert (tmp_path / "got").read_bytes() == long_file
            (tmp_path / "new").write_bytes(long_file[::-1])
            await mpremote(pty, "resume", "fs", "cp", str(tmp_path / "new"), ":/data/new")
            assert "<VfsLfs2>   2097152" in await mpremote(pty, "resume", "df")
            # A soft reset in raw mode does not run main.py; the reset of the chip does.
            starts = process.starts
            assert await mpremote(pty, "soft-reset", "exec", "print('raw')") == "raw\n"
            assert process.starts == starts + 1
            assert heard.heard == b"running\n"
            assert not process.state()["running"]
            await mpremote(pty, "resume", "reset")
            await parts.printed(process, count=2)
            assert process.state()["running"]
            # Power goes and comes: the pty stays.
            await process.cycle()
            await parts.printed(process, count=3)
            assert process.state()["pty"] == pty and process.state()["running"]
            assert await mpremote(pty, "resume", "eval", "1 + 1") == "2\n"
        finally:
            await process.close()
        assert process.flash.read("/data/new") == long_file[::-1]

    asyncio.run(run())


@pytest.mark.slow
def test_what_is_deployed_replaces_what_was_there(tmp_path, capfd):
    """Onto a simulated board whose /pos has modules of an older version."""
    out = tmp_path / "out"
    files = {
        "/main.py": b"",
        "/pos/__init__.mpy": b"new",
        "/pos/drivers/new.mpy": b"new",
        "/pos/texts/en.txt": b"words",
    }
    deploy.write_folder(files, out)

    async def run():
        process = parts.terminal(tmp_path / "state", COUNTING, repl=True)
        process.data |= {
            "/pos/__init__.py": b"old", "/pos/drivers/old.mpy": b"old", "/pos/gone/old.mpy": b"old",
            "/data/keys": b"stay", "/lib/other.mpy": b"stay",
        }  # fmt: skip
        try:
            await process.start()
            await parts.printed(process)
            pty = process.state()["pty"]
            assert await asyncio.to_thread(deploy.copy_to_port, files, out, pty) == 0
            listing = "import os\nprint(sorted(os.listdir('/pos')), os.listdir('/pos/drivers'))"
            said = await mpremote(pty, "exec", listing)
            assert said == "['__init__.mpy', 'drivers', 'texts'] ['new.mpy']\n"
        finally:
            await process.close()
        for path, data in files.items():
            assert process.flash.read(path) == data, path
        assert process.flash.read("/data/keys") == process.flash.read("/lib/other.mpy") == b"stay"

    asyncio.run(run())
    said = capfd.readouterr().out
    assert "removed /pos/drivers/old.mpy" in said and "removed /pos/gone/old.mpy" in said


def test_raw_paste_is_declined(tmp_path):
    """Under raw paste the interpreter would not be interrupted by Ctrl-C."""

    async def run():
        process = parts.terminal(tmp_path, COUNTING, repl=True)
        shown = bytearray()
        try:
            await process.start()
            await parts.printed(process)
            line = os.open(process.state()["pty"], os.O_RDWR | os.O_NOCTTY)
            asyncio.get_running_loop().add_reader(line, lambda: shown.extend(os.read(line, 1000)))
            os.write(line, b"\r\x03\x01")
            await parts.until(lambda: shown.endswith(b"raw REPL; CTRL-B to exit\r\n>"))
            shown.clear()
            os.write(line, b"\x05A\x01")
            await parts.until(lambda: shown == b"R\x00")
            os.write(line, b"while True: pass\x04")
            await asyncio.sleep(0.05)
            os.write(line, b"\x03")
            await parts.until(lambda: b"KeyboardInterrupt" in shown)
            asyncio.get_running_loop().remove_reader(line)
            os.close(line)
        finally:
            await process.close()

    asyncio.run(run())


def test_the_console_never_blocks_when_nobody_reads(tmp_path):
    noisy = """
from machine import UART

async def main():
    for n in range(3000):
        print("line", n, "x" * 60)
    UART(2, 19200).write(b"through\\n")
"""

    async def run():
        process = parts.terminal(tmp_path, noisy, repl=True)
        try:
            await process.start()
            await parts.printed(process)
        finally:
            await process.close()
        assert process.log_path.read_text().count("line") == 3000

    asyncio.run(run())
