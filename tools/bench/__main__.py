"""Measures everything, prints a table, writes build/bench.json; ends with 1 when a limit is broken.

`--record` also keeps the exact counts in tools/bench/recorded.json, against which later runs show what changed.
"""

import argparse
import json
import platform
import sys
from importlib import import_module
from pathlib import Path

from tools.bench.row import Row

ROOT = Path(__file__).parents[2]
OUT = ROOT / "build" / "bench.json"
RECORDED = Path(__file__).parent / "recorded.json"
# One file a subject, each with `rows()`; a new one is named here.
SUBJECTS = (
    "codec_speed",
    "instructions",
    "records",
    "flash",
    "display_bytes",
    "key_to_display",
    "keys",
    "heap",
    "flows_heap",
)
EXACT_UNITS = ("fuel", "bytes")


def measure(subjects):
    """All rows of the subjects, in order."""
    found = []
    for subject in subjects:
        print(f"-- {subject}", file=sys.stderr, flush=True)
        try:
            found += import_module(f"tools.bench.{subject}").rows()
        except (RuntimeError, AssertionError, OSError) as error:  # the other subjects can still be measured
            found.append(Row(f"{subject}: not measured", 0, "", ok=False, note=f"{type(error).__name__}: {error}"))
    return found


def table(rows, recorded):
    """Lines for people: value, reference, limit, and the change of exact numbers since they were recorded."""
    lines = []
    for row in rows:
        line = f"{'ok ' if row.ok else 'NO '} {row.name:<58} {_number(row.value):>12} {row.unit:<5}"
        if row.reference is not None:
            line += f"  {_number(row.reference):>12} {row.reference_name}"
        details = [row.limit, row.note, _change(row, recorded)]
        lines += [line] + [f"      {detail}" for detail in details if detail]
    return lines


def _number(value):
    return f"{value:,}"


def _change(row, recorded):
    before = recorded.get(row.name)
    if before is None or before == row.value:
        return ""
    return f"{row.value - before:+,} {row.unit} since it was recorded ({before:,})"


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__.splitlines()[0])
    parser.add_argument("subjects", nargs="*", help=f"only these of {', '.join(SUBJECTS)}")
    parser.add_argument("--record", action="store_true", help="keep the exact counts in tools/bench/recorded.json")
    options = parser.parse_args()
    unknown = set(options.subjects) - set(SUBJECTS)
    if unknown:
        parser.error(f"no subject {', '.join(sorted(unknown))}")
    _make_firmware_importable()

    rows = measure(options.subjects or SUBJECTS)
    recorded = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    print("\n".join(table(rows, recorded)))
    OUT.parent.mkdir(exist_ok=True)
    result = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": [row.as_dict() for row in rows],
    }
    OUT.write_text(json.dumps(result, indent=1) + "\n")
    if options.record:
        recorded |= {row.name: row.value for row in rows if row.unit in EXACT_UNITS}
        RECORDED.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
    broken = [row.name for row in rows if not row.ok]
    if broken:
        sys.exit("over its limit, or not measured: " + "; ".join(broken))


def _make_firmware_importable():
    from tools.sim.cpython import shims

    shims.install()
    sys.path.insert(0, str(ROOT / "firmware"))


if __name__ == "__main__":
    main()
