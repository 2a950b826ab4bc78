"""Details (交易明细, R10, R62): the list of transactions, the newest first; ENTER shows one of them whole."""

from pos.domain import filters
from pos.flows import rows
from pos.journal.history import Walk
from pos.ui.listing import Listing


async def run(terminal, wanted=None, at=0):
    """Returns the printing of one of them as the next flow, which leads back. wanted: a filter of domain/filters.py;
    None for all. at: how many come before the one that is marked. CANCEL leaves."""
    ui = terminal.ui
    if wanted:
        ui.draw(ui.t("searching"))  # what does not match is passed over, which can take a while
    listing = Listing(ui, ui.t("title_records"), Walk(terminal.journal, None, _accept(wanted)), rows.of(ui), at)
    while True:
        tx = await listing.choose()
        if tx is None:
            await terminal.tell("records_none")
            return None
        here = ("records", wanted, listing.place())
        following = await terminal.enter("details", tx["trace"], tx["batch"], here)
        if following is not here:
            return following


def _accept(wanted):
    return (lambda tx: filters.matches(wanted, tx)) if wanted else None
