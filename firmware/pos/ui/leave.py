"""The two ways out of a widget other than an answer; a flow lets them pass and leaves by one door."""


class Cancelled(Exception):
    """The operator pressed CANCEL (and, where digits stood on the screen, said yes to leaving them)."""


class IdleTimeout(Exception):
    """Nobody pressed anything for `Ui.idle_ms`."""
