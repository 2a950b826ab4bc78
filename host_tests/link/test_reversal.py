"""No answer, a wrong one, a late one, flash that fails: the reversal, and what the operator is told."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
import power_cut
from bench import with_bench
from dual import clock


def test_faults_of_a_sale():
    """No answer of any kind: the reversal goes out at once, and the customer is not charged."""
    for fault, cause, reason in (
        (model.LOST, "timeout", "98"),
        (model.SILENT, "timeout", "98"),
        (model.LATE, "timeout", "98"),
        (model.GARBAGE, "garbage", "98"),
        (model.NOISE, "garbage", "98"),
        (model.TRUNCATED, "closed", "98"),
        (model.CLOSED, "closed", "98"),
        (model.CLOSED_EARLY, "closed", "98"),
        (model.OTHER_TRACE, "timeout", "98"),
        (model.WRONG_MAC, "mac", "A0"),
    ):

        async def scenario(bench, fault=fault, cause=cause, reason=reason):
            await bench.sign_on()
            bench.host.script = [fault]
            result = await bench.sell(1000)
            assert (result["result"], result["cause"], result["tx"]["state"]) == ("reversed", cause, "reversed"), fault
            assert [request[39] for request in bench.requests("0400")] == [reason], fault
            assert bench.state["pending"] is None
            bench.sums_agree()
            assert bench.charged_minor == 0
            trace = bench.state["trace"]
            result = await bench.sell(1000)
            assert result["result"] == "approved", fault
            assert result["tx"]["trace"] == trace + 1
            await asyncio.sleep_ms(2 * model.LATE_MS)
            assert (await bench.sell(77))["tx"]["amount_minor"] == 77
            bench.sums_agree()
            assert bench.charged_minor == 1077, fault

        with_bench(scenario)


def test_what_can_be_no_answer_is_not_waited_out():
    """Garbage, or a seal that is wrong or missing: nothing better follows here, and the customer stands there."""
    for fault in (model.GARBAGE, model.NOISE, model.WRONG_MAC, model.NO_KEY):

        async def scenario(bench, fault=fault):
            await bench.sign_on()
            bench.host.script = [fault]
            start_ms = clock.ticks_ms()
            assert (await bench.sell(1000))["result"] == "reversed", fault
            assert clock.elapsed_ms(start_ms) < 5000, fault
            bench.sums_agree()

        with_bench(scenario)


def test_answers_to_something_else_are_passed_over():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.OTHER_THEN_OK]
        assert (await bench.sell())["result"] == "approved"
        assert bench.requests("0400") == []
        bench.sums_agree()

    with_bench(scenario)


def test_each_field_of_the_answer_must_be_the_requests():
    async def scenario(bench):
        await bench.sign_on()
        for number, wrong in ((3, "310000"), (4, "000000009999"), (11, "000042"), (41, "10000002"), (42, "9" * 15)):
            bench.host.changes = [(number, wrong)]
            result = await bench.sell(100)
            assert result["result"] == "reversed", number
        bench.host.changes = [(0, "0110")]
        assert (await bench.sell(100))["result"] == "reversed"
        bench.host.changes = [(39, None)]
        assert (await bench.sell(100))["result"] == "reversed"
        assert bench.charged_minor == 0
        bench.sums_agree()

    with_bench(scenario)


def test_a_late_answer_on_a_living_session_is_not_taken_for_the_next_request():
    async def scenario(bench):
        bench.parameters["answer_timeout_s"] = 5
        await bench.sign_on()
        bench.host.script = [model.LATE]
        assert (await bench.sell(1000))["result"] == "reversed"
        # The answer to the sale is put into the session that serves now.
        stray = bench.host.packed(bench.host.answers[("000007", "000002", "0200")][1])
        bench.channel._reader.data += stray
        result = await bench.sell(2000)
        assert result["result"] == "approved" and result["tx"]["amount_minor"] == 2000
        bench.sums_agree()
        assert bench.charged_minor == 2000

    with_bench(scenario)


def test_a_reversal_without_answer_stays_and_goes_out_before_anything_else():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.SILENT, model.LOST]
        result = await bench.sell(1000)
        assert (result["result"], result["cause"]) == ("pending", "timeout")
        assert bench.state["pending"]["trace"] == 2 and bench.state["attempts"] == 1
        assert bench.charged_minor == 1000
        result = await bench.sell(500)
        assert result["result"] == "approved"
        assert [request[0] for request in bench.host.requests][-2:] == ["0400", "0200"]
        assert bench.state["pending"] is None
        bench.sums_agree()
        assert bench.charged_minor == 500

    with_bench(scenario)


def test_a_pending_reversal_goes_out_at_start_and_signs_on_for_itself():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.SILENT, model.LOST]
        await bench.sell(1000)
        bench.restart()
        assert bench.state["pending"]["trace"] == 2
        assert await bench.exchange.resolve_pending()
        assert bench.charged_minor == 0 and bench.state["pending"] is None
        assert not bench.exchange.signed_on, "an operator has yet to sign on"
        assert [request[11] for request in bench.requests("0800")] == ["000001", "000003"], "2 is the pending one's"
        await bench.sign_on()
        assert (await bench.sell(500))["result"] == "approved"
        bench.sums_agree()

    with_bench(scenario)


def test_a_reversal_is_done_on_00_12_and_25():
    async def scenario(bench):
        await bench.sign_on()
        for code in ("00", "12", "25"):
            bench.host.script = [model.LOST]
            bench.host.codes = [code]
            assert (await bench.sell(1000))["result"] == "reversed", code
        for code in ("96", "30", "94", "ZZ"):
            bench.host.script = [model.LOST]
            bench.host.codes = [code]
            assert (await bench.sell(1000))["result"] == "pending", code
            assert await bench.exchange.resolve_pending()
        bench.sums_agree()

    with_bench(scenario)


def test_after_the_retry_limit_the_terminal_is_blocked_until_the_supervisors_try():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.SILENT] + [model.LOST] * 20
        assert (await bench.sell(1000))["result"] == "pending"
        assert (await bench.sell(500))["cause"] == "pending"
        assert not bench.exchange.blocked
        assert (await bench.sell(500))["cause"] == "blocked"
        assert bench.exchange.blocked
        assert len(bench.host.script) == 17, "three tries left the terminal"
        assert (await bench.sell(500))["cause"] == "blocked"
        assert (await bench.query())["cause"] == "blocked"
        assert not await bench.exchange.resolve_pending()
        assert len(bench.host.script) == 17, "nothing more is sent by itself"
        bench.restart()
        assert bench.exchange.blocked, "the count survives the power"
        bench.host.script = []
        await bench.sign_on()
        bench.host.script = [model.LOST]
        assert (await bench.sell(500))["cause"] == "blocked"
        assert not await bench.exchange.resolve_pending(forced=True)
        assert bench.state["attempts"] == 4
        bench.host.script = []
        assert await bench.exchange.resolve_pending(forced=True)
        assert not bench.exchange.blocked
        bench.sums_agree()
        assert (await bench.sell(500))["result"] == "approved"

    with_bench(scenario)


def test_tries_that_never_left_do_not_count():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.CLOSED]
        bench.host.unreachable_after = 1
        result = await bench.sell(1000)
        assert (result["result"], result["cause"]) == ("pending", "closed")
        for _ in range(5):
            assert (await bench.sell(500))["cause"] == "pending"
        assert bench.state["attempts"] == 0 and not bench.exchange.blocked
        bench.host.reachable = True
        assert (await bench.sell(500))["result"] == "approved"
        bench.sums_agree()

    with_bench(scenario)


def test_the_link_comes_back_while_the_customer_waits():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.CLOSED]
        bench.host.unreachable_after = 1

        async def mend():
            await asyncio.sleep_ms(3000)
            bench.host.reachable = True

        task = asyncio.create_task(mend())
        assert (await bench.sell(1000))["result"] == "reversed"
        await task
        bench.sums_agree()

    with_bench(scenario)


def test_another_key_at_the_host():
    """The host lost its key: its answers cannot be verified; a new sign-on brings key and reversal together again."""

    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.NO_KEY]
        result = await bench.sell(1000)
        assert result["result"] == "reversed"
        assert [request[39] for request in bench.requests("0400")] == ["A0"]
        assert bench.host.keys_made == 2
        bench.sums_agree()
        assert (await bench.sell(1000))["result"] == "approved"

    with_bench(scenario)


def test_a_reversal_answered_with_wrong_mac_signs_on_once_and_goes_again():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.LOST]
        bench.host.codes = ["A0"]
        assert (await bench.sell(1000))["result"] == "reversed"
        assert bench.host.keys_made == 2
        bench.host.script = [model.LOST]
        bench.host.codes = ["A0", "A0", "A0"]
        assert (await bench.sell(1000))["result"] == "pending", "no endless circle"
        assert bench.host.keys_made == 3

    with_bench(scenario)


def test_storage_that_fails_before_the_request_sends_nothing():
    async def scenario(bench):
        from pos.journal import files

        await bench.sign_on()

        def broken(*_arguments):
            raise OSError(28)

        real, files._put = files._put, broken
        try:
            result = await bench.sell()
        finally:
            files._put = real
        assert (result["result"], result["cause"]) == ("not_sent", "storage")
        assert bench.requests("0200") == []
        assert (await bench.sell())["result"] == "approved"
        bench.sums_agree()

    with_bench(scenario)


def test_storage_that_fails_under_the_answer_leaves_the_reversal():
    async def scenario(bench):
        from pos.journal import files

        await bench.sign_on()
        real = files._put

        def breaks_later(path, mode, data):
            if power_cut.says(data, b'"result"'):
                raise OSError(28)
            real(path, mode, data)

        files._put = breaks_later
        try:
            result = await bench.sell()
        finally:
            files._put = real
        assert (result["result"], result["cause"], result["tx"]["state"]) == ("pending", "storage", "sent")
        assert bench.charged_minor == 1234
        assert (await bench.sell(50))["result"] == "approved"
        bench.sums_agree()
        assert bench.charged_minor == 50

    with_bench(scenario)


def test_storage_that_failed_and_had_written_all_the_same():
    async def scenario(bench):
        from pos.journal import files

        await bench.sign_on()
        real = files._put

        def writes_and_fails(path, mode, data):
            real(path, mode, data)
            if power_cut.says(data, b'"result"'):
                raise OSError(5)

        files._put = writes_and_fails
        try:
            result = await bench.sell()
        finally:
            files._put = real
        assert result["result"] == "approved"
        bench.sums_agree()
        bench.restart()
        bench.sums_agree()

    with_bench(scenario)


def test_a_cancelled_wait_leaves_the_reversal():
    async def scenario(bench):
        await bench.sign_on()
        bench.host.script = [model.SILENT]
        task = asyncio.create_task(bench.sell(1000))
        await asyncio.sleep_ms(1000)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        assert bench.state["pending"]["trace"] == 2
        assert (await bench.sell(500))["result"] == "approved"
        bench.sums_agree()
        assert bench.charged_minor == 500

    with_bench(scenario)


def test_an_approval_that_storage_hid_for_a_while_is_not_reversed():
    """The result was written, the write failed all the same, and so did reading back: the flash has the last word."""

    async def scenario(bench):
        from pos.journal import files

        await bench.sign_on()
        put, first_line = files._put, files.first_line

        def unreadable(path):
            raise OSError(5)

        def writes_and_fails(path, mode, data):
            put(path, mode, data)
            if power_cut.says(data, b'"result"'):
                files.first_line = unreadable
                raise OSError(5)

        files._put = writes_and_fails
        try:
            result = await bench.sell()
        finally:
            files._put, files.first_line = put, first_line
        assert (result["result"], result["cause"]) == ("pending", "storage")
        await bench.exchange.resolve_pending()
        assert bench.requests("0400") == []
        assert bench.state["last"]["amount_minor"] == 1234 and bench.journal.unprinted()
        bench.sums_agree()
        assert (await bench.sell(50))["result"] == "approved"
        bench.sums_agree()

    with_bench(scenario)


def test_an_intent_that_storage_hid_for_a_while_keeps_its_number():
    """A query with the number of a sale that is to be reversed would make the host refuse the reversal for ever."""

    async def scenario(bench):
        from pos.journal import files

        await bench.sign_on()
        put = files._put

        def writes_and_fails(path, mode, data):
            put(path, mode, data)
            if power_cut.says(data, b'"intent"'):
                raise OSError(5)

        files._put = writes_and_fails
        try:
            result = await bench.sell()
        finally:
            files._put = put
        assert (result["result"], result["cause"]) == ("not_sent", "storage")
        await bench.query()
        await bench.query()
        assert [(r[0], r[11]) for r in bench.host.requests[1:]] == [("0400", "000002"), ("0200", "000003")]
        assert bench.state["pending"] is None and bench.state["doubt"] == []

    with_bench(scenario)
