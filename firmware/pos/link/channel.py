"""One session with the host: opened when needed, kept open, framed by length, closed after anything unexpected."""

import asyncio

from micropython import const

from pos.link.errors import LinkError

# Connecting with the TLS handshake: two seconds on an ESP32, more over a bad network.
OPEN_TIMEOUT_MS = const(20000)
# Frames that answer something else are passed over, up to this many a request.
FRAMES_DROPPED_MAX = const(16)

_FAILURES = (OSError, ValueError, EOFError, asyncio.TimeoutError)


class Channel:
    """open_stream: async callable -> (reader, writer) of asyncio; clock: ticks_ms(), elapsed_ms(start_ms).

    network_up: callable; while it says no, a session gets no request: what is written then waits unseen.
    """

    def __init__(self, open_stream, clock, network_up=None):
        self._open_stream = open_stream
        self._clock = clock
        self._network_up = network_up
        self._reader = None
        self._writer = None
        self._begun = False
        self.unreached = ""  # why the last session could not be opened, a kind of LinkError; "" when it was

    async def begin(self, frame):
        """Makes sure that there is a session which can carry the frame. Raises LinkError; then nothing has left.

        MicroPython connects and shakes hands with the first write only, so a new session is proved with the first
        byte of the frame: the host can do nothing with that.
        """
        if self._begun or self._stale():
            self.close()
        if self._writer:
            return
        proved = False
        try:
            self._reader, self._writer = await asyncio.wait_for_ms(self._open_stream(), OPEN_TIMEOUT_MS)
            self._begun = True
            await asyncio.wait_for_ms(_write(self._writer, frame[:1]), OPEN_TIMEOUT_MS)
            proved = True
            self.unreached = ""
        except _FAILURES as error:
            self.unreached = _kind_of(error, True)
            raise LinkError(self.unreached)
        finally:
            if not proved:
                self.close()

    async def request(self, frame, timeout_ms, accept):
        """Sends the frame (after begin) and returns what accept(body) makes of the answer.

        accept: callable, gets what follows the length of a frame, returns None for what is no answer to this request;
        waiting then goes on, until timeout_ms after sending. Raises LinkError, and the session is closed.
        """
        if not self._writer:
            raise LinkError("closed")
        answered = False
        try:
            rest = frame[1:] if self._begun else frame
            self._begun = False
            start_ms = self._clock.ticks_ms()
            await asyncio.wait_for_ms(_write(self._writer, rest), timeout_ms)
            for _ in range(FRAMES_DROPPED_MAX):
                left_ms = timeout_ms - self._clock.elapsed_ms(start_ms)
                if left_ms <= 0:
                    raise LinkError("timeout", True)
                answer = accept(await asyncio.wait_for_ms(_read(self._reader), left_ms))
                if answer is not None:
                    answered = True
                    return answer
            raise LinkError("garbage", True)
        except _FAILURES as error:
            raise LinkError(_kind_of(error, False), True)
        finally:
            if not answered:
                self.close()

    def close(self):
        """Ends the session; nothing happens when there is none."""
        writer, self._reader, self._writer, self._begun = self._writer, None, None, False
        if writer:
            try:
                writer.close()
                if hasattr(writer, "s"):
                    writer.s.close()  # MicroPython's close() does nothing
            except _FAILURES:
                pass  # it is gone already

    def _stale(self):
        """Whether the idle session has ended, or something lies in it that nobody asked for."""
        reader = self._reader
        if reader is None:
            return False
        if self._network_up and not self._network_up():
            return True
        if hasattr(reader, "s"):
            import select

            poller = select.poll()
            poller.register(reader.s, select.POLLIN)
            return bool(poller.poll(0))
        return reader.at_eof() or reader.exception() is not None


async def _write(writer, data):
    writer.write(data)
    await writer.drain()


async def _read(reader):
    from pos.iso8583 import frame

    try:
        size = frame.body_bytes(await reader.readexactly(frame.LENGTH_BYTES))
    except frame.FieldError:
        raise LinkError("garbage", True)
    return await reader.readexactly(size)


def _kind_of(error, opening):
    from pos.link.causes import kind_of  # tables of words that a good day does without

    return kind_of(error, opening)
