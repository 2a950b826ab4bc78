"""Deleting records (删除交易记录, R36 to R46): who allows it and which; delete_work.py goes on. Or the evidence of what
was deleted."""

from pos.ui import menu


async def run(terminal):
    """Returns the next flow."""
    ui = terminal.ui
    title = ui.t("title_delete")
    if await menu.choose(ui, title, [ui.t("menu_delete_new"), ui.t("menu_deletions")]):
        return ("deletions",)
    approver = await terminal.enter("approval", "need", "delete")
    from pos.flows import filters

    wanted = {}
    await filters.narrowed(terminal, wanted)
    return ("delete_work", wanted, approver)
