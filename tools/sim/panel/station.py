"""One simulated terminal as the panel sees it: circuit, firmware process and air under plain names."""

import time

from tools.sim import radio

POLLING_S = 1.0
"""A reader that was not asked for so long is not asked for a card."""

SOUND_SHOWN_S = 0.3

DISPLAYS = {"st7920": "ST7920, 128x64 dots, Chinese font", "hd44780": "HD44780 over PCF8574, 20x4 characters"}


class Station:
    """A circuit with what runs on it.

    `process` starts and cuts the firmware and knows its version and REPL; `air` lies between terminal and host. Either
    may be None: chips without firmware, a terminal without a host.
    """

    def __init__(self, circuit, process=None, air=None, platform_url=None):
        self.circuit = circuit
        self.process = process
        self.air = air
        self.platform_url = platform_url
        self.board_name = circuit.board.NAME
        self.legend = circuit.board.KEYPAD["legend"]
        self.scans = 0
        self._code = None
        self._no_air = {"host": "up", "response": "pass", "delay_ms": 0}
        self._torn = 0
        self._since = int(time.time() * 1000)  # a page that outlives a restart must not take new slips for old ones
        self._bytes_up = self._bytes_down = 0
        self._host_owes = False
        self._card = None
        self._polled_at = 0.0
        self._tones = 0
        self._heard_at = 0.0
        self._watch_keypad()
        self._watch_reader()

    def _watch_keypad(self):
        """Counts how often the firmware looks at the keypad; the matrix itself need not know."""
        keys = self.circuit.keys
        first = self.circuit.board.KEYPAD["cols"][0]
        level = keys.level

        def counted(pin):
            if pin == first:
                self.scans += 1
            return level(pin)

        keys.level = counted

    def _watch_reader(self):
        """Notes when the firmware last talked to the reader: it does so only while it waits for a card."""
        reader = self.circuit.reader
        receive = reader.receive

        def noted(data):
            self._polled_at = time.monotonic()
            return receive(data)

        reader.receive = noted

    # Power

    @property
    def power(self) -> str:
        return "on" if self.circuit.powered else "off"

    async def power_off(self):
        """Cuts the power, with no warning to the firmware."""
        if self.process is not None:
            await self.process.kill()
        else:
            self.circuit.power_off()

    async def power_on(self):
        """Gives the power back; the firmware starts."""
        if self.process is not None:
            await self.process.start()
        else:
            self.circuit.power_on()

    # Keys and cards

    def key_down(self, key):
        self.circuit.keys.press(key)

    def key_up(self, key):
        self.circuit.keys.release(key)

    def present_card(self, number):
        self._card = number
        self.circuit.reader.present(number)

    def remove_card(self):
        self._card = None
        self.circuit.reader.remove()

    def card_reads(self) -> int:
        """How often a card has been read to its end."""
        return self.circuit.reader.reads

    @property
    def has_scanner(self) -> bool:
        return self.circuit.scanner is not None

    def present_code(self, code):
        self._code = code
        self.circuit.scanner.present(code)

    def remove_code(self):
        self._code = None
        self.circuit.scanner.remove()

    def code_reads(self) -> int:
        """How often the text of a code has been sent."""
        return self.circuit.scanner.scans if self.has_scanner else 0

    # Display

    @property
    def display_version(self) -> int:
        return self.circuit.display.version

    def screen(self) -> dict:
        """{"rows", "cols", "cursor", "version"} as the display chip shows it."""
        display = self.circuit.display
        return {
            "rows": display.text_rows(),
            "cols": display.cols,
            "cursor": display.cursor(),
            "version": display.version,
        }

    def screen_image(self, scale):
        return self.circuit.display.image(scale=scale)

    # Paper

    def paper(self) -> dict:
        """{"slips": [{"text", "at"}], "printing": text or null}, oldest slip first."""
        paper = self.circuit.printer.paper
        slips = [{"text": slip.text, "at": slip.at} for slip in paper.slips]
        return {"slips": slips, "printing": paper.current.text if self._hangs_out() else None}

    def slip_count(self) -> int:
        return len(self.circuit.printer.paper.slips)

    def slip_image(self, number, margin):
        """One slip, with `margin` dots of bare paper on either side of the 384 of the print head."""
        return self.circuit.printer.paper.slips[number].image(margin)

    def current_image(self, margin):
        """The picture of the slip that is being printed, None when there is none."""
        current = self.circuit.printer.paper.current
        return current.image(margin) if current else None

    def tear_off(self):
        """All paper that hangs out goes; what was being printed is torn where it is."""
        paper = self.circuit.printer.paper
        paper.tear_off()
        self._torn += len(paper.slips)
        paper.slips.clear()

    def _hangs_out(self) -> bool:
        """Whether there is paper of a slip that is not finished."""
        return bool(self.circuit.printer.paper.current)

    @property
    def printing(self) -> bool:
        """Whether the printer is at work."""
        return self.circuit.printer.printing

    # Faults

    def faults(self) -> dict:
        """The position of every fault switch."""
        printer = self.circuit.printer
        air = self.air.faults() if self.air is not None else self._no_air
        return {
            "wifi": "up" if self.circuit.radio.up else "down",
            "host": air["host"],
            "response": air["response"],
            "delay_ms": air["delay_ms"],
            "paper": "out" if printer.paper_out else "ok",
            "cover": "open" if printer.cover_open else "closed",
            "battery_pct": self.circuit.battery.charge_pct if self.circuit.battery else 100,
        }

    def set_faults(self, wanted: dict):
        """Moves the switches named in `wanted`, whose values have been checked."""
        printer = self.circuit.printer
        if "paper" in wanted:
            printer.paper_out = wanted["paper"] == "out"
        if "cover" in wanted:
            printer.cover_open = wanted["cover"] == "open"
        if "wifi" in wanted:
            self.circuit.radio.up = wanted["wifi"] == "up"
        if "battery_pct" in wanted and self.circuit.battery:
            self.circuit.battery.charge_pct = wanted["battery_pct"]
        of_air = {name: wanted[name] for name in ("wifi", "host", "response", "delay_ms") if name in wanted}
        if self.air is not None:
            self.air.set_faults(of_air)
        else:
            self._no_air.update(of_air)

    @property
    def links(self) -> int:
        """Connections between terminal and host that are open now."""
        return self.air.connections if self.air is not None else 0

    def note_traffic(self):
        """Called again and again: notices whether terminal or host has spoken last."""
        if self.air is None:
            return
        up, down = self.air.bytes_up, self.air.bytes_down
        if down != self._bytes_down:
            self._host_owes = False
        elif up != self._bytes_up:
            self._host_owes = True
        self._bytes_up, self._bytes_down = up, down

    @property
    def waits_for_host(self) -> bool:
        """Whether the terminal has said something to the host that has not been answered."""
        return self._host_owes and self.links > 0

    # State

    def state(self) -> dict:
        """What GET /api/state answers."""
        chip = self.circuit.board.DISPLAY["chip"]
        state = {"version": "", "board": self.board_name, "runtime": None, "running": False, "starts": 0, "pty": None}
        if self.process is not None:
            state = self.process.state()
        return state | {
            "power": self.power,
            "heap_used": self.circuit.heap_used or None,
            "heap_free": self.circuit.heap_free or None,
            "display": DISPLAYS.get(chip, chip),
            "legend": self.legend,
            "scanner": self.has_scanner,
            "sound": self.circuit.buzzer.state() if self.circuit.buzzer else None,
            "backlight_pct": self.circuit.backlight.percent if self.circuit.backlight else None,
            "platform_url": self.platform_url,
        }

    def lights(self) -> dict:
        """What shines and sounds: {"power", "reader", "scanner", "backlight_pct",
        "lights": [{"name", "colour", "blink", "says"}]}."""
        on = self.power == "on"
        return {
            "power": self.power,
            "reader": self._reader_state(on),
            "scanner": self._scanner_state(on),
            "backlight_pct": self.circuit.backlight.percent if self.circuit.backlight else 100,
            "lights": [
                _light("Power", "green" if on else "off", "on" if on else "off"),
                self._wifi_light(on),
                self._host_light(on),
                self._printer_light(on),
                *([self._sound_light(on)] if self.circuit.buzzer else []),
            ],
        }

    def _reader_state(self, on):
        if self._card:
            return "card"
        return "waiting" if on and time.monotonic() - self._polled_at < POLLING_S else "idle"

    def _scanner_state(self, on):
        if not self.has_scanner:
            return None
        if self._code:
            return "code"
        return "waiting" if on and self.circuit.scanner.looking else "idle"

    def _wifi_light(self, on):
        status = self.circuit.radio.status() if on else radio.IDLE
        if status == radio.GOT_IP:
            return _light("Wi-Fi", "blue", "connected")
        if status == radio.IDLE:
            return _light("Wi-Fi", "off", "off")
        return _light("Wi-Fi", "amber", "not connected", blink=True)

    def _host_light(self, on):
        if on and self.links:
            return _light("Host", "green", "connected")
        return _light("Host", "off", "not connected")

    def _printer_light(self, on):
        printer = self.circuit.printer
        if not on:
            return _light("Printer", "off", "off")
        if printer.paper_out:
            return _light("Printer", "red", "no paper", blink=True)
        if printer.cover_open:
            return _light("Printer", "red", "cover open", blink=True)
        return _light("Printer", "green", "printing" if self.printing else "ready", blink=self.printing)

    def _sound_light(self, on):
        heard = on and self._is_heard()
        return _light("Sound", "amber" if heard else "off", f"{self.circuit.buzzer.hz} Hz" if heard else "silent")

    def _is_heard(self):
        """Whether a tone sounds or has just been: the shortest would not be seen."""
        buzzer = self.circuit.buzzer
        if buzzer and buzzer.count != self._tones:
            self._tones, self._heard_at = buzzer.count, time.monotonic()
        return bool(buzzer and (buzzer.sounding or time.monotonic() - self._heard_at < SOUND_SHOWN_S))

    # For the page

    def snapshot(self) -> dict:
        """Everything that the page shows, by event name."""
        state = self.state()
        for name in ("heap_used", "heap_free"):
            state[name] = state[name] and (state[name] + 512) // 1024 * 1024
        return {
            "state": state,
            "lights": self.lights(),
            "faults": self.faults(),
            "screen": self.screen(),
            "paper": self._paper_news(),
        }

    def _paper_news(self):
        paper = self.circuit.printer.paper
        return {
            "since": self._since,
            "torn": self._torn,
            "slips": len(paper.slips),
            "printing": self._hangs_out(),
            "version": paper.version,
        }

    def stamp(self) -> tuple:
        """Differs from the last one when something that the page shows or a client may wait for has changed."""
        return (
            self.power,
            self.display_version,
            self.circuit.printer.paper.version,
            self._torn,
            self._card,
            self._code,
            self._reader_state(True),
            self._scanner_state(True),
            self._is_heard(),
            self.circuit.backlight and self.circuit.backlight.percent,
            self.printing,
            self.card_reads(),
            self.code_reads(),
            self.circuit.radio.status() if self.circuit.powered else 0,
            self.links,
            tuple(self.faults().values()),
        )


def _light(name, colour, says, blink=False):
    return {"name": name, "colour": colour, "says": says, "blink": blink}
