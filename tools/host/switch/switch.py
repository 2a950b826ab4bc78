"""From a frame to its answer: read, recognise, authenticate, decide, store, sign.

`Switch` does no input or output but the database's, and blocks while that commits. A server runs it in a thread, a test
calls it directly.
"""

import logging
import time
from typing import Any, NamedTuple

from tools.host.iso import frame as framing
from tools.host.iso import message as wire
from tools.host.iso.message import FormatError, Message
from tools.host.store.errors import Again, ConnectionLost, DatabaseError, NoRoom, OutcomeUnknown, TransactionLost
from tools.host.switch import (
    codes,
    correction,
    directory,
    history,
    management,
    preauth,
    purchase,
    query,
    refund,
    reversal,
    services,
    settlement,
    upload,
)
from tools.host.switch.case import Answer, Case, Reject, system_error
from tools.host.switch.kinds import REVERSIBLE, SHAPES

log = logging.getLogger("host.switch")

# Type and batch of field 60, batch and trace number of field 61: what is read of them must be there.
DIGITS_MIN = {60: 8, 61: 12}
_IDENTITY = (11, 41, 42, 60)
_PAYMENT = (3, 4, 11, 22, 25, 41, 42, 49, 60)  # field 2 too, but for QR codes: see purchase.py
_CARD = (2, *_PAYMENT)
_CORRECTION = (*_PAYMENT, 37, 61)


class Kind(NamedTuple):
    """A kind of request: the fields it must have, whether it must be signed, and who handles it."""

    name: str
    needs: tuple
    signed: bool
    handle: Any


# (message type, field 60's management code) or (message type, field 3, type in field 60) -> Kind
KINDS = {
    ("0800", "001"): Kind("sign-on", _IDENTITY, False, management.sign_on),
    ("0800", "360"): Kind("parameters", _IDENTITY, True, management.download),
    ("0800", "370"): Kind("records back", (*_IDENTITY, 61), True, history.records_back),
    ("0800", "380"): Kind("service", (*_IDENTITY, 63), True, services.change),
    ("0820", "301"): Kind("echo", _IDENTITY, True, management.echo),
    ("0500", "201"): Kind("settlement", (*_IDENTITY, 48, 49), True, settlement.settle),
    ("0320", "201"): Kind("upload", (*_IDENTITY, 48), True, upload.upload),
    ("0320", "202"): Kind("upload end", (*_IDENTITY, 48), True, settlement.end),
    ("0320", "207"): Kind("upload end", (*_IDENTITY, 48), True, settlement.end),
    ("0820", "002"): Kind("sign-off", _IDENTITY, True, management.sign_off),
    ("0200", "000000", "22"): Kind("sale", _PAYMENT, True, purchase.sale),
    ("0200", "310000", "01"): Kind("balance", tuple(n for n in _CARD if n != 4), True, purchase.balance),
    ("0200", "200000", "23"): Kind("void", _CORRECTION, True, correction.void),
    ("0220", "000000", "30"): Kind("offline sale", (*_CARD, 12, 13), True, purchase.offline),
    ("0220", "200000", "25"): Kind("refund", _CORRECTION, True, refund.refund),
    ("0100", "030000", "10"): Kind("pre-authorisation", _CARD, True, preauth.preauth),
    ("0100", "200000", "11"): Kind("its void", (*_CORRECTION, 38), True, preauth.preauth_void),
    ("0200", "000000", "20"): Kind("completion", (*_CORRECTION, 38), True, preauth.completion),
    ("0200", "200000", "21"): Kind("its void", _CORRECTION, True, correction.completion_void),
    ("0600", "000000", "22"): Kind("result query", (3, 4, 11, 41, 42, 60, 61), True, query.result),
}
# A reversal has the processing code and type of what it reverses.
_REVERSAL = Kind("reversal", (*_PAYMENT, 61), True, reversal.reversal)
KINDS |= {("0400", SHAPES[kind].processing_code, SHAPES[kind].type): _REVERSAL for kind in REVERSIBLE}
UNKNOWN = Kind("unknown", _IDENTITY, True, management.unknown)
WRONG_TYPE = Kind("wrong type", _IDENTITY, True, management.wrong_type)
# Not of reversals: there 12 means that all is done.
PROCESSED = frozenset((shape.mti, shape.processing_code) for shape in SHAPES.values())
MANAGEMENT_TYPES = frozenset({"0800", "0820", "0500", "0320"})


class Request(NamedTuple):
    """A frame that can be answered: what was read, or why it could not be."""

    envelope: Any
    message: Any
    error: Any = None


class Switch:
    """Answers frames. One call at a time. pace: makes what counts one terminal's messages (server/limits.py)."""

    def __init__(self, database, keystore, clock, pace=None):
        self.database = database
        self.keystore = keystore
        self.clock = clock
        self._pace = pace
        self._paces = {}  # terminal's id -> its pace; of terminals that have proved who they are, so there are few

    def answer(self, frame):
        """Frame -> answer frame, or None when there is nobody to answer (the caller closes the connection)."""
        return self.answer_all([frame])[0]

    def answer_all(self, frames):
        """Frames -> answers, in one database transaction: durable for all of them before any is returned.

        None also where the database broke while it committed: whatever was answered then could be wrong.
        """
        requests = [_read(frame) for frame in frames]
        live = [request for request in requests if request]
        if not live:
            return [None] * len(frames)
        ready = iter(self._answers(live))
        return [next(ready) if request else None for request in requests]

    def _answers(self, requests):
        try:
            return self.database.run(lambda unit: self._together(unit, requests))
        except OutcomeUnknown:
            log.exception("database broke while it committed; %d requests get no answer", len(requests))
            return [None] * len(requests)
        except NoRoom as error:
            log.error("no room on the database's disk; %d requests answered 96: %s", len(requests), error)
        except ConnectionLost as error:
            log.error("no database; %d requests answered 96: %s", len(requests), error)
        except Again as error:
            if len(requests) > 1:  # one of them may be what cannot be done; the others can
                log.warning("%d requests are done one by one: %s", len(requests), error)
                return [self._answers([request])[0] for request in requests]
            log.exception("database failed; request answered 96")
        except DatabaseError:
            log.exception("database failed; %d requests answered 96", len(requests))
        return [_failure(request) for request in requests]

    def _together(self, unit, requests):
        directory.lock(unit, [request.message for request in requests])
        return [self._guarded(unit, request) for request in requests]

    def _guarded(self, unit, request):
        """One request in its own step, its answer's frame: whatever fails there, the others of this transaction stand.

        The frame is part of the step: what cannot be told must not be done.
        """
        try:
            with unit.savepoint():
                answer = self._process(unit, request)
                frame = _write(request, answer)
        except TransactionLost:
            raise
        except Exception:
            log.exception("failed on %s", wire.for_log(request.message))
            return _failure(request)
        if log.isEnabledFor(logging.INFO):
            log.info("%s -> %s", wire.for_log(request.message), answer.code)
        return frame

    def _process(self, unit, request):
        case = Case(unit, request.message, self.clock.now())
        try:
            if request.error:
                raise Reject(codes.FORMAT, str(request.error))
            _need(case.fields, _IDENTITY)
            kind = _kind(case)
            directory.identify(case)
            if kind.signed:
                directory.authenticate(case, request.envelope.message, self.keystore)
                self._slow_down(case)
            _need(case.fields, kind.needs)
            return kind.handle(case, self.keystore)
        except Reject as reject:
            log.info("%s %s: %s", case.mti, reject.code, reject.why)
            return Answer(case.mti, case.answer_fields(reject.code), case.mac)

    def _slow_down(self, case):
        """Reject 96 (later) for a terminal that sends more than it may, on however many connections: nobody can use up
        another's share, for only signed messages count."""
        if not self._pace:
            return
        pace = self._paces.setdefault(case.terminal["id"], self._pace())
        if pace.take(time.monotonic()):
            pace.give_back()
            raise Reject(codes.SYSTEM_ERROR, "too many messages of this terminal")


def _read(frame):
    """Frame -> Request, or None for bytes that nobody can be answered on."""
    try:
        envelope = framing.unwrap(frame)
    except framing.FrameError as error:
        log.warning("dropped: %s", error)
        return None
    try:
        return _answerable(Request(envelope, wire.decode(envelope.message)))
    except FormatError as error:
        return _answerable(Request(envelope, Message(error.mti, error.known), error))


def _answerable(request):
    mti = request.message.mti
    if not mti.isdecimal() or wire.answer_mti(mti) is None:
        log.warning("dropped: message type %s is no request", mti)
        return None
    return request


def _kind(case):
    """The request's Kind; UNKNOWN or WRONG_TYPE for one that this host does not have."""
    if case.mti in MANAGEMENT_TYPES:
        return KINDS.get((case.mti, case.management_code), UNKNOWN)
    key = (case.mti, case.fields.get(3), case.transaction_type)
    return KINDS.get(key) or (WRONG_TYPE if key[:2] in PROCESSED else UNKNOWN)


def _need(fields, numbers):
    """Reject 30 unless all these fields are there and long enough."""
    for number in numbers:
        if len(fields.get(number, "")) < DIGITS_MIN.get(number, 1):
            raise Reject(codes.FORMAT, f"field {number} missing or too short")


def _failure(request):
    return _write(request, Answer(request.message.mti, system_error(request.message.fields)))


def _write(request, answer):
    message = Message(wire.answer_mti(answer.mti), answer.fields)
    data = wire.encode(message, answer.mac.sign if answer.mac else None)
    requirement = framing.SIGN_ON_AGAIN if answer.code in codes.SIGN_ON_AGAIN else framing.NOTHING
    return framing.answer(request.envelope, data, requirement)
