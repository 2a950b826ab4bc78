"""Takes the README's picture of the front panel: a real sale, with host, firmware and paper, in Debian's Chromium.

python -m tools.sim.panel.picture [FILE]
"""

import argparse
import io
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from PIL import Image

FILE = Path(__file__).with_name("picture.png")
VIEWPORT = {"width": 1400, "height": 1060}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
CARD = "6200000000000013"
COLOURS = 255
TIMEOUT_S = 60


class PictureError(Exception):
    """The sale did not go as it should; the text says where."""


def take(file, scheme="light"):
    """Makes a sale on a terminal of its own and writes the picture."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if not chromium:
        raise PictureError("Chromium is not installed: run tools/need_chromium.sh")
    with tempfile.TemporaryDirectory() as state, _running(state) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(viewport=VIEWPORT, color_scheme=scheme)
        page.goto(url)
        page.wait_for_selector("#keypad .key")
        _sell(url)
        page.wait_for_selector("#slips li")
        page.wait_for_selector("#paper[data-cut='true']")
        page.wait_for_timeout(700)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    palette = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE)
    picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(file, optimize=True)


def _sell(url):
    """Signs on and sells 12.34; the merchant's slip is left in the printer."""
    with httpx.Client(base_url=url, timeout=TIMEOUT_S, trust_env=False) as client:
        for keys in (["0", "1", "ENTER"], [*"2468", "ENTER"], [*"1234", "ENTER"]):
            client.post("/api/press", json={"keys": keys}).raise_for_status()
        client.post("/api/card", json={"number": CARD}).raise_for_status()
        client.post("/api/press", json={"keys": ["ENTER"]}).raise_for_status()
        answer = client.get("/api/wait", params={"text": "tear off", "timeout_s": 30})
        if answer.status_code != 200:
            raise PictureError(f"the terminal shows {answer.json()['rows']}")


class _running:  # noqa: N801 - used like a function
    """Context: `make run` on free ports in a folder of its own; gives the panel's address."""

    def __init__(self, state):
        ports = [str(port) for port in _free_ports(3)]
        names = ("--panel-port", "--console-port", "--host-port")
        options = [part for pair in zip(names, ports, strict=True) for part in pair]
        self._command = [sys.executable, "-m", "tools.run", "--state", state, *options]
        self._url = f"http://127.0.0.1:{ports[0]}"

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = ""
        for line in self._process.stdout:
            said += line
            if "Ctrl-C" in line:
                return self._url
        raise PictureError(f"it did not start:\n{said}")

    def __exit__(self, *_):
        self._process.terminate()
        self._process.communicate(timeout=TIMEOUT_S)


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.sim.panel.picture", description=__doc__.split("\n", 1)[0])
    parser.add_argument("file", nargs="?", default=FILE, type=Path)
    parser.add_argument("--dark", action="store_true", help="the page as it looks in the dark")
    options = parser.parse_args()
    try:
        take(options.file, "dark" if options.dark else "light")
    except PictureError as error:
        sys.exit(f"error: {error}")
    print(f"{options.file}: {options.file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
