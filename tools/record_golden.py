"""Records the golden slips and screens anew: `make record-golden`, then read the diff before you commit it."""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "host_tests" / "golden"
_wanted = [name for name in sys.argv[1:] if not name.startswith("-")]  # names of scenarios; none: all


def main() -> None:
    for folder in (ROOT / "host_tests", ROOT / "firmware", ROOT):
        sys.path.insert(0, str(folder))
    from tools.sim.cpython import shims

    shims.install()
    from receipts import samples as slips
    from ui import samples as screens

    count = 0
    for language in ("en", "zh"):
        for name, rows in slips.slips(language):
            count += _write(slips.golden_name(language, name), slips.written(rows))
    for name in screens.GOLDEN:
        count += _write(name, screens.written(name))
    if "--slips-and-screens" not in sys.argv:
        count += _proofs()
    print(f"{count} golden files in {GOLDEN.relative_to(ROOT)}")


def _proofs() -> int:
    """What people see in each scenario that is proved from outside; about a second each."""
    from proof import test_at_station as proofs
    from proof.at_station import at_station

    proofs.GOLDEN.mkdir(exist_ok=True)
    count = 0
    for name, scenario in proofs.SCENARIOS.items():
        if _wanted and name not in _wanted:
            continue
        for board, language in proofs.DESKS:
            with tempfile.TemporaryDirectory() as folder:
                counter = at_station(scenario, Path(folder), board, language)
            (proofs.GOLDEN / proofs.golden_name(name, board, language)).write_text(
                counter.transcript(), encoding="utf-8"
            )
            count += 1
        print(name)
    return count


def _write(name: str, lines: list[bytes]) -> int:
    text = b"\n".join(lines).decode("gb18030") + "\n"
    (GOLDEN / name).write_text(text, encoding="utf-8")
    return 1


if __name__ == "__main__":
    main()
