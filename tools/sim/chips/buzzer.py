"""A passive buzzer: it sounds as it is driven, and half of the time at one is the loudest."""

FULL = 32768


class Buzzer:
    """`count`: how many tones have begun; `hz` and `loudness_pct` of the last one; `sounding` now."""

    def __init__(self):
        self.count = self.hz = self.loudness_pct = 0
        self.power_off()

    def power_off(self):
        self.sounding = False
        self._hz = 0

    def drive(self, hz, duty):
        """Frequency, and how much of 65535 the pin is at one."""
        sounds = 0 < duty < 65535
        if sounds and not (self.sounding and hz == self._hz):
            self.count += 1
            self.hz = hz
        if sounds:
            self.loudness_pct = min(duty, 65536 - duty) * 100 // FULL
        self.sounding, self._hz = sounds, hz

    def state(self):
        """What `/api/state` tells about it."""
        return {"count": self.count, "hz": self.hz, "loudness_pct": self.loudness_pct}
