"""Settlement on the line: the host compares the totals, gets what differs, and closes the batch.

Where it stands is durable before each message leaves, and every message may be repeated: the host answers as before and
changes nothing. So whatever is cut, the next try goes on at the step that was not answered. Only the host's last answer
ends it, in one record: the batch's totals are kept, the next batch begins.
"""

from micropython import const

from pos import loading
from pos.domain import settling, totals
from pos.iso8583 import settlement as messages
from pos.journal.errors import JournalError
from pos.link.exchange import outcome
from pos.link.request import ask_host, follow

COMPARE, UPLOAD, END = "compare", "upload", "end"
_TRIES = const(2)  # of one message whose answer is lost, before the operator is told
_WRONG_BATCH = const("77")
_WRONG_MAC = const("A0")
_DIFFERENT = const("95")


async def settle(exchange, operator, show, begin=True):
    """Begins the settlement, or goes on where it stood; with begin False only that. operator: who settles, and signs on
    for it where nobody has; that key is let go again. show(stage, done, total): called before each message.

    Outcome: approved (state["settled"] is the batch), declined, failed (no answer; it goes on with the next try),
    not_sent."""
    attended = exchange.operator is not None
    try:
        with loading.Scope():  # what one step needs goes before the next: the upload takes all the room there is
            refused = await _ready(exchange, operator)
        if refused:
            return refused
        exchange.operator = operator
        if not exchange.journal.state["settling"]:
            if not begin:
                return outcome("declined", None, _WRONG_BATCH)  # the sign-on brought quite another batch
            note(exchange.journal, COMPARE, 0, 0)
        return await _go_on(exchange, show)
    except JournalError:
        exchange.channel.close()
        return outcome("failed", None, None, "storage")
    finally:
        if not attended:
            exchange.working_key = exchange.operator = None


async def _ready(exchange, operator):
    """Signed on, and nothing pending. None, or the outcome that says why not."""
    if not exchange.signed_on or exchange.wrong_mac:
        result = await exchange.manage("sign_on", operator)
        if result["result"] != "approved":
            return result
    cause = await exchange.clear_the_way()
    return outcome("not_sent", None, None, cause) if cause else None


async def _go_on(exchange, show):
    journal = exchange.journal
    while True:
        stage = journal.state["settling"]["stage"]
        total = sum([count for count, _minor in journal.state["totals"].values()])
        show(stage, journal.state["settling"]["uploaded"], total)
        if stage == COMPARE:
            with loading.Scope():
                result = await _compare(exchange)
        elif stage == UPLOAD:
            with loading.Scope():  # most days do without; and closing needs the room
                result = await _upload(exchange, show, total)
        else:
            from pos.link import closing

            result = await closing.end(exchange, total)
        if result["result"] != "approved" or not journal.state["settling"]:
            return result


async def _upload(exchange, show, total):
    from pos.link import upload  # a name in the function above would keep it beyond the scope

    return await upload.upload(exchange, show, total)


async def _compare(exchange):
    state = exchange.journal.state

    def request(trace):
        return messages.compare(
            exchange.identity, trace, state["batch"], totals.sides(state["totals"]), exchange.operator
        )

    answer, result = await ask_again(exchange, request, ("00", "95"))
    if answer is None:
        return result
    try:
        judged = messages.read_compare(answer)
    except ValueError:
        return outcome("failed", None, answer[39], "garbage")
    note(exchange.journal, END if judged == settling.EQUAL else UPLOAD, judged, 0)
    return outcome("approved")


async def ask_again(exchange, request, accepted=("00",)):
    """(answer's fields, outcome) when its code is one of these, else (None, outcome). request(trace): its fields."""
    answer, result = await _once(exchange, request)
    for _ in range(_TRIES - 1):
        if not await _again(exchange, result):
            break
        answer, result = await _once(exchange, request)
    if answer is None:
        _take_back(exchange.journal, result)
        return None, result
    if answer[39] in accepted:
        return answer, outcome("approved", None, answer[39])
    return None, await _refused(exchange, answer[39], result)


async def _once(exchange, request):
    # The number is not raised by this, but by a sign-on in between.
    return await ask_host(exchange, request(exchange.journal.highest_trace()), raise_trace=False)


async def _again(exchange, result):
    """Whether to send it once more: the answer was lost, or could not be verified before a new sign-on."""
    if result["code"] != _WRONG_MAC and not exchange.wrong_mac:
        return result["result"] == "failed"
    exchange.wrong_mac = False
    await follow(exchange, _WRONG_MAC)
    # Another batch than this and the next: it is no longer the host's, and no longer being settled.
    return exchange.signed_on and exchange.journal.state["settling"] is not None


def _take_back(journal, result):
    """The host was not reached, and has never compared: nothing has begun, and selling may go on."""
    begun = journal.state["settling"]
    if begun and not begun["result"] and result["result"] == "not_sent":
        note(journal, "", 0, 0)


async def _refused(exchange, code, result):
    """What a declined settlement leaves behind: nothing as long as the host has not compared; then it stays begun,
    unless the host says that this batch is over. Returns the outcome."""
    journal = exchange.journal
    begun = journal.state["settling"]
    if not begun:
        return result
    stage, judged = begun["stage"], begun["result"]
    if not judged:
        note(journal, "", 0, 0)
    elif code == _DIFFERENT and stage == END and judged == settling.EQUAL:
        note(journal, UPLOAD, settling.DIFFERENT, 0)  # something has reached the host since it compared
        result = outcome("approved", None, code)
    elif code == _WRONG_BATCH:
        from pos.link import closing

        closing.close(exchange, {})
        result = outcome("approved", None, code)
    elif code not in settling.LATER and stage != COMPARE:
        note(journal, COMPARE, judged, 0)  # all of it again: comparing moves nothing
    if code != _WRONG_MAC:
        await follow(exchange, code)
    return result


def note(journal, stage, result, uploaded):
    """Durable: how far it has come. What appends goes at once: the next message needs the room."""
    with loading.Scope():
        journal.append({"kind": "settling", "stage": stage, "result": result, "uploaded": uploaded})
