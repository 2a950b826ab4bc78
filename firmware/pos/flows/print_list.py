"""Printing lists (交易明细, 交易汇总, R62): of this batch, of what a filter matches, of the totals, of deletions."""

from pos import loading

_LISTS = ("batch", "some", "totals")


async def run(terminal, chosen="", following=None):
    """chosen: "batch", "some", "totals" or "deletions"; asked for when it is not given. Returns `following`, the next
    flow."""
    wanted = {}
    with loading.Scope():  # what asks is gone before it is printed
        chosen = chosen or await _chosen(terminal.ui)
        if chosen == "some":
            await _narrow(terminal, wanted)
    with loading.Scope():  # and what prints before it is written down
        printed = await _print(terminal, chosen, wanted)
        terminal.parts.let_go()
    if printed:
        terminal.audit("printed_list", list=chosen)
    return following


async def _chosen(ui):
    from pos.ui import menu

    return _LISTS[await menu.choose(ui, ui.t("title_print"), [ui.t("menu_print_" + name) for name in _LISTS])]


async def _narrow(terminal, wanted):
    from pos.flows import filters

    await filters.narrowed(terminal, wanted)


async def _print(terminal, chosen, wanted):
    """Whether it is on paper."""
    from pos.flows import slips
    from pos.receipts import listing

    title, rows = _rows(terminal.journal, listing, chosen, wanted)
    terminal.ui.draw(terminal.ui.t("printing"))
    about = (terminal.identity, terminal.parameters, terminal.slip_texts(), terminal.operator)
    report = listing.Report(*about, title, rows, terminal.clock.now(), terminal.training)
    return await slips.print_rows(terminal, report, chosen)


def _rows(journal, listing, chosen, wanted):
    """(key of the title, the rows)"""
    if chosen == "totals":
        return "slip_totals", listing.batch_totals(journal.state)
    if chosen == "deletions":
        from pos.journal import evidence

        return "slip_deletions", listing.deletions(lambda: evidence.deletions(journal))
    from pos.journal import history

    if chosen == "batch":
        return "slip_list", listing.transactions(lambda: history.oldest_first(journal, journal.state["batch"]))
    return "slip_list", listing.transactions(lambda: _matching(journal, history, wanted))


def _matching(journal, history, wanted):
    from pos.domain.filters import matches

    for tx in history.newest_first(journal):
        if matches(wanted, tx):
            yield tx
