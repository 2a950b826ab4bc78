"""The widgets' screens against their golden files; `make record-golden` records them anew."""

from pos.texts import gb2312
from ui import samples

FOLDER = __file__.rsplit("/", 2)[0] + "/golden/"


def test_screens_are_as_recorded():
    for name in samples.GOLDEN:
        with open(FOLDER + name, "rb") as file:
            recorded = [gb2312.encode(line) for line in file.read().decode().split("\n")]
        assert samples.written(name) == recorded[:-1], name
