"""All that a whole day leaves behind is searched: the flash block by block, logs, panel, pages, paper, database."""

import re
import shutil
import sqlite3

import pytest

from host_tests.secrets import day, seek
from host_tests.secrets.lived import Lived
from tools.sim.flash import FlashImage

pytestmark = pytest.mark.slow

# What provisioning has put onto the flash in clear: the master key, in these files and nowhere else.
PROVISIONED = ("/data/terminal.json", "/data/terminal.json.old")
# Columns of the host with account numbers: the accounts, who a transaction was with, the first answer with its field 2,
# which is given again as it was, and what a terminal uploaded.
ACCOUNT_COLUMNS = {
    ("accounts", "number"),
    ("transactions", "card"),
    ("settlement_items", "card"),
    ("transactions", "answer"),
}


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    return Lived(day, tmp_path_factory.mktemp("lived"))


def everything_secret(lived, *, master=True):
    """Keys that nobody may find: working keys, the storage key, the console's, those of webhook and wallet."""
    keys = {*lived.secrets.working, lived.secrets.storage_key, lived.files["keys/session.key"]}
    return keys | ({lived.secrets.master} if master else set())


def others_in(data, secrets, but=()):
    return [(name, text) for name, text in secrets.others.items() if name not in but and text.encode() in data]


# The flash


def flash(lived):
    return lived.image.read_bytes()


def test_the_day_was_a_whole_one(lived):
    assert len(lived.secrets.working) >= 3 and len(lived.slips) > 10
    assert b'"deleted"' in flash(lived) and b'"settled"' in flash(lived)


def test_no_pin_is_on_the_flash(lived):
    assert seek.pins_in(flash(lived), lived.secrets.pins) == []


def test_no_working_key_is_on_the_flash_and_the_master_key_only_where_provisioning_put_it(lived):
    assert seek.keys_in(flash(lived), everything_secret(lived, master=False)) == []
    places = seek.keys_in(flash(lived), {lived.secrets.master})
    assert places, "it is provisioned"
    for form, _at, around in places:
        assert form == "hexadecimal" and b'"master_key": "' in around, around
    files = FlashImage(lived.image)
    contents = files.read_all(sorted(files.files()))
    holders = {path for path, data in contents.items() if seek.keys_in(data, {lived.secrets.master})}
    assert holders == set(PROVISIONED)


def test_no_account_number_is_on_the_flash(lived):
    """In no block: not in the journal, nor where something was deleted or written anew."""
    data = flash(lived)
    assert seek.accounts_in(data, day.CARDS) == []
    assert data.count(b'"sealed": "') > 5, "payments are in it"


def test_what_was_deleted_is_searched_too(lived, tmp_path):
    """A file with secrets is written and removed again: the search still finds them."""
    image = FlashImage(shutil.copy(lived.image, tmp_path / "flash.img"))
    master, working = lived.secrets.master, sorted(lived.secrets.working)[0]
    planted = b" %s %s %s " % (day.CARDS[0].encode(), day.CHANGED.encode(), working)
    image.write({"/data/left.txt": planted * 40})
    image.remove(["/data/left.txt"])
    assert "/data/left.txt" not in image.files()
    data = image.path.read_bytes()
    assert seek.accounts_in(data, day.CARDS) and seek.pins_in(data, {day.CHANGED})
    assert seek.keys_in(data, {working}) and seek.keys_in(data, {master})


# What people and programs read


def readable(lived):
    """{where: bytes} of logs, the front panel's answers, the platform's pages, the paper."""
    found = {"log": lived.said.encode(), "paper": "\n".join(lived.slips).encode()}
    found |= {f"panel {path}": "\n".join(texts).encode() for path, texts in lived.panel.items()}
    return found | {f"page {path}": text.encode() for path, text in lived.pages.items()}


def test_logs_panel_pages_and_paper_hold_no_secret(lived):
    told_once = "the webhook's key", "a wallet's link"  # printed by the commands that make them, to who ran them
    for where, data in readable(lived).items():
        assert seek.keys_in(data, everything_secret(lived)) == [], where
        assert seek.pins_in(data, lived.secrets.pins) == [], where
        but = ("a wallet's link",) if "/wallet/" in where else ()  # a page is served under its own address
        assert others_in(data, lived.secrets, but) == [], where
    assert set(told_once) < set(lived.secrets.others)


def test_the_log_was_at_its_loudest_and_masks_accounts(lived):
    assert " DEBUG " in lived.said and " INFO " in lived.said
    assert re.search(r"620000\*{6}0013", lived.said), "requests are in it"
    assert seek.accounts_in(lived.said.encode(), day.CARDS) == []


def test_panel_pages_and_paper_mask_accounts(lived):
    for where, data in readable(lived).items():
        assert seek.accounts_in(data, day.CARDS) == [], where
    shown = "\n".join(lived.slips)
    assert "620000******0013" in shown, "both copies, the merchant's too, show first six and last four"


def test_pages_were_really_looked_at(lived):
    text = "\n".join(lived.pages.values())
    assert len(lived.pages) > 25
    for word in ("620000******0013", "/settlements/1", "/transactions/5", "/wallet/"):
        assert word in text, word


def test_every_slip_and_page_is_there_to_be_searched(lived):
    assert {"/api/screen", "/api/paper"} <= set(lived.panel)


# The host's folder


KEY_FILES = {"keys/storage.key", "keys/session.key", "terminals/10000001.json"}


def test_the_state_folder_holds_each_secret_in_its_place_only(lived):
    master, working = {lived.secrets.master}, lived.secrets.working
    for path, data in lived.files.items():
        if path.startswith("terminal/"):
            continue  # the terminal's own flash: above
        if path != "terminals/10000001.json":
            assert seek.keys_in(data, master) == [], path
        assert seek.keys_in(data, working) == [], path
        if path not in KEY_FILES:
            assert seek.keys_in(data, everything_secret(lived)) == [], path
        assert seek.pins_in(data, {pin for pin in lived.secrets.pins if len(pin) > 4}) == [], path
        assert others_in(data, lived.secrets) == [], path


def test_nobody_else_may_read_the_secrets_of_the_state_folder(lived):
    for path in [*lived.state.glob("host.db*"), *(lived.state / "keys").iterdir(), *lived.state.glob("pki/*.key")]:
        assert path.stat().st_mode & 0o077 == 0, path
    for name in ("keys", "pki", "terminals", "terminals/10000001.json"):
        assert (lived.state / name).stat().st_mode & 0o077 == 0, name


def test_the_database_while_it_works_its_log_and_a_backup_hold_no_key(lived):
    files = lived.while_running | {"backup.db": lived.files["backup.db"]}
    assert {"host.db", "host.db-wal"} <= set(lived.while_running)
    for name, data in files.items():
        assert seek.keys_in(data, everything_secret(lived)) == [], name
        assert others_in(data, lived.secrets) == [], name
        assert b"only-for-this-test" not in data, "a user's password"


def test_account_numbers_are_in_the_columns_that_need_them_and_in_no_other(lived):
    found = set()
    with sqlite3.connect(lived.state / "backup.db") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            cursor = database.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor:
                for column, value in zip(columns, row, strict=True):
                    if seek.accounts_in(str(value).encode(), day.CARDS):
                        found.add((table, column))
    database.close()
    assert found <= ACCOUNT_COLUMNS, found - ACCOUNT_COLUMNS
