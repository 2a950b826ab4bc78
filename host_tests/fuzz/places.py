"""Where things are, and the paths of what is tested: this tree, or a changed copy of it."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
HOST_TESTS = HERE.parent
ROOT = HOST_TESTS.parent
CORPUS = HERE / "corpus"
WORK = ROOT / "build" / "fuzz"


def use(root=ROOT, firmware=None):
    """Puts firmware and tools of that tree first on the path; the harness itself stays this one."""
    root = Path(root).resolve()
    firmware = Path(firmware).resolve() if firmware else root / "firmware"
    if root != ROOT or firmware != ROOT / "firmware":
        # A copy is changed again within a second, which a compiled file would not notice.
        sys.dont_write_bytecode = True
        sys.pycache_prefix = str(WORK / "no-pycache")
    else:
        sys.pycache_prefix = str(ROOT / "build" / "pycache")
    for folder in (root, firmware, HOST_TESTS):
        if str(folder) in sys.path:
            sys.path.remove(str(folder))
        sys.path.insert(0, str(folder))
    from tools.sim.cpython import shims

    shims.install()


def corpus(name):
    """{file name: bytes} of a target's committed inputs."""
    folder = CORPUS / name
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.is_dir() else {}
