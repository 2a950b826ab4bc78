"""One request to the host and its answer: packed and signed, checked and verified; what its response code asks for."""

from micropython import const

from pos import loading
from pos.iso8583 import codec, frame, messages
from pos.journal.errors import JournalError
from pos.link.errors import LinkError
from pos.link.exchange import outcome
from pos.security.mac import Mac

# The host and the terminal disagree about batch or key: sign on again, at once.
SIGN_ON_AGAIN = ("77", "A0")
# The host does not know, or no longer wants, this terminal: nothing more until somebody signs on.
_SIGNED_OFF = const(("03", "97"))
_REQUIRE_SIGN_ON = const(3)  # digit of the header, see iso8583/frame.py


def pack(exchange, request):
    """The frame of a request (fields), signed when there is a key and the request is no sign-on."""
    key = exchange.working_key
    return frame.wrap(codec.pack(request, Mac(key).sign if key else None))


async def ask(exchange, request, data, timeout_ms=0):
    """The answer's fields to a request begun on the channel. Raises LinkError; answers to something else are passed
    over. timeout_ms: 0 for the host's parameter."""
    exchange.wrong_mac = False
    mac = Mac(exchange.working_key) if exchange.working_key else None

    def accept(body):
        try:
            message, requirement = frame.unwrap(body)
            answer = codec.unpack(message)
        except ValueError:
            raise LinkError("garbage", True)  # nothing after it can be trusted, so why wait for it
        try:
            messages.check_answer(request, answer)
        except ValueError:
            return None
        if mac and not mac.verify(message):
            # Ours, and not signed as it must be: host and terminal disagree about the key, and the host says it once.
            exchange.wrong_mac = True
            raise LinkError("mac", True)
        exchange.requirement = requirement
        return answer

    timeout_ms = timeout_ms or exchange.parameters["answer_timeout_s"] * 1000
    return await exchange.channel.request(data, timeout_ms, accept)


async def ask_host(exchange, request, raise_trace=True):
    """(answer's fields or None, outcome) of a request that moves no money. raise_trace: its number (field 11) is taken,
    durably, before it leaves; settlement and upload repeat one that was taken before."""
    data = pack(exchange, request)
    try:
        await exchange.channel.begin(data)
        if raise_trace:
            _take(exchange.journal, int(request[11]))
        answer = await ask(exchange, request, data)
    except JournalError:
        exchange.channel.close()
        return None, outcome("not_sent", None, None, "storage")
    except LinkError as error:
        return None, outcome("failed" if error.sent else "not_sent", None, None, error.kind)
    code = answer[39]
    return answer, outcome("approved" if code == "00" else "declined", None, code)


def _take(journal, trace):
    with loading.Scope():  # the answer needs the room of what appends
        journal.append({"kind": "trace", "trace": trace})


async def follow(exchange, code):
    """What a response code, or else the header of the answer, asks for besides the decline itself."""
    if code in SIGN_ON_AGAIN:
        exchange.working_key = None
        await exchange.manage("sign_on", exchange.operator)
    elif code in _SIGNED_OFF:
        exchange.working_key = None
    elif exchange.requirement == _REQUIRE_SIGN_ON:
        await exchange.manage("sign_on", exchange.operator)
