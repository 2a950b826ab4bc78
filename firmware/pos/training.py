"""Training mode on and off (模拟操作, R30): another journal and another exchange in the place of the real ones.

The real ones are not touched meanwhile. The other journal is in a folder of its own that is deleted on leaving, or at
the next start: a power cut ends the training.
"""

import os

from pos.journal import files
from pos.journal.errors import JournalError
from pos.journal.journal import Journal


def begin(terminal):
    """Raises JournalError: all is as it was."""
    from pos.link.training import TrainingExchange  # not with clean(), which runs at each start

    if terminal.journal.full():
        raise JournalError("what room there is, is for what is real")
    try:
        clean(terminal.folder)
    except OSError:
        raise JournalError("the folder of the training cannot be made empty")
    journal = Journal(_folder(terminal.folder), key=terminal.journal.key)
    journal.recover()
    exchange = TrainingExchange(journal, terminal.exchange)
    terminal.audit("training_begun")
    terminal.real = terminal.journal, terminal.exchange
    terminal.journal, terminal.exchange = journal, exchange
    terminal.training = True
    terminal.ui.screen.set_mark(terminal.ui.t("training_mark"))


def end(terminal):
    """Back to what is real."""
    terminal.journal, terminal.exchange = terminal.real
    terminal.real = None
    terminal.training = False
    terminal.ui.screen.set_mark("")
    try:
        clean(terminal.folder)
    except OSError:
        pass  # the next start tries again
    terminal.audit("training_ended")


def clean(folder):
    """Deletes what a training left behind. Raises OSError."""
    path = _folder(folder)
    if files.exists(path):
        for name in files.names(path):
            files.remove(path + "/" + name)
        os.rmdir(path)


def _folder(folder):
    return folder + "/training"
