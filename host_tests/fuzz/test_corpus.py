"""Every input that is kept, once more, and a sample of new ones: what make fuzz looks for at length, in seconds."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from fuzz import catalogue, places
from fuzz.property import limited

pytestmark = pytest.mark.slow
# By how dear one input of the target is.
SAMPLES = {"answers": 25, "signedhost": 20, "rawhost": 40, "journal": 40, "platform": 15, "panel": 30, "scanner": 30}
SAMPLES_ELSE = 80


@pytest.fixture(scope="module", params=catalogue.TARGETS)
def target(request):
    return request.param, catalogue.make(request.param)


def test_what_is_kept_breaks_nothing(target):
    name, made = target
    kept = places.corpus(name)
    assert kept, "make the seeds: python -m host_tests.fuzz --seeds"
    for file, data in kept.items():
        try:
            limited(made.run, data)
        except BaseException as error:
            error.add_note(f"again: .venv/bin/python -m host_tests.fuzz --repeat host_tests/fuzz/corpus/{name}/{file}")
            raise


def test_a_sample_of_changes_breaks_nothing(target):
    name, made = target
    kept = list(places.corpus(name).values())
    change = getattr(made, "mutate", None)
    from fuzz import mutators

    @settings(max_examples=SAMPLES.get(name, SAMPLES_ELSE), deadline=None, database=None, derandomize=True)
    @given(some.sampled_from(kept), some.integers(0, 1 << 30), some.booleans())
    def sample(data, seed, plainly):
        chance = random.Random(seed)
        changed = (mutators.plain if plainly or not change else change)(data, made.BYTES_MAX, chance)
        limited(made.run, changed[: made.BYTES_MAX])

    sample()


def test_any_bytes_break_nothing(target):
    name, made = target

    @settings(max_examples=SAMPLES.get(name, SAMPLES_ELSE) // 2, deadline=None, database=None, derandomize=True)
    @given(some.binary(max_size=min(made.BYTES_MAX, 300)))
    def sample(data):
        limited(made.run, data)

    sample()
