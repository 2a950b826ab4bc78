"""A sample of `make kill`: a few kills of each kind; and that the auditor sees what he is there to see."""

import os

import pytest
from host.inprocess import Host
from host.terminal import Terminal

from host_tests.kill.books import audit
from host_tests.kill.disk import NoDisk
from host_tests.kill.run import KINDS, run
from host_tests.kill.till import Deed

KILLS = 3
CARD = "6200000000000013"
OPENED = {CARD: 100_000}


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_lost_and_nothing_is_done_twice(name, tmp_path):
    try:
        result = run(KINDS[name], KILLS, tmp_path, seed=4)
    except NoDisk as why:  # what a full disk does where none can be mounted: test_no_room.py
        assert KINDS[name].dies == "disk" and os.geteuid() != 0, why
        return
    assert result.good, list(result.verdict.lines())
    assert result.answered > 20
    assert result.line().startswith(f"kill: {KINDS[name].title}: 3 {KINDS[name].times}")


@pytest.fixture
def traded(tmp_path):
    """(host, deeds) of two sales, a void of the second one, and a sale that was reversed."""
    host = Host(tmp_path)
    terminal = Terminal.at(host)
    first, second = terminal.sale(CARD, 100), terminal.sale(CARD, 200)
    void = terminal.correct("void", second)
    fields = terminal.sale_fields(CARD, 400)
    terminal.exchange("0200", fields)
    reversal = terminal.reverse(fields)
    deeds = [deed(first, "sale"), deed(second, "sale"), deed(void, "void")]
    deeds += [deed(reversal, "sale", "reversed"), deed(reversal, "reversal")]
    yield host, deeds
    host.close()


def deed(answer, kind, code="00"):
    numbers = (answer[41], int(answer[60][2:8]), int(answer[11]))
    return Deed(*numbers, kind, answer[2], int(answer[4]), code, answer.get(37))


def counts(verdict):
    return tuple(len(found) for found in verdict)


def test_the_auditor_is_content_with_right_books(traded):
    host, deeds = traded
    assert audit(host.database.engine, deeds, OPENED).good


def test_the_auditor_sees_what_is_missing(traded):
    host, deeds = traded
    told = deeds[0]._replace(trace=77)
    assert counts(audit(host.database.engine, [*deeds, told], OPENED)) == (1, 0, 1)
    assert counts(audit(host.database.engine, [deeds[0]._replace(reference="x"), *deeds[1:]], OPENED)) == (1, 0, 0)
    declined = deeds[0]._replace(code="51")
    assert counts(audit(host.database.engine, [declined, *deeds[1:]], OPENED)) == (1, 1, 1)


def test_the_auditor_sees_what_nobody_was_told(traded):
    host, deeds = traded
    assert counts(audit(host.database.engine, deeds[1:], OPENED)) == (0, 1, 1)


@pytest.mark.parametrize("code", ["96", "reversed"])
def test_the_auditor_sees_what_should_not_stand(traded, code):
    host, deeds = traded
    assert counts(audit(host.database.engine, [deeds[0]._replace(code=code), *deeds[1:]], OPENED)) == (0, 2, 1)


def test_the_auditor_sees_a_second_entry(traded):
    host, deeds = traded
    moved = "INSERT INTO entries (kind, transaction_id, posted_ms) SELECT 'sale', MIN(id), 0 FROM transactions"
    host.execute(moved)
    missing, doubled, wrong = counts(audit(host.database.engine, deeds, OPENED))
    assert (missing, doubled) == (0, 1) and wrong
