"""Guessing at the platform: however many try at once, no more passwords are looked at than may be."""

import threading

from host.conftest import log_in
from host.inprocess import PASSWORD

from tools.host.console.auth import FAILURES_MAX, Gate, TooManyGuesses
from tools.host.security import passwords

AT_ONCE = 40  # as many threads as the server has for them


def at_once(work, times=AT_ONCE):
    """[what each of so many simultaneous calls gave]"""
    together, found = threading.Barrier(times), []

    def one():
        together.wait(10)
        try:
            found.append(work())
        except TooManyGuesses:
            found.append("wait")

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def slow(monkeypatch):
    """Every look at a password takes as long as another thread needs to get there; what was looked at."""
    looked, verify = [], passwords.verify

    def looks(password, record):
        looked.append(password)
        threading.Event().wait(0.002)
        return verify(password, record)

    monkeypatch.setattr("tools.host.console.auth.passwords.verify", looks)
    return looked


def test_forty_wrong_passwords_at_once_are_five_tries(host, monkeypatch):
    gate, looked = Gate(host.database.engine), slow(monkeypatch)
    found = at_once(lambda: gate.log_in("owner", "wrong"))
    assert len(looked) == FAILURES_MAX
    assert sorted(map(str, found)) == ["None"] * FAILURES_MAX + ["wait"] * (AT_ONCE - FAILURES_MAX)


def test_forty_right_ones_at_once_all_get_in(host, monkeypatch):
    gate, looked = Gate(host.database.engine), slow(monkeypatch)
    found = at_once(lambda: gate.log_in("owner", PASSWORD)["name"])
    assert found == ["owner"] * AT_ONCE
    assert len(looked) == AT_ONCE


def test_names_do_not_wait_for_each_other(host, monkeypatch):
    gate = Gate(host.database.engine)
    for _ in range(FAILURES_MAX):
        assert gate.log_in("owner", "wrong") is None
    names = ["reviewer", "service", "nobody"]
    assert [bool(gate.log_in(name, PASSWORD)) for name in names] == [True, True, False]


def test_the_form_and_the_api_count_together(web):
    for number in range(FAILURES_MAX):
        if number % 2:
            assert web.get("/api/transactions", auth=("owner", "wrong")).status_code == 401
        else:
            assert "wrong" not in log_in(web, password="wrong-" + str(number)).headers.get("location", "")
    assert web.get("/api/transactions", auth=("owner", PASSWORD)).status_code == 429
