"""Printing lists (交易明细, 交易汇总, R62): of this batch, of what a filter matches, of the totals, of deletions."""

from pos import loading
from pos.domain.filters import matches
from pos.journal import history
from pos.receipts import listing
from pos.ui import menu

_LISTS = ("batch", "some", "totals")


async def run(terminal, chosen="", following=None):
    """chosen: "batch", "some", "totals" or "deletions"; asked for when it is not given. Returns `following`, the next
    flow."""
    ui, journal = terminal.ui, terminal.journal
    if not chosen:
        title = ui.t("title_print")
        chosen = _LISTS[await menu.choose(ui, title, [ui.t("menu_print_" + name) for name in _LISTS])]
    title = "slip_list"
    if chosen == "batch":
        rows = listing.transactions(lambda: history.oldest_first(journal, journal.state["batch"]))
    elif chosen == "some":
        wanted = {}
        await _narrow(terminal, wanted)
        rows = listing.transactions(lambda: _matching(journal, wanted))
    elif chosen == "totals":
        title, rows = "slip_totals", listing.batch_totals(journal.state)
    else:
        from pos.journal import evidence

        title, rows = "slip_deletions", listing.deletions(lambda: evidence.deletions(journal))
    ui.draw(ui.t("printing"))
    about = (terminal.identity, terminal.parameters, terminal.slip_texts(), terminal.operator)
    report = listing.Report(*about, title, rows, terminal.clock.now(), terminal.training)
    from pos.flows import slips

    if await slips.print_rows(terminal, report, chosen):
        terminal.audit("printed_list", list=chosen)
    return following


async def _narrow(terminal, wanted):
    with loading.Scope():  # what asks is gone before it is printed
        from pos.flows import filters

        await filters.narrowed(terminal, wanted)


def _matching(journal, wanted):
    for tx in history.newest_first(journal):
        if matches(wanted, tx):
            yield tx
