"""What others say in the log is masked, too: drivers, databases, tracebacks."""

import io
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tools.host.security.masking import MaskingFormatter, masked

CARDS = ("6200000000000013", "6200000000000047", "620000000021")
OTHERS = ("100000000000001", "2026112212345", "1795358190000", "000000000001", "12345678901", "62000000000000130000")


@pytest.mark.parametrize("card", CARDS)
def test_an_account_number_wherever_it_stands(card):
    hidden = card[:6] + "*" * (len(card) - 10) + card[-4:]
    for around in ("{}", "Key (number)=({}) already exists.", "'{}'", "/api/accounts/{}?x", "a{}b", "{0} {0}"):
        said = masked(around.format(card))
        assert card not in said and hidden in said, around


def test_other_numbers_stay():
    for number in OTHERS:
        assert masked(f"RRN {number},") == f"RRN {number},", number


@pytest.fixture
def log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter("%(message)s"))
    logger = logging.getLogger("host.test_masking")
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


def test_a_traceback_with_the_databases_own_words(log):
    logger, stream = log
    try:
        try:
            raise ValueError(f"DETAIL:  Failing row contains (1, {CARDS[0]}, active).")
        except ValueError as error:
            raise RuntimeError("database") from error
    except RuntimeError:
        logger.exception("failed on %s", {"card": CARDS[1]})
    said = stream.getvalue()
    assert "Failing row contains (1, 620000******0013" in said and "620000******0047" in said
    assert CARDS[0] not in said and CARDS[1] not in said


def test_a_statement_that_fails_does_not_repeat_its_values(host):
    with pytest.raises(DBAPIError) as caught, host.database.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO accounts (number, kind, created_ms) VALUES (:number, 'card', 1)"), {"number": CARDS[0]}
        )
    assert CARDS[0] not in str(caught.value) and "hidden" in str(caught.value)


def test_a_message_that_breaks_a_handler_is_logged_masked(host, terminal, log, monkeypatch):
    _, stream = log
    switch = logging.getLogger("host.switch")
    switch.addHandler(logging.getLogger("host.test_masking").handlers[0])
    monkeypatch.setattr("tools.host.switch.purchase.rules.first", _breaks)
    try:
        assert terminal.sale(CARDS[0], 100)[39] == "96"
    finally:
        switch.removeHandler(logging.getLogger("host.test_masking").handlers[0])
    assert "failed on" in stream.getvalue() and "Traceback" in stream.getvalue()
    assert CARDS[0] not in stream.getvalue()


def _breaks(case, _table):
    raise ZeroDivisionError(f"it broke on {case.fields}")
