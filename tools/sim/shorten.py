"""Shorter names for what is flashed: a name that only one module or function sees need not be one of its own.

MicroPython keeps every name of loaded code for ever, a dozen bytes each and a table that doubles when it is full. So
before a module is compiled its private names (one leading underscore) become `_a`, `_b`, ... in each module anew, and
names of arguments that nobody passes by keyword become `p0`, `p1`, ... What the code does is the same; tracebacks of a
board name its functions like that, and a list beside the compiled files says what they stand for (deploy.py).
"""

import ast
import re
import string

_PRIVATE = re.compile(r"^_[A-Za-z0-9]\w*$")
_RESERVED = re.compile(r"^(_[a-z]{1,2}|p\d+)$")
_INTERNED_CHARS_MAX = 10  # longer string constants are objects, not names


class ShortenError(ValueError):
    """A source that cannot be shortened safely; the text says where and why."""


class Shortener:
    """Made from all sources {path: text} that are deployed together: what one of them says by name, the others keep."""

    def __init__(self, sources):
        self._trees = {path: ast.parse(text, path) for path, text in sources.items()}
        self._kept = set()
        self.names = {}  # path: {short: long}
        for path, tree in self._trees.items():
            self._kept |= _spoken(tree)
            self._check(path, tree)

    def shorten(self, path, arguments=True):
        """The source of one module with its short names. arguments: False leaves those of arguments as they are."""
        tree = self._trees[path]
        table = _private_names(tree)
        _Private(table).visit(tree)
        for node in ast.walk(tree) if arguments else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                _shorten_arguments(node, self._kept)
        self.names[path] = {short: long for long, short in table.items()}
        return ast.unparse(tree) + "\n"

    def _check(self, path, tree):
        defined = _private_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.arg):
                name = node.id if isinstance(node, ast.Name) else node.arg
                if _RESERVED.match(name) and not _PRIVATE.match(name):
                    raise ShortenError(f"{path}:{node.lineno}: {name} is a name that the build gives")
            elif isinstance(node, ast.Attribute) and _PRIVATE.match(node.attr) and node.attr not in defined:
                if any(node.attr in _private_names(other) for other in self._trees.values()):
                    raise ShortenError(f"{path}:{node.lineno}: {node.attr} is private to another module")
            elif isinstance(node, ast.ImportFrom) and any(_PRIVATE.match(alias.name) for alias in node.names):
                raise ShortenError(f"{path}:{node.lineno}: imports a private name")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in defined:
                raise ShortenError(f"{path}:{node.lineno}: {node.value} is named by a string")
            elif isinstance(node, ast.ClassDef):
                self._check_bases(path, node)

    def _check_bases(self, path, node):
        """Two modules would give two attributes of one object the same short name."""
        here = {n.name for n in ast.walk(self._trees[path]) if isinstance(n, ast.ClassDef)}
        for base in node.bases:
            name = base.id if isinstance(base, ast.Name) else base.attr
            if name in here or name in ("Exception", "ValueError"):
                continue
            for other, tree in self._trees.items():
                for found in ast.walk(tree):
                    if isinstance(found, ast.ClassDef) and found.name == name and _own_attributes(found):
                        if _own_attributes(node):
                            raise ShortenError(
                                f"{path}:{node.lineno}: {node.name} and its base in {other} have privates"
                            )


def _own_attributes(node):
    """Private attributes and methods of a class."""
    found = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute) and _PRIVATE.match(n.attr)}
    return found | {n.name for n in node.body if hasattr(n, "name") and _PRIVATE.match(n.name)}


def _spoken(tree):
    """Names that are interned anyway, or that code elsewhere may use: none of them is worth or safe to shorten."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= _INTERNED_CHARS_MAX:
            found.add(node.value)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found |= set(node.name.split(".")) | {node.asname}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found |= {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return found


def _private_names(tree):
    """{private name that this module defines: its short name}, in the order of first use."""
    defined = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            defined.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
            defined.add(node.attr)
        elif isinstance(node, ast.arg):
            defined.add(node.arg)
    ordered = []
    for node in ast.walk(tree):
        for field in ("name", "id", "attr", "arg"):
            name = getattr(node, field, None)
            if isinstance(name, str) and name in defined and _PRIVATE.match(name) and name not in ordered:
                ordered.append(name)
    return dict(zip(ordered, _letters(), strict=False))


def _is_self(node):
    return isinstance(node, ast.Name) and node.id == "self"


def _letters():
    for first in ("", *string.ascii_lowercase):
        for last in string.ascii_lowercase:
            yield "_" + first + last


class _Private(ast.NodeTransformer):
    def __init__(self, table):
        self._table = table

    def generic_visit(self, node):
        for field in ("name", "id", "attr", "arg"):
            name = getattr(node, field, None)
            if isinstance(name, str) and not isinstance(node, ast.alias):
                setattr(node, field, self._table.get(name, name))
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [self._table.get(name, name) for name in node.names]
        return super().generic_visit(node)


def _shorten_arguments(function, kept):
    """Renames arguments in place. One that an inner scope binds again, or that is not local, keeps its name."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    plain += [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    taken = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    body = function.body if isinstance(function.body, list) else [function.body]
    number = 0
    for argument in plain:
        if argument.arg in kept or argument.arg == "self" or _RESERVED.match(argument.arg):
            continue
        if _bound_inside(body, argument.arg):
            continue
        while f"p{number}" in taken:
            number += 1
        short = f"p{number}"
        taken.add(short)
        for node in [node for part in body for node in ast.walk(part)]:
            if isinstance(node, ast.Name) and node.id == argument.arg:
                node.id = short
        argument.arg = short


def _bound_inside(body, name):
    """Whether an inner function or class, a comprehension, an except clause or an import binds the name, or a statement
    names it."""
    for node in [node for part in body for node in ast.walk(part)]:
        if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return True
        if isinstance(node, ast.ExceptHandler) and node.name == name:
            return True
        if isinstance(node, ast.alias) and name in (node.asname, node.name):
            return True
        if isinstance(node, ast.comprehension) and _stores(node.target, name):
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            if getattr(node, "name", "") == name or _stores(node, name):
                return True
            if any(isinstance(inner, ast.arg) and inner.arg == name for inner in ast.walk(node)):
                return True
    return False


def _stores(tree, name):
    return any(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load) for node in ast.walk(tree)
    )
