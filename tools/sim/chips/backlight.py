"""The lamp behind a display, switched so fast that the eye sees it dimmed."""

FLICKER_HZ = 100  # below it the eye sees it blink, and so counts it as a fault


class Backlight:
    """`percent` of its full brightness; `flickers` when it is switched too slowly."""

    def __init__(self):
        self.power_off()

    def power_off(self):
        self.percent = 0
        self.flickers = False

    def drive(self, hz, duty):
        self.percent = (duty * 100 + 32767) // 65535
        self.flickers = 0 < duty < 65535 and hz < FLICKER_HZ
