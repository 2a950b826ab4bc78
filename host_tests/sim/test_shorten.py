"""Shorter names in what is flashed: the same code, fewer names, and a refusal where that would not be safe."""

import ast

import pytest

from tools.sim import deploy
from tools.sim.shorten import Shortener, ShortenError


def shortened(source, **others):
    sources = {"/m.py": source} | {f"/{name}.py": text for name, text in others.items()}
    return Shortener(sources).shorten("/m.py")


def ran(source, **others):
    """The module's globals after the shortened source ran."""
    found = {}
    exec(shortened(source, **others), found)
    return found


def test_private_names_become_letters():
    text = shortened(
        "_LIMIT = 3\nclass _Box:\n    def _take(self):\n        self._held = _LIMIT\n        return self._held\n"
    )
    assert not {"_LIMIT", "_Box", "_take", "_held"} & set(text.replace(".", " ").split())
    assert {node.name for node in ast.walk(ast.parse(text)) if hasattr(node, "name")} <= {"_a", "_b", "_c", "_d"}


def test_what_it_does_is_the_same():
    source = """
_SCALE = 10
def outer(amount, more=2, *rest, flag=False, **named):
    def inner(extra):
        nonlocal more
        more += extra
        return amount * _SCALE + more
    listed = [inner(part) for part in rest]
    again = lambda value: value + amount
    return listed, again(1), flag, named, more
class Thing:
    shared = 5
    def __init__(self, width):
        self._width = width
        self.height = width + 1
    def area(self, scale=1):
        return self._width * self.height * scale
"""
    plain = {}
    exec(source, plain)
    found = ran(source)
    for call in ("outer(1, 2, 3, 4, flag=True, x=9)", "outer(5)", "Thing(3).area()", "Thing(3).area(2)"):
        assert eval(call, found) == eval(call, plain), call


def test_an_argument_passed_by_keyword_keeps_its_name():
    text = shortened("def f(width, depth):\n    return width - depth\n", other="import m\nm.f(1, depth=2)\n")
    assert "depth" in text and "width" not in text


def test_a_name_that_an_inner_scope_binds_again_stays():
    source = "def f(x_arg):\n    def g(x_arg):\n        return x_arg\n    return g(1) + x_arg\n"
    assert ran(source)["f"](2) == 3
    source = "def f(each):\n    return [each for each in range(3)], each\n"
    assert ran(source)["f"](7) == ([0, 1, 2], 7)


@pytest.mark.parametrize(
    ("source", "others"),
    [
        (
            "import b\nb.box._held = 1\n",
            {"b": "class Box:\n    def __init__(self):\n        self._held = 0\nbox = Box()\n"},
        ),
        ("from b import _helper\n", {"b": "def _helper():\n    pass\n"}),
        ("_x1 = 1\nname = getattr(object, '_x1')\n", {}),
        (
            "from b import Base\nclass Mine(Base):\n    def go(self):\n        self._mine = 1\n",
            {"b": "class Base:\n    def __init__(self):\n        self._own = 1\n"},
        ),
        ("p0 = 1\n", {}),
    ],
)
def test_what_is_not_safe_is_refused(source, others):
    with pytest.raises(ShortenError):
        shortened(source, **others)


def test_the_firmware_has_many_fewer_names():
    files = deploy.firmware_files("esp32_devkitc", compiled=False)
    sources = {path: data.decode() for path, data in files.items() if path.endswith(".py") and path.startswith("/pos")}
    shortener = Shortener(sources)
    short = {path: shortener.shorten(path) for path in sources}
    assert _names(short) < 0.8 * _names(sources)


def _names(sources):
    found = set()
    for text in sources.values():
        for node in ast.walk(ast.parse(text)):
            for field in ("name", "id", "attr", "arg"):
                if isinstance(getattr(node, field, None), str):
                    found.add(getattr(node, field))
    return len(found)
