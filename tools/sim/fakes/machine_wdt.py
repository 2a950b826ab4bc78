"""The watchdog of the fake `machine`."""

import wire


class WDT:
    """Once started it cannot be stopped."""

    def __init__(self, id=0, timeout=5000):
        wire.backend.wdt_start(timeout)

    def feed(self):
        wire.backend.wdt_feed()
