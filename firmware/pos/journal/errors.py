"""The errors of the journal and the store: always loaded, because whoever catches them is."""


class JournalError(Exception):
    """A durable step failed: the flash is full or broken. What was to be recorded has not happened."""


class StoreError(Exception):
    """The value could not be made durable; what was stored before still is."""
