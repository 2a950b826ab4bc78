"""What every widget needs, in one object: the screen, the inputs, the clock, the texts, the idle time."""

from pos import texts
from pos.ui.leave import IdleTimeout

IDLE_MS = 60000  # protocol.md's idle time, until the host's parameters say otherwise


class Ui:
    """`language` is the one chosen; `texts` are those the screen can show (English on a display without Chinese)."""

    def __init__(self, screen, inputs, clock, language="en", idle_ms=IDLE_MS):
        self.screen = screen
        self.inputs = inputs
        self.clock = clock
        self.idle_ms = idle_ms
        self._loaded = ""
        self.set_language(language)

    def set_language(self, language):
        """Switch the screen's texts. Returns False when this display cannot draw that language."""
        self.language = language if language in texts.LANGUAGES else "en"
        shown = self.screen.wide or texts.LANGUAGES[self.language] == "ascii"
        wanted = self.language if shown else "en"
        if self._loaded != wanted:  # parameters and settings that come set it again and again
            self.texts = texts.load(wanted)
            self._loaded = wanted
        return shown

    def t(self, key, **values):
        return self.texts.t(key, **values)

    def draw(self, text, hint=""):
        """A whole screen: the rows of `text` centred, from the top; `hint` at the bottom."""
        screen = self.screen
        screen.clear()
        screen.put_lines(0, text, "center")
        if hint:
            screen.put(screen.rows - 1, hint, "center")
        screen.flush()

    async def next(self, timeout_ms=None):
        """The next (kind, value). Raises IdleTimeout after `timeout_ms`, or `idle_ms` when that is None."""
        got = await self.inputs.get(self.idle_ms if timeout_ms is None else timeout_ms)
        if got is None:
            raise IdleTimeout()
        return got
