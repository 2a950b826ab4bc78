"""The JSON API of the front panel: one function a path."""

import asyncio
import io
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tools.sim.chips.paper import PAPER_MARGIN
from tools.sim.panel import checks, limits
from tools.sim.panel.checks import BadRequest

FAULTS = {
    "wifi": ("up", "down"),
    "host": ("up", "down"),
    "response": ("pass", "drop", "delay"),
    "paper": ("ok", "out"),
    "cover": ("closed", "open"),
}
POWER = ("off", "on", "cycle")
SCALE_MOST = 8


def routes() -> list:
    """Every path of the API. Handlers find the bench (see server.Bench) in `request.app.state.bench`."""
    return [
        Route("/api/screen", screen),
        Route("/api/screen.png", screen_png),
        Route("/api/press", press, methods=["POST"]),
        Route("/api/key", key, methods=["POST"]),
        Route("/api/wait", wait),
        Route("/api/paper", paper),
        Route("/api/paper", tear_off, methods=["DELETE"]),
        Route("/api/paper/{name}.png", paper_png),
        Route("/api/card", card, methods=["POST"]),
        Route("/api/scan", scan, methods=["POST"]),
        Route("/api/faults", faults),
        Route("/api/faults", set_faults, methods=["POST"]),
        Route("/api/power", power, methods=["POST"]),
        Route("/api/state", state),
        Route("/api/events", events),
    ]


async def screen(request: Request):
    """What the simulated display shows."""
    return JSONResponse(_station(request).screen())


async def screen_png(request: Request):
    """The display, one pixel of the picture for each dot, or `scale` times as large."""
    return _png(_station(request).screen_image(_small_number(request, "scale", 1, 1, SCALE_MOST)))


async def press(request: Request):
    """Presses keys one after the other; answers with the settled screen."""
    station = _station(request)
    body = checks.read_object(await _body(request), ("keys", "hold_ms"), ("keys",))
    keys = checks.keys(body["keys"], station.legend)
    hold_ms = checks.whole_number(
        body.get("hold_ms", limits.HOLD_MS), "hold_ms", limits.HOLD_MS_LEAST, limits.HOLD_MS_MOST
    )
    await _bench(request).finger.press(keys, hold_ms)
    return JSONResponse(station.screen())


async def key(request: Request):
    """One key goes down and stays down, or up: what a finger on the page does."""
    body = checks.read_object(await _body(request), ("key", "state"), ("key", "state"))
    label = checks.key(body["key"], _station(request).legend)
    finger = _bench(request).finger
    if checks.choice(body["state"], "state", ("down", "up")) == "down":
        await finger.down(label)
    else:
        await finger.up(label)
    return JSONResponse({"key": label, "state": body["state"]})


async def wait(request: Request):
    """The screen, as soon as one row contains the text; 408 with the screen when time is up."""
    bench = _bench(request)
    query = request.query_params
    for name in query:
        if name not in ("text", "timeout_s"):
            raise BadRequest(422, f"'{name}' is not known here", ["text", "timeout_s"])
    text = checks.text(query.get("text"), "text", limits.TEXT_MOST)
    timeout_s = checks.seconds(query.get("timeout_s", str(limits.WAIT_S)), "timeout_s", limits.WAIT_S_MOST)
    come = await bench.watch.until(
        lambda: any(text in row for row in bench.station.screen()["rows"]) or bench.closing, timeout_s
    )
    return JSONResponse(bench.station.screen(), 200 if come and not bench.closing else 408)


async def paper(request: Request):
    """The slips that hang out of the printer, oldest first, and what is being printed."""
    return JSONResponse(_station(request).paper())


async def paper_png(request: Request):
    """One slip as a picture: its number counted from 0, or `current` for what is being printed.

    `margin`: dots of bare paper on either side; the print head does not reach the edges of the roll.
    """
    station = _station(request)
    name = request.path_params["name"]
    count = station.slip_count()
    margin = _small_number(request, "margin", 0, 0, PAPER_MARGIN)
    if name == "current":
        image = station.current_image(margin)
        if image is None:
            raise BadRequest(404, "nothing is being printed")
        return _png(image)
    if not (name.isascii() and name.isdigit() and len(name) <= 6 and int(name) < count):
        there = f"there are slips 0 to {count - 1}" if count else "there is no slip"
        raise BadRequest(404, f"no slip {name[:20]}: {there}")
    return _png(station.slip_image(int(name), margin))


async def tear_off(request: Request):
    """Tears the paper off and takes it away."""
    bench = _bench(request)
    bench.station.tear_off()
    bench.watch.wake()
    return JSONResponse(bench.station.paper())


async def card(request: Request):
    """Holds a card to the reader; answers when it was taken away again, with the settled screen."""
    bench = _bench(request)
    body = checks.read_object(await _body(request), ("number", "hold_ms"), ("number",))
    number = checks.digits(body["number"], "number", limits.CARD_DIGITS_MOST)
    hold_ms = checks.whole_number(
        body.get("hold_ms", limits.CARD_MS), "hold_ms", limits.HOLD_MS_LEAST, limits.CARD_MS_MOST
    )
    await bench.hold_card(number, hold_ms)
    return JSONResponse(bench.station.screen())


async def scan(request: Request):
    """Holds a code before the scanner; answers when it was taken away again, with the settled screen."""
    bench = _bench(request)
    body = checks.read_object(await _body(request), ("code", "hold_ms"), ("code",))
    code = checks.printable(body["code"], "code", limits.SCAN_MOST)
    hold_ms = checks.whole_number(
        body.get("hold_ms", limits.SCAN_MS), "hold_ms", limits.HOLD_MS_LEAST, limits.SCAN_MS_MOST
    )
    if not bench.station.has_scanner:
        raise BadRequest(501, f"{bench.station.board_name} has no scanner")
    await bench.hold_code(code, hold_ms)
    return JSONResponse(bench.station.screen())


async def faults(request: Request):
    """The position of every fault switch."""
    return JSONResponse(_station(request).faults())


async def set_faults(request: Request):
    """Moves any of the fault switches; answers with all of them. A wrong value moves none."""
    bench = _bench(request)
    body = checks.read_object(await _body(request), (*FAULTS, "delay_ms", "battery_pct"))
    for name, value in body.items():
        if name in FAULTS:
            checks.choice(value, name, FAULTS[name])
        elif name == "delay_ms":
            checks.whole_number(value, name, 0, limits.DELAY_MS_MOST)
        else:
            checks.whole_number(value, name, 0, 100)
    bench.station.set_faults(body)
    bench.watch.wake()
    return JSONResponse(bench.station.faults())


async def power(request: Request):
    """Cuts the power, gives it back, or both."""
    bench = _bench(request)
    body = checks.read_object(await _body(request), ("state",), ("state",))
    wanted = checks.choice(body["state"], "state", POWER)
    await bench.switch_power(wanted)
    return JSONResponse(bench.station.state())


async def state(request: Request):
    """Firmware version, board, runtime, heap in use, pty of the REPL."""
    return JSONResponse(_station(request).state())


async def events(request: Request):
    """Server-sent events: the whole at first, then whatever changes, at once."""
    bench = _bench(request)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_changes(bench, request), media_type="text/event-stream", headers=headers)


async def _changes(bench, request):
    sent = {}
    quiet_s = 0.0
    while not bench.closing:
        for name, value in bench.station.snapshot().items():
            if sent.get(name) != value:
                sent[name] = value
                quiet_s = 0.0
                yield f"event: {name}\ndata: {json.dumps(value)}\n\n"
        if quiet_s >= limits.KEEPALIVE_S:
            quiet_s = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(limits.SNAPSHOT_GAP_MS / 1000)
        if not await bench.watch.change(1.0):
            quiet_s += 1.0


def _bench(request):
    return request.app.state.bench


def _station(request):
    return request.app.state.bench.station


async def _body(request) -> bytes:
    """The body, refused before it is read whole when it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limits.BODY_BYTES_MOST:
            raise BadRequest(413, f"the body is longer than {limits.BODY_BYTES_MOST} bytes")
    return body


def _small_number(request, name, default, low, high):
    """A whole number from the query."""
    text = request.query_params.get(name, str(default))
    return checks.whole_number(int(text) if text.isdecimal() and len(text) <= 3 else None, name, low, high)


def _png(image):
    data = io.BytesIO()
    image.save(data, "PNG")
    return Response(data.getvalue(), media_type="image/png")
