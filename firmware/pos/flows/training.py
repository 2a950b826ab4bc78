"""Training mode (模拟操作, R30): on after a question, off after a question; whoever practises logs in next."""

from pos.ui import confirm


async def run(terminal):
    if terminal.training:
        if await confirm.ask(terminal.ui, terminal.ui.t("ask_training_end")):
            terminal.set_training(False)
            await terminal.tell("training_ended")
    elif _unfinished(terminal.journal.state):
        await terminal.tell("training_not_now")
    elif terminal.journal.full():
        await terminal.tell("memory_full")
    elif await confirm.ask(terminal.ui, terminal.ui.t("ask_training")):
        terminal.set_training(True)
        terminal.operator = None
        await terminal.tell("training_begun")


def _unfinished(state):
    """What waits for the host would wait until the training ends."""
    return state["pending"] or state["advices"] or state["offline"] or state["untold"] or state["settling"]
