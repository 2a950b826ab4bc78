"""The session with the host: framing, time limits, what is closed when, and what counts as sent."""

import asyncio
import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
from pos.link.causes import kind_of
from pos.link.channel import FRAMES_DROPPED_MAX, OPEN_TIMEOUT_MS, Channel
from pos.link.errors import LinkError

FRAME = b"\x00\x0d" + b"\x60\x00\x03\x00\x00" + b"\x60\x31\x00\x00\x01\x00" + b"\x08\x20"


class Line:
    """A scripted line: `answers` are the bytes that come back for each whole frame."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []
        self.opened = 0
        self.opening = None
        self.open_ms = 0
        self.took_ms = 0
        self.writers = []

    async def open_stream(self):
        await asyncio.sleep_ms(self.open_ms)
        if self.opening:
            raise self.opening
        self.opened += 1
        reader = model.Reader()
        self.writers.append(model.Writer(self, reader))
        return reader, self.writers[-1]

    def receive(self, body, reader):
        self.sent.append(body)
        answer = self.answers.pop(0) if self.answers else b""
        if answer is None:
            reader.ended = True
        else:
            reader.data += answer


def framed(data):
    return len(data).to_bytes(2, "big") + data


GOOD = framed(b"\x60" + bytes(20))


def ask(line, timeout_ms=1000, accept=lambda body: body, channel=None):
    """(answer or LinkError, channel)"""
    channel = channel or Channel(line.open_stream, dual.clock)

    async def scenario():
        await channel.begin(FRAME)
        start_ms = dual.clock.ticks_ms()
        try:
            return await channel.request(FRAME, timeout_ms, accept)
        finally:
            line.took_ms = dual.clock.elapsed_ms(start_ms)

    try:
        return dual.run(scenario()), channel
    except LinkError as error:
        return error, channel


def test_the_answer_comes_back_and_the_session_stays():
    line = Line(GOOD, GOOD)
    answer, channel = ask(line)
    assert answer == GOOD[2:]
    assert line.sent == [FRAME[2:]]
    assert ask(line, channel=channel)[0] == GOOD[2:]
    assert line.opened == 1 and len(line.sent) == 2


def test_the_first_byte_alone_proves_a_new_session():
    line = Line()
    channel = Channel(line.open_stream, dual.clock)
    dual.run(channel.begin(FRAME))
    assert line.writers[0].data == FRAME[:1] and line.sent == []
    dual.run(channel.begin(FRAME))
    assert line.opened == 2, "a frame that was begun and not finished is of no use to the next"


def test_a_session_is_not_used_again_while_the_network_is_down():
    line = Line(GOOD, GOOD)
    up = [True]
    channel = Channel(line.open_stream, dual.clock, lambda: up[0])
    assert ask(line, channel=channel)[0] == GOOD[2:]
    up[0] = False
    line.opening = LinkError("wifi")
    assert ask(line, channel=channel)[0].kind == "wifi"
    assert len(line.sent) == 1, "nothing is written into a session that nobody hears"


def test_what_breaks_a_request():
    for answers, kind in (
        ((b"",), "timeout"),
        ((None,), "closed"),
        ((GOOD[:-1],), "timeout"),
        ((b"\x00",), "timeout"),
        ((b"\x00\x00",), "garbage"),
        ((b"\x00\x05abcde",), "garbage"),
        ((b"\x04\x01" + bytes(1025),), "garbage"),
        ((b"\xff\xff",), "garbage"),
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), "garbage"),
    ):
        line = Line(*answers)
        error, channel = ask(line)
        assert (error.kind, error.sent) == (kind, True), answers
        assert line.writers[0].closed, ("nothing that comes later can be taken for an answer", answers)
        assert ask(Line(), channel=channel)[0].kind == "timeout"


def test_answers_to_others_are_passed_over_and_time_goes_on():
    line = Line(GOOD * 3)
    error, _ = ask(line, 5000, lambda body: None)
    assert error.kind == "timeout"
    assert 5000 <= line.took_ms < 6000
    seen = []

    def third(body):
        seen.append(body)
        return "third" if len(seen) == 3 else None

    assert ask(Line(GOOD * 3), 5000, third)[0] == "third"
    error, _ = ask(Line(GOOD * (FRAMES_DROPPED_MAX + 1)), 5000, lambda body: None)
    assert error.kind == "garbage"


def test_a_session_that_cannot_be_opened():
    for opening, kind in (
        (OSError(111), "refused"),
        (OSError("[addrinfo error -2]"), "unreachable"),
        (ValueError("\nThe certificate is not correctly signed by the trusted CA\n"), "certificate"),
        (LinkError("wifi"), "wifi"),
        (EOFError(), "closed"),
    ):
        line = Line()
        line.opening = opening
        error, _ = ask(line)
        assert (error.kind, error.sent) == (kind, False), opening
    line = Line()
    line.open_ms = OPEN_TIMEOUT_MS + 1
    error, _ = ask(line)
    assert (error.kind, error.sent) == ("unreachable", False)


def test_a_request_without_a_session_is_not_sent():
    channel = Channel(Line().open_stream, dual.clock)

    async def scenario():
        await channel.request(FRAME, 1000, lambda body: body)

    error = dual.raises(LinkError, dual.run, scenario())
    assert (error.kind, error.sent) == ("closed", False)
    channel.close()


def test_errors_of_both_libraries_in_our_words():
    # As measured: mbedTLS under MicroPython, OpenSSL under CPython.
    for error, kind in (
        (ValueError("\nThe certificate validity has expired\n"), "certificate"),
        (ValueError("\nThe certificate validity starts in the future\n"), "certificate"),
        (ValueError("\nThe certificate Common Name (CN) does not match with the expected CN\n"), "name"),
        (ValueError("\nThe certificate is not correctly signed by the trusted CA\n"), "certificate"),
        (OSError(-9984, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED"), "certificate"),
        (OSError(-29184, "MBEDTLS_ERR_SSL_INVALID_RECORD"), "garbage"),
        (OSError(-29312, "MBEDTLS_ERR_SSL_CONN_EOF"), "closed"),
        (
            OSError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired"),
            "certificate",
        ),
        (OSError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, ..."), "name"),
        (OSError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "garbage"),
        (OSError(-2, "Name or service not known"), "unreachable"),
        (OSError(104), "closed"),
        (OSError(32), "closed"),
        (OSError(113), "unreachable"),
        (OSError(110), "unreachable"),
    ):
        assert kind_of(error, True) == kind, error
    for error, kind in ((OSError(113), "closed"), (OSError(110), "timeout"), (EOFError(), "closed")):
        assert kind_of(error, False) == kind, error
