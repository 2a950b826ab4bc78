"""Bus objects that write down what a driver does with them, for the tests in this folder."""


class Pin:
    """Writes (name, level) into a common log."""

    def __init__(self, name, log):
        self.name = name
        self.log = log

    def value(self, level):
        self.log.append((self.name, level))


class Spi:
    """Joins what is written in a row to one entry ("spi", hex)."""

    def __init__(self, log):
        self.log = log

    def write(self, data):
        text = bytes(data).hex()
        if self.log and self.log[-1][0] == "spi":
            text = self.log.pop()[1] + text
        self.log.append(("spi", text))


class I2c:
    """Keeps each transfer; with `broken` nobody acknowledges."""

    def __init__(self):
        self.transfers = []
        self.broken = False

    def writeto(self, address, data):
        if self.broken:
            raise OSError(19)
        self.transfers.append((address, bytes(data)))


class Uart:
    """Keeps what is written, and reads what `answer(data)` gives back for it."""

    def __init__(self, answer=None):
        self.written = b""
        self.waiting = b""
        self.answer = answer
        self.longest = 0

    def write(self, data):
        self.written += bytes(data)
        self.longest = max(self.longest, len(data))
        if self.answer:
            self.waiting += self.answer(bytes(data)) or b""

    def any(self):
        return len(self.waiting)

    def read(self, count):
        if not self.waiting:
            return None
        data, self.waiting = self.waiting[:count], self.waiting[count:]
        return data
