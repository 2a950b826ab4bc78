"""A day at a counter in which every secret is used: PINs right and wrong, an own PIN changed, cards keyed and read, a
customer's code, voids, refunds, settlement, sign-ons with new keys, deletion and recovery, a lock."""

from pathlib import Path

from proof.counter import PINS, PLENTY, POOR, RICH
from proof.scenarios_code import begin_scan
from proof.scenarios_records import begin_deletion, change_operator
from proof.scenarios_refund import begin_refund
from proof.scenarios_void import void_last

CARDS = (RICH, PLENTY, POOR)
# Eight digits are not found anywhere by chance; those of the demonstration are changed first.
CHANGED, WRONG = "74196350", "86420975"


class Secrets:
    """What was used: PINs as keyed, master and working keys as bytes, and other texts that nobody may read."""

    def __init__(self, storage_key):
        self.storage_key = storage_key
        self.pins = {CHANGED, WRONG, *PINS.values()}
        self.master = b""
        self.working = set()
        self.others = {}

    def note_keys(self, counter):
        """Working keys are replaced at each sign-on: those that the host has now."""
        from psec import tr31

        storage = self.storage_key
        for row in counter.sql("SELECT master_key, mac_key, mac_key_offered FROM terminals"):
            self.master = tr31.unwrap(storage, row["master_key"])[1]
            for name in ("mac_key", "mac_key_offered"):
                if row[name]:
                    self.working.add(tr31.unwrap(storage, row[name])[1])


async def whole(counter, secrets):
    """From the log-in screen to power off."""
    before = PINS["01"]
    try:
        await _whole(counter, secrets)
    finally:
        PINS["01"] = before


async def _whole(counter, secrets):
    await counter.sign_on()
    secrets.note_keys(counter)
    await change_pin(counter, PINS["01"], CHANGED)
    PINS["01"] = CHANGED
    await counter.menu("menu_log_out")
    for _ in range(2):
        await counter.log_in("01", WRONG)
        await counter.see_first("login_wrong_pin")
        await counter.keys("CLEAR")
    await counter.log_in("01", CHANGED)
    await counter.see_idle()
    secrets.note_keys(counter)
    await counter.sell("1234")
    await counter.sell("4321", number=PLENTY, keyed=True)
    await void_last(counter)
    await declined(counter)
    await by_code(counter, secrets)
    await counter.settle()
    secrets.note_keys(counter)
    await counter.restart()
    await counter.log_in("01", CHANGED)
    await counter.see_idle()
    secrets.note_keys(counter)
    await refund(counter)
    await counter.sell("500", number=RICH, keyed=True)
    await counter.settle()
    await change_operator(counter, "99")
    await begin_deletion(counter)
    await counter.choose(counter.t("menu_del_04"))
    await counter.wait_for(counter.t("hint_yes_no"))
    await counter.keys("ENTER")
    await counter.wait_for("DELETED")
    await counter.keys("ENTER")
    await counter.leave_to(counter.t("idle_no_sale").split("\n")[0])
    await counter.restart()
    for _ in range(3):
        await counter.log_in("02", WRONG)
        await counter.settle_screen()
        await counter.keys("CLEAR")
    await counter.log_in("01", CHANGED)
    await counter.see_idle()
    await counter.sell("700", number=RICH)
    secrets.note_keys(counter)
    await counter.cut()


async def change_pin(counter, old, new):
    """The operator's own, from idle to idle."""
    await counter.menu("menu_pin")
    await counter.see("prompt_pin")
    await counter.keys(f"{' '.join(old)} ENTER")
    for prompt in ("prompt_new_pin", "prompt_repeat_pin"):
        await counter.see(prompt)
        await counter.keys(f"{' '.join(new)} ENTER")
    await counter.see_first("pin_changed")
    await counter.keys("ENTER")
    await counter.see_idle()


async def refund(counter):
    await begin_refund(counter, "200")
    await counter.allow("07")
    await counter.take_slips()


async def declined(counter):
    """A card without that much money."""
    await counter.keys("9 00 00 ENTER")
    await counter.see("prompt_card")
    await counter.card(POOR)
    await counter.yes()
    await counter.wait_for("51")
    await counter.keys("ENTER")
    await counter.see_idle()


async def by_code(counter, secrets):
    await begin_scan(counter, "300")
    code = counter.wallet_code(RICH)
    secrets.others["a customer's code"] = code
    await counter.scan(code)
    await counter.yes()
    await counter.take_slips()


def image_of(state):
    """The flash as it lies there, deleted and overwritten blocks too."""
    return next(Path(state).rglob("flash*.img"))
