"""How a database transaction can fail, by what is known of it afterwards."""


class DatabaseError(Exception):
    """The database refused or failed; nothing of the transaction is kept."""


class TransactionLost(DatabaseError):
    """The whole transaction is gone, not just the step that failed (disk full, I/O error)."""


class NoRoom(TransactionLost):
    """The disk is full, and nothing is kept. It goes on by itself when there is room again."""


class Again(TransactionLost):
    """Somebody else was in the way, or the connection broke before the commit: the same may be done once more.

    `pause_s` is how long to wait before, at the first time; it doubles.
    """

    pause_s = 0.01


class ConnectionLost(Again):
    """The server is not there (any more). Nothing was committed."""

    pause_s = 0.1


class OutcomeUnknown(DatabaseError):
    """It broke while it committed: all of it is kept, or nothing. Whoever asked must be told neither."""


class AddressError(ValueError):
    """The text cannot be a database's address. It is not repeated here: there may be a password in it."""
