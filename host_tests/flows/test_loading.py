"""What a scope loads it drops again, and nothing else."""

import sys

import dual
from pos import loading
from pos.ui import leave

OUTER, INNER = "pos.ui.pager", "pos.ui.tall"  # nothing else here needs them


def loaded():
    return sorted([name for name in sys.modules if name.startswith("pos.")])


def test_a_scope_drops_what_it_loaded_first():
    loading_before = loaded()
    with loading.Scope():
        from pos.ui import leave as again
        from pos.ui import pager

        assert again is leave and OUTER in sys.modules
    assert loaded() == loading_before
    assert not hasattr(sys.modules["pos.ui"], "pager")
    with loading.Scope():
        from pos.ui import pager as anew

        assert anew is not pager
    assert loaded() == loading_before


def test_scopes_nest():
    before = loaded()
    with loading.Scope():
        from pos.ui import pager

        with loading.Scope():
            from pos.ui import pager as same
            from pos.ui import tall

            assert same is pager and tall
        assert OUTER in sys.modules and INNER not in sys.modules
    assert loaded() == before


def test_a_scope_left_by_an_exception_drops_too():
    before = loaded()

    def fails():
        with loading.Scope():
            from pos.ui import pager

            assert pager
            raise leave.Cancelled()

    dual.raises(leave.Cancelled, fails)
    assert loaded() == before


def test_forget_drops_one_module():
    from pos.ui import pager

    assert pager
    loading.forget(OUTER)
    assert OUTER not in sys.modules and not hasattr(sys.modules["pos.ui"], "pager")
