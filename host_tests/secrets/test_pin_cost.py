"""What a PIN costs: enough that trying all is work, little enough that nobody waits at the counter.

Counted on the 32-bit interpreter, where a hash is software as well: 58.8 million instructions for 1 000 rounds, about
half a second at the ESP32's 240 MHz (one instruction in two cycles). Nobody notices that after the last key of a PIN.
"""

import pytest

from tools.bench import sandbox, wasm

pytestmark = pytest.mark.slow

ROUNDS = 1000
CODE = """
from pos.security import pin
salt = bytes(16)
def operation():
    pin.hash_pin("74196350", salt, {rounds})
"""


def test_a_pin_costs_less_than_a_second_and_as_much_as_it_should():
    with sandbox.firmware() as folder:
        one, all_of_them = (wasm.count(CODE.format(rounds=rounds), folder).fuel for rounds in (1, ROUNDS))
    assert 30_000_000 < all_of_them < 80_000_000, all_of_them
    assert all_of_them > 100 * one, "it is the rounds that cost"


def test_that_many_rounds_are_what_is_stored():
    from pos.security import pin

    assert pin.ROUNDS == ROUNDS
    assert pin.make("74196350").startswith(f"{ROUNDS}$")


COMPARE = """
from pos.security.compare import equal
left = bytes(range(32))
right = bytearray(left)
{change}
right = bytes(right)
def operation():
    equal(left, right)
"""
VERIFY = """
from pos.security import pin
record = "20$" + "00" * 16 + "$" + pin.hash_pin("74196350", bytes(16), 20).hex()
def operation():
    pin.verify("{tried}", record)
"""


def test_a_comparison_costs_the_same_wherever_the_difference_is():
    changes = ["right[0] ^= 1", "right[0] ^= 255", "right[15] ^= 1", "right[31] ^= 1", "right = bytearray(32)"]
    with sandbox.firmware() as folder:
        costs = {change: wasm.count(COMPARE.format(change=change), folder).fuel for change in changes}
    assert min(costs.values()) > 3000, "every byte is looked at, by code of ours"
    assert max(costs.values()) - min(costs.values()) < 100, costs


def test_a_wrong_pin_costs_what_the_right_one_does():
    with sandbox.firmware() as folder:
        costs = [wasm.count(VERIFY.format(tried=tried), folder).fuel for tried in ("74196350", "84196350", "74196351")]
    assert max(costs) - min(costs) < 0.01 * min(costs), costs
