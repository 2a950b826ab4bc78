"""`make audit`: what is known to be wrong with the dependencies, and what must never be in this repository.

Without a network: every line of every lock file has a hash and no address, files and state folders have the permissions
that they should, no key-like text is in a tracked file, no demonstration PIN, key or account in the firmware that is
built. With one: pip-audit, in an environment of its own, asks for known vulnerabilities of every locked version.

Exit status: 0 all was looked at and nothing found; 1 something was found; 3 nothing was found, but the vulnerability
service could not be reached, so that part was NOT done; 2 it could not work.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import provision
from tools.host import demo

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-setup.lock", "requirements-typings.lock", "requirements-audit.lock")
ENVIRONMENT = ROOT / "build" / "audit-env"
STATES = ("build/run",)
FOUND, CANNOT, NOT_DONE = 1, 2, 3
INSTALL_TIMEOUT_S, ASK_TIMEOUT_S, BUILD_TIMEOUT_S = 300, 300, 120
SERVICE_TIMEOUT_S = 15
REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==([A-Za-z0-9.+!]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")

# What no file that is tracked may hold. Published vectors and the demonstration's public values are none of these.
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a token of a service": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abprs]-[A-Za-z0-9-]{10,})"
    ),
    "a password in an address": re.compile(
        r"\b[a-z][a-z0-9+]{2,}://[^/\s:@'\"{}<>]+:(?!(?i:password)@)[^/\s:@'\"{}<>]{3,}"
        r"@(?!(?:[^/@\s]*@)?(?:127\.0\.0\.1|localhost|\[::1|[a-z0-9-]+\.example\b))"  # addresses that nobody has
    ),
    "a master key": re.compile(
        r"master_key[\"']?\s*[:=]\s*[bf]?[\"'](?!00112233445566778899aabbccddeeff)[0-9a-fA-F]{32,64}[\"']"
    ),
    "a storage key": re.compile(r"POS_STORAGE_KEY\s*=\s*[0-9a-fA-F]{64}"),
}
NEVER_TRACKED = re.compile(r"(?:^|/)(?:[^/]*\.(?:key|pem|der|db|img)|terminal\.json|operators\.json)$")


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m tools.audit",
        description=__doc__.split("\n\n")[0],
        epilog="\n\n".join(__doc__.split("\n\n")[1:]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--offline", action="store_true", help="leave out what needs a network (exit status 3)")
    options = parser.parse_args(arguments)
    found, looked = [], 0
    try:
        for name, check in CHECKS.items():
            _say(f"{name} ...")
            problems = list(check(ROOT))
            looked += 1
            found += [f"{name}: {problem}" for problem in problems]
        done, problems = (False, ["left out (--offline)"]) if options.offline else vulnerabilities(_say)
        why = [] if done else problems[:1]
        found += [f"vulnerabilities: {problem}" for problem in problems[len(why) :]]
    except KeyboardInterrupt:
        print("\naudit: interrupted", file=sys.stderr)
        return 130
    except (OSError, subprocess.SubprocessError) as error:
        print(f"audit: {error}", file=sys.stderr)
        return CANNOT
    for problem in found:
        print(problem)
    if not done:
        print(f"NOT DONE: known vulnerabilities were not all asked for: {why[0]}")
        print("  do this again where the Internet can be reached; all that needs no network was looked at")
    asked = f"{len(LOCKS)} lock files asked about" if done else "vulnerabilities NOT asked for"
    print(f"audit: {looked} checks without a network, {asked}, {len(found)} found")
    return FOUND if found else 0 if done else NOT_DONE


def _say(text):
    print(text, file=sys.stderr)


# Without a network


def locks(root):
    """Lines of lock files that are no version with its hashes."""
    for name in LOCKS:
        path = root / name
        if not path.exists():
            yield f"{name} is missing: run make lock"
            continue
        hashes, last = 1, ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if REQUIREMENT.match(line):
                if not hashes:
                    yield f"{name}: {last} has no hash"
                hashes, last = 0, line.split("==")[0]
            elif HASH.match(line):
                hashes += 1
            else:
                yield f"{name}:{number}: neither a version nor a hash: {line[:60]}"
        if not hashes:
            yield f"{name}: {last} has no hash"


def permissions(root):
    """Tracked files that everybody may write; secrets of a state folder that others may read."""
    for path in _tracked(root):
        if path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o002:
            yield f"everybody may write {path.relative_to(root)}: chmod o-w"
    for state in STATES:
        for pattern in ("keys/*.key", "pki/*.key", "terminals/*.json", "host.db*"):
            for path in (root / state).glob(pattern):
                if path.stat().st_mode & 0o077:
                    yield f"others may read {path.relative_to(root)}: chmod 600"


def secrets(root):
    """Key-like texts in tracked files, and files that must not be tracked at all."""
    for path in _tracked(root):
        name = str(path.relative_to(root))
        if NEVER_TRACKED.search(name):
            yield f"{name} must not be in the repository"
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, IsADirectoryError, FileNotFoundError):
            continue
        for what, pattern in SECRETS.items():
            for match in pattern.finditer(text):
                yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}: looks like {what}"


def firmware(root):
    """Demonstration keys, PINs and accounts in what `make build` makes; files that only provisioning may bring."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tools.sim.deploy", "--board", "esp32_devkitc", "--out", folder]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=BUILD_TIMEOUT_S)
        if done.returncode:
            raise OSError(f"the firmware cannot be built: {done.stdout}{done.stderr}")
        yield from in_firmware(Path(folder))


def in_firmware(folder):
    """As above, for a folder that was built."""
    numbers = {*provision.DEMO_OPERATORS.values(), *(card[0] for card in demo.CARDS), demo.TERMINAL, demo.MERCHANT}
    texts = {*demo.WIFI.values(), demo.SERVER_NAME, "PRIVATE KEY"}
    files = [path for path in folder.rglob("*") if path.is_file()]
    if not any(path.suffix == ".mpy" for path in files):
        yield "nothing was built"
    for path in files:
        name, data = path.relative_to(folder), path.read_bytes()
        if NEVER_TRACKED.search(str(name)) or "data" in name.parts:
            yield f"{name} is for provisioning to bring"
        for number in numbers:
            if re.search(rb"(?<![0-9])" + number.encode() + rb"(?![0-9])", data):
                yield f"{name} holds {number}, which is the demonstration's"
        for text in texts:
            if text.encode() in data:
                yield f"{name} holds {text!r}, which is the demonstration's"


def _tracked(root):
    done = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True)
    return [root / name for name in done.stdout.decode().split("\0") if name]


CHECKS = {"lock files": locks, "permissions": permissions, "secrets in the repository": secrets, "firmware": firmware}


# With a network


def vulnerabilities(say):
    """(whether the service told about every version, problems that it knows of); else (False, [why not, ...])."""
    tool = ENVIRONMENT / "bin" / "pip-audit"
    if not _installed(say, tool):
        return False, ["pip-audit cannot be installed from requirements-audit.lock"]
    problems, silent, known = [], [], 0
    for name in LOCKS:
        say(f"known vulnerabilities of {name} ...")
        options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        command = [tool, *options, "--timeout", str(SERVICE_TIMEOUT_S), "-r", ROOT / name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_TIMEOUT_S)
        try:
            told = json.loads(done.stdout)["dependencies"]
        except (ValueError, KeyError):
            return False, [f"the service cannot be reached ({(done.stderr.strip().splitlines() or ['?'])[-1][:200]})"]
        bad, unknown = judged(told)
        problems += [f"{name}: {problem}" for problem in bad]
        silent += unknown
        known += len(told) - len(unknown)
    if silent:
        return False, [
            f"the service told nothing about {len(silent)} of {len(silent) + known} versions ({silent[0][:160]})",
            *problems,
        ]
    return True, problems


def judged(told):
    """(vulnerabilities, why nothing is known) of what pip-audit said. It calls a version that the service does not
    have "no known vulnerability" too, and ends with 0: behind a mirror without that service everything would look good.
    """
    bad, unknown = [], []
    for row in told:
        if "skip_reason" in row:
            unknown.append(row["skip_reason"])
        for vulnerability in row.get("vulns", ()):
            fixed = ", ".join(vulnerability.get("fix_versions", ())) or "no version"
            bad.append(f"{row['name']} {row['version']}: {vulnerability['id']}, mended in {fixed}")
    return bad, unknown


def _installed(say, tool):
    uv = Path(sys.executable).with_name("uv")
    lock = ROOT / "requirements-audit.lock"
    if tool.exists() and tool.stat().st_mtime > lock.stat().st_mtime:
        return True
    say(f"installing pip-audit into {ENVIRONMENT.relative_to(ROOT)} ...")
    for command in (
        [uv, "venv", "-q", "--clear", "--python", sys.executable, ENVIRONMENT],
        [uv, "pip", "sync", "-q", "--python", ENVIRONMENT / "bin" / "python", "--require-hashes", lock],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S)
        if done.returncode:
            say(done.stderr.strip())
            return False
    tool.touch()
    return True


if __name__ == "__main__":
    sys.exit(main())
