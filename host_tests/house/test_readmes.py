"""The READMEs keep their word: links lead somewhere, what they name exists, programs explain themselves."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SKIPPED = {".venv", "typings", "build", "node_modules", ".pytest_cache"}
READMES = sorted(p for p in ROOT.rglob("*.md") if not SKIPPED.intersection(p.relative_to(ROOT).parts))
TEXTS = {path: path.read_text(encoding="utf-8") for path in READMES}
PROGRAMS = sorted(set(re.findall(r"python -m (tools(?:\.\w+)+)", "\n".join(TEXTS.values()))))
TARGETS = sorted(
    set(
        re.findall(
            r"\bmake ([a-z]+(?:-[a-z]+)*)\b",
            "\n".join(re.findall(r"`[^`]*`|```.*?```", "\n".join(TEXTS.values()), re.S)),
        )
    )
)


def test_links_lead_somewhere():
    dead = [
        f"{path.relative_to(ROOT)}: {target}"
        for path, text in TEXTS.items()
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert dead == []


def test_files_named_in_the_map_exist():
    """The table "to change X, open Y" of the first README."""
    table = TEXTS[ROOT / "README.md"].split("## To change X, open Y")[1]
    folder = ROOT
    missing = []
    for name in re.findall(r"`([\w./]+)`", table):
        path = ROOT / name if "/" in name else folder / name
        folder = path if name.endswith("/") else path.parent
        if not path.exists():
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("target", TARGETS)
def test_make_targets_exist(target):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:.*## ", makefile, re.M), f"`make {target}` is named in a README"


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_explain_themselves(program):
    done = subprocess.run(
        [sys.executable, "-m", program, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower()
