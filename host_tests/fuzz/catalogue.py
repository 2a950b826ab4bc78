"""The targets: name -> module, class, and which packages are watched for coverage."""

import importlib
from typing import NamedTuple


class Entry(NamedTuple):
    """One target; `watched` are the packages under test (with everything below them)."""

    module: str
    maker: str
    watched: tuple
    about: str


TARGETS = {
    "codec": Entry(
        "wire", "Codec", ("pos.iso8583", "pos.domain.account"), "firmware: message bytes to fields and back"
    ),
    "frame": Entry("wire", "Frame", ("pos.iso8583.frame",), "firmware: what lies around a message"),
}


def make(name):
    """The target of that name, ready to run."""
    entry = TARGETS[name]
    return getattr(importlib.import_module("fuzz.targets." + entry.module), entry.maker)()
