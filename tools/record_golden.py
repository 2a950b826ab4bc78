"""Records the golden slips and screens anew: `make record-golden`, then read the diff before you commit it."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "host_tests" / "golden"


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
    print(f"{count} golden files in {GOLDEN.relative_to(ROOT)}")


def _write(name: str, lines: list[bytes]) -> int:
    text = b"\n".join(lines).decode("gb18030") + "\n"
    (GOLDEN / name).write_text(text, encoding="utf-8")
    return 1


if __name__ == "__main__":
    main()
