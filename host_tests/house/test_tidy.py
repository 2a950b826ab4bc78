"""House rules that a reader of the code can rely on, read from the sources themselves."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("firmware", "boards", "tools", "host_tests")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
FIRMWARE = [path for path in SOURCES if path.is_relative_to(ROOT / "firmware")]
LINES_MAX = 500
# 4 rows of a board's pins and the like may repeat; a function of the firmware fits a screen.
FUNCTION_LINES_MAX = 60


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path):
    return str(path.relative_to(ROOT))


def test_each_file_says_in_its_first_line_what_it_is_about():
    silent = [name(p) for p in SOURCES if p.stat().st_size and not ast.get_docstring(parsed(p))]
    assert silent == []


def test_files_are_short():
    assert [name(p) for p in SOURCES if len(p.read_text(encoding="utf-8").splitlines()) > LINES_MAX] == []


def test_functions_of_the_firmware_fit_a_screen():
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in FIRMWARE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_no_bare_except():
    bare = [
        f"{name(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_no_float_in_the_firmware():
    """Money is an integer, and single precision floats of the ESP32 would lose cents."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in FIRMWARE
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
    ]
    assert found == []


def test_ticks_are_compared_by_ticks_diff_only():
    """ticks wrap at 2^30 ms: a plain subtraction or comparison of them is right for 12 days only."""
    wrong = re.compile(r"ticks_ms\(\)\s*[-<>]|[-<>]\s*(time|clock|self\.\w*clock)\.ticks_ms\(\)")
    found = [
        f"{name(path)}:{number}"
        for path in FIRMWARE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wrong.search(line)
    ]
    assert found == []


def test_the_product_names_no_machine_and_no_registry():
    registries = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian.org"]
    for path in [*SOURCES, ROOT / "Makefile", *ROOT.glob("*.lock"), ROOT / "pyproject.toml"]:
        text = path.read_text(encoding="utf-8")
        assert not [r for r in registries if r in text], name(path)
        assert str(ROOT.parent) + "/" not in text, name(path)
