"""Small stored values: whole or the one before, through power cuts and damage."""

import errno

import dual
import power_cut
from pos.journal import files, store


def test_what_is_saved_is_loaded():
    path = dual.tmpdir() + "/settings.json"
    assert store.load(path, {"a": 1}) == ({"a": 1}, "missing")
    for value in ({"language": "zh"}, {"copies": 2, "name": "银联"}, [], None, 7):
        store.save(path, value)
        assert store.load(path, "default") == (value, None)


def test_power_cut_at_every_step_of_a_save():
    for existing in (0, 1, 3):
        cut_at = 0
        while True:
            cut_at += 1
            path = power_cut.folder() + "/x.json"
            for number in range(existing):
                store.save(path, {"number": number})
            if not power_cut.Supply(cut_at).cuts(store.save, path, {"number": existing}):
                break
            value, problem = store.load(path, {"number": -1})
            assert value["number"] in (existing - 1, existing), cut_at
            assert problem in (None, "missing"), cut_at
            seen = value["number"]
            cut_again(path, seen)
        assert cut_at >= 7


def cut_again(path, seen):
    """A second save is cut short in its turn: the value that was seen must not be lost by it."""
    assert power_cut.Supply(3).cuts(store.save, path, {"number": 99})
    assert store.load(path, {"number": -1})[0]["number"] in (seen, 99)
    store.save(path, {"number": 100})
    assert store.load(path, None) == ({"number": 100}, None)


def test_every_damaged_byte_is_seen():
    path = power_cut.folder() + "/x.json"
    store.save(path, {"number": 12})
    whole = files.read(path)
    for at in range(len(whole)):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole + b"x"):
            files.replace(path, damaged)
            assert store.load(path, "default") == ("default", "damaged"), damaged


def test_damage_falls_back_to_the_value_before_and_keeps_the_evidence():
    path = power_cut.folder() + "/x.json"
    store.save(path, 1)
    store.save(path, 2)
    files.replace(path, b"{not ours}")
    assert store.load(path, 0) == (1, "old")
    store.save(path, 3)
    assert store.load(path, 0) == (3, None)
    assert files.read(path + ".bad") == b"{not ours}"


def test_storage_that_fails_leaves_the_old_value():
    path = power_cut.folder() + "/x.json"
    store.save(path, 1)

    def broken(*_arguments):
        raise OSError(28)

    for name in ("_put", "rename"):
        real = getattr(files, name)
        setattr(files, name, broken)
        try:
            dual.raises(store.StoreError, store.save, path, 2)
        finally:
            setattr(files, name, real)
        assert store.load(path, 0) == (1, None)


def test_a_flash_that_cannot_read_the_file_is_damage():
    path = power_cut.folder() + "/x.json"
    store.save(path, 1)
    store.save(path, 2)
    real = files.read

    def broken(name):
        if name == path:
            raise OSError(errno.EIO, name)
        return real(name)

    files.read = broken
    try:
        assert store.load(path, 0) == (1, "old"), "not silently"
    finally:
        files.read = real


def test_a_damaged_new_value_after_a_cut_is_told():
    path = power_cut.folder() + "/x.json"
    store.save(path, 1)
    whole = files.read(path)
    files.rename(path, path + ".old")
    files.replace(path + ".new", whole[:-1] + b"?")
    assert store.load(path, 0) == (1, "old")
    assert store.has_copy(path)
