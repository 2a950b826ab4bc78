"""A scripted host for the tests of the link: it keeps its own books, and misbehaves when told to."""

import asyncio

import model_records
import model_settlement
from cryptolib import aes
from pos.iso8583 import codec, frame
from pos.security.cmac import cmac
from pos.security.mac import Mac

TERMINAL = {"merchant": "100000000000001", "terminal": "10000001"}
MASTER_KEY = bytes(range(16))
FIRST_WORKING_KEY = bytes(range(50, 66))

# Faults of one exchange; a script is a list of them, one a message that reaches the host.
OK = "ok"
LOST = "lost"  # the request never arrives
SILENT = "silent"  # done, and never answered
LATE = "late"  # done, and answered after the terminal has given up
GARBAGE = "garbage"  # done, and answered with noise that is framed
NOISE = "noise"  # done, and answered with noise that is not
TRUNCATED = "truncated"  # done, and the answer is cut off by a closed connection
WRONG_MAC = "wrong_mac"
OTHER_TRACE = "other_trace"
OTHER_THEN_OK = "other_then_ok"
CLOSED = "closed"  # done, and the connection is closed
CLOSED_EARLY = "closed_early"  # not done, the connection is closed
NO_KEY = "no_key"  # the host has another working key, and answers A0

LATE_MS = 70000


class Refused(OSError):
    def __init__(self):
        super().__init__(111, "refused")


class Reader:
    def __init__(self):
        self.data = b""
        self.ended = False

    def at_eof(self):
        return self.ended and not self.data

    def exception(self):
        return None

    async def readexactly(self, size):
        while len(self.data) < size:
            if self.ended:
                raise EOFError
            await asyncio.sleep_ms(200)
        taken, self.data = self.data[:size], self.data[size:]
        return taken


class Writer:
    def __init__(self, host, reader):
        self.host = host
        self.reader = reader
        self.data = b""
        self.closed = False

    def write(self, data):
        if self.closed or self.reader.ended:
            raise OSError(104, "reset")
        self.data += data

    async def drain(self):
        await asyncio.sleep_ms(0)
        while len(self.data) >= 2:
            size = 2 + int.from_bytes(self.data[:2], "big")
            if len(self.data) < size:
                return
            message, self.data = self.data[2:size], self.data[size:]
            self.host.receive(message, self.reader)

    def close(self):
        self.closed = True
        self.reader.ended = True


class ModelHost:
    """accounts: {card: balance}. script: faults for the messages to come, OK when it is empty. books: what happened."""

    def __init__(self):
        self.accounts = {"6200000000000013": 100000, "6200000000000021": 100}
        self.script = []
        self.key = None
        self.keys_made = 0
        self.batch = 7
        self.date = "0314"
        self.time = "153001"
        self.reachable = True
        self.sign_on_code = "00"
        self.answers = {}
        self.charged = {}  # (batch, trace): (card, amount) of sales and completions; what was reversed is not here
        self.returned = {}  # the same of voids and refunds
        self.held = {}  # the same of pre-authorisations that stand
        self.corrected = {}  # (batch, trace) of an original: what it was corrected by, see _original
        self.codes_paid = {}  # customer's QR code: card, and who has shown the merchant's: (batch, trace): card
        self.reversed = []
        self.settlement = model_settlement.Settlement()
        self.copies = {}  # what it tells of closed batches, see model_records.py
        self.requests = []
        self.sessions = 0
        self.parameters = {}
        self.codes = []
        self.requirement = 0
        self.changes = []  # (field, value or None) of answers to come
        self.break_handshakes = 0
        self.unreachable_after = None  # so many messages, then the host goes away
        self.tasks = []

    def taken_minor(self):
        """What all accounts together have lost."""
        return 100100 - sum(self.accounts.values())

    async def open_stream(self):
        await asyncio.sleep_ms(20)
        if not self.reachable:
            raise Refused()
        self.sessions += 1
        reader = Reader()
        if self.break_handshakes:
            self.break_handshakes -= 1
            reader.ended = True
        return reader, Writer(self, reader)

    def receive(self, body, reader):
        fault = self.script.pop(0) if self.script else OK
        if self.unreachable_after is not None:
            self.unreachable_after -= 1
            if self.unreachable_after <= 0:
                self.unreachable_after = None
                self.reachable = False
        if fault == LOST:
            return
        if fault == CLOSED_EARLY:
            reader.ended = True
            return
        message, _ = frame.unwrap(body)
        request = codec.unpack(message)
        self.requests.append(request)
        if fault == NO_KEY:
            self.key = b"another working "
        answer = self.answer(request, message)
        if self.changes:
            answer = changed(answer, *self.changes.pop(0))
        self.reply(fault, reader, answer, request)

    def reply(self, fault, reader, answer, request):
        if fault in (WRONG_MAC,):
            data = self.packed(answer, b"quite another ke")
        elif fault == OTHER_TRACE:
            data = self.packed(changed(answer, 11, "999998"))
        else:
            data = self.packed(answer)
        if fault == SILENT:
            return
        if fault == GARBAGE:
            data = b"\x00\x20" + b"\xa5" * 32
        elif fault == NOISE:
            data = b"\xff\xfe" + b"HTTP/1.1 400 Bad Request\r\n"
        elif fault == OTHER_THEN_OK:
            data = self.packed(changed(answer, 11, "999998")) + data
        elif fault == TRUNCATED:
            data = data[:-5]
        elif fault == CLOSED:
            data = b""
        if fault == LATE:
            self.tasks.append(asyncio.create_task(_later(reader, data)))
        else:
            reader.data += data
        if fault in (CLOSED, TRUNCATED):
            reader.ended = True

    def packed(self, answer, key=None):
        key = key or self.key
        signed = key and not (answer[0] == "0810" and answer[60][8:11] == "001")
        data = bytearray(frame.wrap(codec.pack(answer, Mac(key).sign if signed else None)))
        data[9] |= self.requirement  # low digit of the header's third byte
        return bytes(data)

    def answer(self, request, message):
        answer = {n: request[n] for n in (3, 4, 11, 41, 42, 60) if n in request}
        answer[0] = request[0][:2] + str(int(request[0][2]) + 1) + request[0][3]
        management = request[0] in ("0800", "0820")
        if management and request[60][8:11] == "001":
            return self.sign_on(answer)
        key = (request[60][2:8], request[11], request[0])
        if not self.key or not Mac(self.key).verify(message):
            answer[39] = "A0"
        elif request[0] in ("0500", "0320"):
            answer[39] = model_settlement.answer(self, request, answer)
        elif key in self.answers:
            first, answer = self.answers[key]
            if any(first.get(n) != request.get(n) for n in (2, 3, 4)):
                answer = changed(answer, 39, "94")
        elif request[60][2:8] != f"{self.batch:06d}" and request[0] != "0400":
            answer[39] = "77"
        else:
            forced = bool(self.codes)
            answer[39] = self.decide(request, answer)
            if not management and not forced and request[0] != "0600":
                self.answers[key] = (request, answer)
        return answer

    def sign_on(self, answer):
        answer[39] = self.sign_on_code
        if answer[39] == "00":
            self.keys_made += 1
            self.key = bytes([self.keys_made]) + FIRST_WORKING_KEY[1:]
            answer[12], answer[13] = "153000", self.date
            answer[60] = f"00{self.batch:06d}001"
            answer[62] = key_block(MASTER_KEY, self.key)
        return answer

    def decide(self, request, answer):
        if request[0] == "0800" and request[60][8:11] == "380":
            return model_settlement.change(self, request)
        if request[0] == "0800" and request[60][8:11] == "370":
            return model_records.answer(self, request, answer)
        if request[0] == "0800":
            answer[62] = b"".join(f"{tag:02d}{len(v):03d}".encode() + v for tag, v in self.parameters.items())
            return "00"
        if request[0] == "0820":
            return "00"
        if self.codes:
            return self.codes.pop(0)
        if request[0] == "0400":
            return self.reverse(request)
        if request[0] == "0600":
            return self.query(request, answer)
        card = request.get(2) or self.codes_paid.get(_item(request, b"05")) or self._card_of_original(request)
        if card not in self.accounts:
            return "14"
        if request.get(22) == "032":
            answer[2] = card
        if request[3] == "310000":
            answer[54] = f"0002156C{self.accounts[card]:012d}"
            return "00"
        code = self.move(request, (int(request[60][2:8]), int(request[11])), card, int(request[4]))
        if code == "00":
            self.approve(answer, card)
        return code

    def approve(self, answer, card):
        answer[12], answer[13] = self.time, "0314"
        approved = len(self.charged) + len(self.returned) + len(self.held)
        answer[37] = f"{approved:012d}"
        answer[38] = f"{approved:06d}"
        answer[54] = f"0002156C{self.accounts[card]:012d}"

    def move(self, request, name, card, amount_minor):
        """Moves the money of one transaction; the response code."""
        if name in self.reversed:
            return "12"
        kind = request[60][:2]
        held_minor = sum(amount for of, amount in self.held.values() if of == card)
        if kind in ("22", "30", "10"):
            if amount_minor > self.accounts[card] - held_minor:
                return "51"
            if kind == "10":
                self.held[name] = (card, amount_minor)
                return "00"
        elif kind != "20" or not self._held_for(request):
            return self.give_back(request, name, kind, card, amount_minor)
        else:
            self.corrected[name] = self._held_for(request), self.held.pop(self._held_for(request))
        self.accounts[card] -= amount_minor
        self.charged[name] = (card, amount_minor)
        return "00"

    def give_back(self, request, name, kind, card, amount_minor):
        """A void or a refund: of what stands, a void whole, refunds in sum never above it."""
        original = (int(request[61][:6]), int(request[61][6:12]))
        if kind == "11":
            if original not in self.held:
                return "25"
            self.corrected[name] = original, self.held.pop(original)
            return "00"
        if original not in self.charged:
            return "25"
        so_far = [amount for of, (_card, amount) in self.corrected.values() if of == original]
        if kind in ("23", "21") and (so_far or amount_minor != self.charged[original][1]):
            return "12" if so_far else "64"
        if sum(so_far) + amount_minor > self.charged[original][1]:
            return "61"
        self.accounts[card] += amount_minor
        self.returned[name] = (card, amount_minor)
        self.corrected[name] = original, (card, amount_minor)
        if kind == "21":
            hold, undone = self.corrected[original]
            self.held[hold] = undone  # what the completion took is held again
        return "00"

    def query(self, request, answer):
        name = (int(request[61][:6]), int(request[61][6:12]))
        if name in self.reversed:
            return "68"
        if name in self.codes_paid and name not in self.charged:
            card = self.codes_paid.pop(name)
            self.accounts[card] -= int(request[4])
            self.charged[name] = (card, int(request[4]))
        if name not in self.charged:
            return "25"
        answer[2] = self.charged[name][0]
        self.approve(answer, answer[2])
        return "00"

    def _held_for(self, request):
        name = (int(request[61][:6]), int(request[61][6:12]))
        return name if name in self.held else None

    def _card_of_original(self, request):
        name = (int(request[61][:6]), int(request[61][6:12])) if 61 in request else None
        return self.charged[name][0] if name in self.charged else None

    def reverse(self, request):
        name = (int(request[61][:6]), int(request[61][6:12]))
        self.reversed.append(name)
        original, undone = self.corrected.pop(name, (None, None))
        if name in self.charged:
            card, amount_minor = self.charged.pop(name)
            self.accounts[card] += amount_minor
            if original:
                self.held[original] = undone
        elif name in self.returned:
            card, amount_minor = self.returned.pop(name)
            self.accounts[card] -= amount_minor
            self.held.pop(self.corrected.get(original, (None,))[0], None)
        elif name in self.held:
            del self.held[name]
        elif original:
            self.held[original] = undone
        else:
            return "25"
        return "00"


def key_block(kbpk, key):
    """TR-31 version D block of a 16 byte MAC key (ANSI X9.143)."""
    keys = [cmac(kbpk, bytes((1, 0, purpose, 0, 0, 2, 0, 128))) for purpose in (0, 1)]
    header = b"D0112M6AG00N0000"
    plain = b"\x00\x80" + key + bytes(14)
    mac = cmac(keys[1], header + plain)
    return header + (aes(keys[0], 2, mac).encrypt(plain).hex() + mac.hex()).upper().encode()


def _item(request, tag):
    """Value of a private item of field 63, "" without it."""
    data, at = request.get(63, b""), 3
    while at < len(data):
        size = int(data[at + 2 : at + 4])
        if data[at : at + 2] == tag:
            return data[at + 4 : at + 4 + size].decode()
        at += 4 + size
    return ""


def changed(answer, number, value):
    answer = dict(answer)
    answer[number] = value
    if value is None:
        del answer[number]
    return answer


async def _later(reader, data):
    await asyncio.sleep_ms(LATE_MS)
    reader.data += data
