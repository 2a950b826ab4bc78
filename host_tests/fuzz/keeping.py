"""The corpus: seeds made from the product's own messages, and what runs found new, as few and as short as will do."""

import hashlib
import sys

from fuzz import catalogue, places
from fuzz.property import outcome

KEPT_MAX = 60  # of one target, besides seeds and finds
BYTES_MAX = 4096
SEED, FOUND = "seed-", "found-"


def seeds(names):
    """Writes every target's seeds."""
    for name in names:
        folder = places.CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob(SEED + "*"):
            path.unlink()
        made = dict(catalogue.make(name).seeds())
        for seed, data in made.items():
            (folder / (SEED + seed)).write_bytes(data)
        print(f"{name}: {len(made)} seeds")
    return 0


def keep(names, work):
    """Keeps what reaches lines and jumps that nothing kept before does; drops what no longer does."""
    for name in names:
        folder = places.CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        fixed, free = {}, {}
        for path in [*sorted(folder.iterdir()), *sorted((work / "corpus" / name).glob("*"))]:
            data = path.read_bytes()
            if path.parent == folder and path.name.startswith((SEED, FOUND)):
                fixed[path.name] = data
            elif len(data) <= BYTES_MAX:
                free[hashlib.sha256(data).hexdigest()[:16]] = data
        chosen, reached = _choose(name, fixed, free)
        for path in folder.iterdir():
            if path.name not in fixed and path.name not in chosen:
                path.unlink()
        for file, data in chosen.items():
            (folder / file).write_bytes(data)
        print(f"{name}: {len(fixed)} seeds and finds, {len(chosen)} of {len(free)} others; {reached:,} jumps reached")
    return 0


def _choose(name, fixed, free):
    target = catalogue.make(name)
    watched = tuple(_folders(catalogue.TARGETS[name].watched))
    reached, chosen = set(), {}
    for data in fixed.values():
        reached |= _jumps(target, data, watched)
    for file, data in sorted(free.items(), key=lambda item: (len(item[1]), item[0])):
        jumps = _jumps(target, data, watched)
        if jumps - reached and len(chosen) < KEPT_MAX:
            chosen[file] = data
            reached |= jumps
    return chosen, len(reached)


def _folders(packages):
    import importlib.util

    for package in packages:
        spec = importlib.util.find_spec(package)
        yield spec.origin.removesuffix("__init__.py")


def _jumps(target, data, watched):
    """{(file, line, next line)} of the code under test that an input takes."""
    taken = set()

    def trace(frame, _event, _argument):
        file = frame.f_code.co_filename
        if not file.startswith(watched):
            return None
        last = frame.f_lineno

        def line(frame, _event, _argument):
            nonlocal last
            taken.add((file, last, frame.f_lineno))
            last = frame.f_lineno
            return line

        return line

    sys.settrace(trace)
    try:
        error = outcome(target.run, data)  # without its limit of time: looked at line by line it takes much longer
    finally:
        sys.settrace(None)
    if error is None:
        return taken
    # A finding is told by a run, and kept when it is mended.
    print(f"    left out: {type(error).__name__}: {error}", file=sys.stderr)
    return set()
