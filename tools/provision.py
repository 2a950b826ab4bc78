"""Writes what makes a terminal this merchant's terminal: identity, keys, the host's CA, and its first operators.

`python -m tools.provision --state build/run --to FOLDER --demo` makes the files for the terminal that
`python -m tools.host init --state build/run` knows. `--port /dev/ttyUSB0` copies them to a real board with mpremote.
Operators given with `--operator 03:4711` must change that PIN at their first log-in; those of `--demo` need not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from binascii import crc32
from pathlib import Path

from tools.sim.cpython import shims
from tools.sim.deploy import FIRMWARE

TERMINAL = "10000001"
# Known to everybody who reads the README: for demonstrations only.
DEMO_OPERATORS = {"01": "2468", "02": "1357", "00": "135790", "99": "97531024"}
LANGUAGES = ("en", "zh")


class ProvisionError(Exception):
    """Something that was asked for cannot be provisioned; the text says what to do."""


def terminal_files(state, terminal=TERMINAL, **changes):
    """{path: bytes} of terminal.json and ca.der from the host's state folder, and of a copy of each (`.old`): the
    firmware falls back to it when a byte has changed, which checksums tell.

    `changes` replace values of terminal.json (host, port, wifi_ssid, wifi_key, language); None leaves one as it is.
    """
    content_file, authority = Path(state) / "terminals" / f"{terminal}.json", Path(state) / "pki" / "ca.der"
    if not content_file.exists() or not authority.exists():
        raise ProvisionError(f"{state} holds no terminal {terminal}: run `python -m tools.host init --state {state}`")
    content = json.loads(content_file.read_text(encoding="utf-8"))
    content.update({name: value for name, value in changes.items() if value is not None})
    certificate = authority.read_bytes()
    content["ca_crc32"] = crc32(certificate)
    files = {"/data/terminal.json": stored(dict(sorted(content.items()))), "/data/ca.der": certificate}
    return files | {path + ".old": data for path, data in files.items()}


def identity(files):
    """What terminal.json says, of {path: bytes} as `terminal_files` makes them."""
    return stored_value([files["/data/terminal.json"], None, None], None)


def operator_files(pins, first=True):
    """{path: bytes} of operators.json. `pins`: {number: PIN}; `first`: whether each must be changed at first use."""
    operators, pin, _ = _firmware()
    people = {}
    for number, secret in pins.items():
        if operators.role(number) is None:
            raise ProvisionError(f"{number!r} is no operator number: two digits")
        try:
            operators.check_new_pin(secret)
        except operators.PinRule as error:
            raise ProvisionError(f"operator {number}: {error}") from None
        people[number] = {"pin": pin.make(secret), "first": first, "failures": 0}
    return {"/data/operators.json": stored(people)}


def stored(value):
    """The bytes of a store file with this JSON value."""
    store = _firmware()[2]
    with tempfile.TemporaryDirectory() as folder:
        store.save(folder + "/value", value)
        return Path(folder, "value").read_bytes()


def stored_value(contents, default):
    """The JSON value in a store file, `default` when there is no whole one.

    `contents`: bytes (or None) of the file, of its `.new` and of its `.old`, in this order.
    """
    store = _firmware()[2]
    with tempfile.TemporaryDirectory() as folder:
        for end, content in zip(("", ".new", ".old"), contents, strict=True):
            if content is not None:
                Path(folder, "value" + end).write_bytes(content)
        return store.load(folder + "/value", default)[0]


def demo_files(state, **changes):
    """(files, initial files) of the demonstration terminal, for `TerminalProcess`."""
    return terminal_files(state, **changes), operator_files(DEMO_OPERATORS, first=False)


def _firmware():
    """The firmware's own modules: the formats are theirs, so nothing of them is repeated here."""
    shims.install()
    if str(FIRMWARE) not in sys.path:
        sys.path.append(str(FIRMWARE))
    from pos.domain import operators
    from pos.journal import store
    from pos.security import pin

    return operators, pin, store


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m tools.provision",
        description=__doc__.split("\n", 1)[0],
        epilog=__doc__.split("\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--state", default="build/run", help="the host's state folder (default build/run)")
    parser.add_argument("--terminal", default=TERMINAL, help=f"terminal number (default {TERMINAL})")
    parser.add_argument("--host", help="address of the host, as the terminal reaches it")
    parser.add_argument("--host-port", type=int, dest="port_of_host")
    parser.add_argument("--wifi-ssid")
    parser.add_argument("--wifi-key")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--operator", action="append", default=[], metavar="NUMBER:PIN", help="may be repeated")
    parser.add_argument("--demo", action="store_true", help="the demonstration operators")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--to", metavar="FOLDER", help="folder to write to")
    target.add_argument("--port", metavar="PORT", help="serial port of a board, or the simulator's pty")
    return parser


def main():
    parser = _parser()
    options = parser.parse_args()
    if options.demo == bool(options.operator):
        parser.error("either --demo or at least one --operator")
    try:
        files = terminal_files(
            options.state,
            options.terminal,
            host=options.host,
            port=options.port_of_host,
            wifi_ssid=options.wifi_ssid,
            wifi_key=options.wifi_key,
            language=options.language,
        )
        if options.demo:
            files |= operator_files(DEMO_OPERATORS, first=False)
        else:
            files |= operator_files(dict(text.partition(":")[::2] for text in options.operator))
    except ProvisionError as error:
        sys.exit(str(error))
    if options.to:
        _write(files, options.to)
    else:
        with tempfile.TemporaryDirectory() as folder:
            _write(files, folder)
            mpremote = [sys.executable, "-m", "mpremote", "connect", options.port]
            sys.exit(subprocess.run([*mpremote, "fs", "cp", "-r", f"{folder}/data", ":/", "+", "reset"]).returncode)
    print(f"terminal {options.terminal}: {', '.join(sorted(files))} in {options.to}")


def _write(files, folder):
    for path, data in files.items():
        target = Path(folder) / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(0o600)
        target.write_bytes(data)


if __name__ == "__main__":
    main()
