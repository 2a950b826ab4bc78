"""What the terminals were told, held against what the host's database says: every answer, every balance."""

from typing import NamedTuple

from sqlalchemy import text

from tools.host.ledger.check import check

SHOWN_MAX = 10
MTI = {"sale": "0200", "void": "0200", "refund": "0220", "reversal": "0400"}
SIGN = {"sale": -1, "void": 1, "refund": 1}
NOT_STORED = ("96", "A0", "77", "63")
ROWS = """
    SELECT t.id, m.number AS terminal, t.batch, t.trace, t.mti, t.kind, t.card, t.amount_minor, t.code, t.reference,
        t.reversed_by, (SELECT COUNT(*) FROM entries e WHERE e.transaction_id = t.id) AS entries
    FROM transactions t JOIN terminals m ON m.id = t.terminal_id
"""


class Verdict(NamedTuple):
    """Lists of lines, empty when all is well."""

    missing: list  # told to be done (or undone), and it is not so
    doubled: list  # done, and nobody was told; or done and told to be undone
    wrong: list  # the books' own proof, balances

    @property
    def good(self):
        return not (self.missing or self.doubled or self.wrong)

    def lines(self):
        for name, found in zip(self._fields, self, strict=True):
            yield from (f"{name}: {line}" for line in found[:SHOWN_MAX])
            if len(found) > SHOWN_MAX:
                yield f"{name}: and {len(found) - SHOWN_MAX} more"


def audit(engine, deeds, opened):
    """Verdict on these deeds; `opened` is {card: balance before the first of them}."""
    with engine.begin() as connection:
        rows = [dict(row) for row in connection.execute(text(ROWS)).mappings()]
        found = connection.execute(text("SELECT number, balance_minor FROM accounts WHERE kind = 'card'"))
        balances = {row.number: row.balance_minor for row in found}
    stored = {(row["terminal"], row["batch"], row["trace"], row["mti"]): row for row in rows}
    verdict = Verdict([], [], check(engine).problems)
    told = set()
    for deed in deeds:
        key = (deed.terminal, deed.batch, deed.trace, MTI[deed.kind])
        _hold_against(verdict, deed, stored.get(key))
        if deed.code == "00":
            told.add(key)
    for key, row in stored.items():
        if row["kind"] in SIGN and _stands(row) and key not in told:
            verdict.doubled.append(f"{_shown(row)} stands, and its terminal does not know of it")
    for card, opened_minor in opened.items():
        moved = sum(
            SIGN[d.kind] * d.amount_minor for d in deeds if d.card == card and d.code == "00" and d.kind in SIGN
        )
        if balances[card] != opened_minor + moved:
            verdict.wrong.append(f"card {card}: {balances[card]}, {opened_minor + moved} by the terminals' books")
    return verdict


def _hold_against(verdict, deed, row):
    if deed.code in NOT_STORED:
        if row is not None and _stands(row):
            verdict.doubled.append(f"{deed} was answered {deed.code} and stands")
    elif deed.code == "reversed":
        if row is not None and _stands(row):
            verdict.doubled.append(f"{deed} stands")
    elif row is None or row["code"] != deed.code or row["reference"] != deed.reference:
        verdict.missing.append(f"{deed} is {row and _shown(row)}")
    elif deed.code == "00" and deed.kind in SIGN:
        if not _stands(row) or (row["kind"], row["card"], row["amount_minor"]) != deed[3:6]:
            verdict.missing.append(f"{deed} is {_shown(row)}")
        elif row["entries"] != 1:
            (verdict.doubled if row["entries"] else verdict.missing).append(f"{deed} has {row['entries']} entries")


def _stands(row):
    return row["code"] == "00" and row["reversed_by"] is None


def _shown(row):
    return " ".join(f"{name}={value}" for name, value in row.items())
