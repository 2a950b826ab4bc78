"""One input again, outside of the fuzzer."""

import sys
import traceback

from fuzz import catalogue
from fuzz.property import limited, name_of, outcome


def target_of(path):
    """The name of the target that a file belongs to: its folder's in the corpus, else what its own begins with."""
    if path.parent.name in catalogue.TARGETS:
        return path.parent.name
    found = [name for name in catalogue.TARGETS if path.name.startswith(name + "-")]
    return max(found, key=len) if found else None


def repeat(path, targets):
    """Runs the file's bytes; 1 and the traceback when something breaks."""
    name = targets[0] if targets else target_of(path)
    if name is None:
        print(f"fuzz: name the target of {path}", file=sys.stderr)
        return 2
    error = outcome(limited, catalogue.make(name).run, path.read_bytes())
    if error is not None:
        traceback.print_exception(error)
        print(f"fuzz: {name}: {name_of(error)}")
        return 1
    print(f"fuzz: {name}: nothing broke")
    return 0
