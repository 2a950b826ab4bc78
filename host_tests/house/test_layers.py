"""Reads the firmware's imports and fails on a wrong arrow between its layers."""

import ast
from pathlib import Path

FIRMWARE = Path(__file__).parents[2] / "firmware"

# layer -> the layers of pos that it may import; firmware/README.md explains the picture.
MAY_IMPORT = {
    "texts": set(),
    "domain": set(),
    "iso8583": {"domain"},
    "security": {"domain"},
    "qr": set(),
    "receipts": {"domain", "texts"},
    "journal": {"domain", "security"},
    "link": {"domain", "iso8583", "security", "journal"},
    "ui": {"domain", "texts"},
    "flows": {"domain", "journal", "qr", "receipts", "security", "texts", "ui"},
    "drivers": set(),
}
COMPOSITION = {"wiring", "parts", "preferences", "terminal", "training"}  # these know all
COMMON = {"loading"}  # below everything: how code is loaded and let go
HARDWARE = {"machine", "network", "esp32", "board"}
MAY_IMPORT_HARDWARE = {"wiring", "drivers"}
SOCKETS = {"socket", "ssl", "tls", "select"}
MAY_OPEN_SOCKETS = {"wiring", "link"}


def imports_of(path):
    """Yields (line, dotted name) for every import of the file, those inside functions too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                package = path.relative_to(FIRMWARE).parts[: -node.level]
                base = ".".join(package) + ("." + node.module if node.module else "")
            else:
                base = node.module or ""
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def layer_of(path):
    """The folder below pos, or the module's name for a file directly in it."""
    part = path.relative_to(FIRMWARE / "pos").parts[0]
    return part.removesuffix(".py")


def wrong_arrows(path):
    layer = layer_of(path)
    for line, name in imports_of(path):
        parts = name.split(".")
        where = f"{path.relative_to(FIRMWARE)}:{line}"
        if parts[0] == "pos" and layer not in COMPOSITION:
            target = parts[1] if len(parts) > 1 else "pos"
            if target != layer and target not in MAY_IMPORT[layer] | COMMON:
                yield f"{where}: {layer} must not import {name}"
        if parts[0] in HARDWARE and layer not in MAY_IMPORT_HARDWARE:
            yield f"{where}: only {sorted(MAY_IMPORT_HARDWARE)} may import {parts[0]}"
        if parts[0] in SOCKETS and layer not in MAY_OPEN_SOCKETS:
            yield f"{where}: only {sorted(MAY_OPEN_SOCKETS)} may import {parts[0]}"


def test_every_folder_of_the_firmware_is_a_known_layer():
    folders = {p.name for p in (FIRMWARE / "pos").iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders <= set(MAY_IMPORT)


def test_imports_point_downwards_only():
    files = sorted((FIRMWARE / "pos").rglob("*.py"))
    assert len(files) > 20
    assert [arrow for path in files for arrow in wrong_arrows(path)] == []


def test_only_the_wiring_names_concrete_drivers():
    for path in (FIRMWARE / "pos").rglob("*.py"):
        if layer_of(path) not in ("wiring", "parts", "drivers"):
            assert not [name for _, name in imports_of(path) if name.startswith("pos.drivers")], path


def test_a_wrong_arrow_is_seen(tmp_path, monkeypatch):
    wrong = tmp_path / "pos" / "domain" / "wrong.py"
    wrong.parent.mkdir(parents=True)
    wrong.write_text("def f():\n    from pos.link import exchange\n    import machine\n    from ..ui import screen\n")
    monkeypatch.setattr(f"{__name__}.FIRMWARE", tmp_path)
    assert len(list(wrong_arrows(wrong))) == 3
