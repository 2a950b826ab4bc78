"""Days of random trade with faults in pairs, played from their seeds and audited; histories.py tells of what they are.

A failure names its seed and all that happened: `HISTORY_SEED=... pytest host_tests/faults/test_histories.py` plays it
again, `HISTORY_SEED=20000-21000` plays a thousand others.
"""

import os

import pytest
from faults import histories

STAND_MIN = 20


def _seeds():
    first, _, last = os.environ.get("HISTORY_SEED", "").partition("-")
    if not first:
        return range(1, 15)
    return range(int(first), int(last or first) + 1)


@pytest.mark.slow
def test_whatever_goes_wrong_the_books_agree(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _file: None)  # power is cut in the supply, not under this process
    stand = 0
    for seed in _seeds():
        folder = tmp_path / str(seed)
        folder.mkdir()
        stand += histories.play(seed, folder)
    assert stand >= STAND_MIN or "HISTORY_SEED" in os.environ, "too little came through to prove anything"
