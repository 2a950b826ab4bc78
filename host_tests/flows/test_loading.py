"""What a scope loads it drops again, and nothing else."""

import sys

import dual
from pos import loading, ui
from pos.ui import leave

OUTER, INNER = "pager", "tall"  # modules of pos.ui; other tests may have loaded them, and get theirs back


def alone(test):
    """Runs the test with neither module loaded."""

    def run():
        kept = {name: sys.modules.get("pos.ui." + name) for name in (OUTER, INNER)}
        for name in kept:
            if kept[name]:
                loading.forget("pos.ui." + name)
        try:
            test()
            assert not [name for name in kept if "pos.ui." + name in sys.modules or hasattr(ui, name)]
        finally:
            for name in kept:
                if kept[name]:
                    sys.modules["pos.ui." + name] = kept[name]
                    setattr(ui, name, kept[name])

    run()


def test_a_scope_drops_what_it_loaded_first():
    def test():
        with loading.Scope():
            from pos.ui import leave as again
            from pos.ui import pager

            assert again is leave and "pos.ui.pager" in sys.modules
        with loading.Scope():
            from pos.ui import pager as anew

            assert anew is not pager

    alone(test)


def test_scopes_nest():
    def test():
        with loading.Scope():
            from pos.ui import pager

            with loading.Scope():
                from pos.ui import pager as same
                from pos.ui import tall

                assert same is pager and tall
            assert "pos.ui.pager" in sys.modules and "pos.ui.tall" not in sys.modules

    alone(test)


def test_a_scope_left_by_an_exception_drops_too():
    def fails():
        with loading.Scope():
            from pos.ui import pager

            assert pager
            raise leave.Cancelled()

    def test():
        dual.raises(leave.Cancelled, fails)

    alone(test)


def test_forget_drops_one_module():
    def test():
        from pos.ui import pager

        assert pager
        loading.forget("pos.ui.pager")

    alone(test)
