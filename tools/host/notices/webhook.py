"""The webhook: tells a merchant's own system of each notice, signed, again after a while when it does not answer.

POST to the merchant's address, JSON {"id", "kind", "merchant", "at", "data"}. X-Pos-Signature is "sha256=" and the
HMAC-SHA256, under the merchant's webhook key, of X-Pos-Timestamp (seconds since 1970), a full stop and the body. Any
answer from 200 to 299 is taken as received. A notice may come twice when an answer is lost: its id tells.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime

from tools.host.clock import epoch_ms
from tools.host.notices import store

POLL_S = 2
ANSWER_TIMEOUT_S = 10

log = logging.getLogger("host.webhook")


def body(notice):
    """Row of store.due -> bytes."""
    at = datetime.fromtimestamp(notice["at_ms"] / 1000, UTC).isoformat(timespec="milliseconds")
    content = {"id": notice["id"], "kind": notice["kind"], "merchant": notice["merchant"], "at": at}
    return json.dumps(content | {"data": json.loads(notice["data"])}, ensure_ascii=False).encode("utf-8")


def headers(data, key, now_s):
    """What a request carries beside its body; `key` is the merchant's (bytes)."""
    return {
        "content-type": "application/json; charset=utf-8",
        "x-pos-timestamp": str(now_s),
        "x-pos-signature": "sha256=" + sign(data, key, now_s),
    }


def sign(data, key, now_s):
    """Hex digits that only who has the key can make."""
    return hmac.digest(key, b"%d." % now_s + data, hashlib.sha256).hex()


class Courier:
    """Delivers what waits until `stop` is set; blocks neither the event loop nor the switch."""

    def __init__(self, database, keystore, clock, poll_s=POLL_S):
        self._database = database
        self._keystore = keystore
        self._clock = clock
        self._poll_s = poll_s
        self._client = None

    async def run(self, stop):
        """A round at once, then one every POLL_S seconds. What fails is logged and tried again."""
        try:
            while not stop.is_set():
                try:
                    await self.round()
                except Exception:
                    log.exception("round failed")
                await _passed(stop, self._poll_s)
        finally:
            if self._client:
                await self._client.aclose()

    async def round(self):
        """Tries everything that is due, once, side by side: a dead address holds up nobody else's."""
        now_ms = epoch_ms(self._clock.now())
        waiting = await asyncio.to_thread(store.due, self._database.engine, now_ms)
        if waiting:
            waiting = await asyncio.to_thread(self._claim, waiting, now_ms)
        if not waiting:
            return
        taken = await asyncio.gather(*[self._post(notice) for notice in waiting])
        await asyncio.to_thread(self._note, list(zip(waiting, taken, strict=True)))

    async def _post(self, notice):
        if not notice["url"] or not notice["key"]:
            return False
        try:
            # The client's own limit is of each read and write: a byte now and then would be waited for for ever.
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await self._taken(notice)
        except TimeoutError:
            log.warning("notice %d not delivered: no whole answer in %d s", notice["id"], ANSWER_TIMEOUT_S)
        except Exception:
            # An address can fail in ways that are not the client's own errors, and one that escaped from here would
            # undo the whole round: what the others took would be sent to them again in the next, without an end.
            log.exception("notice %d not delivered", notice["id"])
        return False

    async def _taken(self, notice):
        import httpx  # here, since most hosts have no webhook set and need not load it

        if self._client is None:
            # No proxy of the environment, no redirect: the address that was set, or nothing.
            self._client = httpx.AsyncClient(timeout=ANSWER_TIMEOUT_S, follow_redirects=False, trust_env=False)
        data = body(notice)
        key = self._keystore.webhook_key(notice["key"])
        signed = headers(data, key, int(self._clock.now().timestamp()))
        try:
            async with self._client.stream("POST", notice["url"], content=data, headers=signed) as answer:
                return answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("notice %d not delivered: %s", notice["id"], type(error).__name__)
            return False

    def _claim(self, found, now_ms):
        return self._database.run(lambda unit: store.claim(unit, found, now_ms))

    def _note(self, results):
        now_ms = epoch_ms(self._clock.now())

        def work(unit):
            for notice, taken in results:
                if taken:
                    store.delivered(unit, notice)
                else:
                    store.not_delivered(unit, notice, now_ms)

        self._database.run(work)


async def _passed(stop, seconds):
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
