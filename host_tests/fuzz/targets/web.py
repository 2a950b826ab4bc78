"""What comes over HTTP: the front panel's API, the merchant platform and the wallet's pages, asked without sockets.

An input is pieces, each with two bytes of length, one request after the other: a byte of flags, then a line with method
and address, and the body after it.
"""

import asyncio
import base64
import json
import re
import urllib.parse
from contextlib import contextmanager

import dual

from fuzz import mutators
from fuzz.bank import CARD, Bank
from fuzz.property import need

PIECES_MAX = 4
APP_INPUTS = 50
METHODS = ("GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS")
ANSWER_BYTES_MAX = 400_000
_NUMBER = re.compile(r"(?<![0-9])62000000000000[0-9]{2}(?![0-9])")


class Answered:
    """What an application has sent."""

    def __init__(self):
        self.status, self.headers, self.body, self.streams = None, {}, b"", False

    def take(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.lower().decode(): value.decode("latin-1") for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            need(len(self.body) <= ANSWER_BYTES_MAX, "an answer is of a bounded size")


def parsed(piece):
    """(flags, method, address, body) of a piece, as a client could send it."""
    line, _, body = piece[1:].partition(b"\n")
    method, _, address = line.partition(b" ")
    name = method.decode("latin-1")
    if name not in METHODS:
        name, address = "GET", line
    return piece[0], name, b"/" + address.lstrip(b"/"), body


async def ask(app, method, address, headers, body, client="127.0.0.1"):
    """One request as uvicorn would hand it over; what was answered."""
    path, _, query = address.partition(b"?")
    # A request line holds no blank, no control character and no byte above ASCII.
    path = urllib.parse.quote_from_bytes(path, safe="/%:@!$&'()*+,;=-._~").encode()
    query = urllib.parse.quote_from_bytes(query, safe="/%:@!$&'()*+,;=-._~?").encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": urllib.parse.unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": (client, 50000),
        "server": ("127.0.0.1", 8080),
        "state": {},
    }
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    answered = Answered()

    async def receive():
        if waiting:
            return waiting.pop()
        await asyncio.sleep(0.2)  # who asks for events has gone by then
        return {"type": "http.disconnect"}

    async def send(message):
        answered.take(message)

    await app(scope, receive, send)
    return answered


def checked(answered, statuses):
    need(answered.status in statuses, f"a status is one of those that are declared, not {answered.status}")
    if answered.headers.get("content-type", "").startswith("application/json") and answered.body:
        told = json.loads(answered.body)
        need(answered.status < 400 or answered.status == 408 or "error" in told, "what is refused says why")


def change_json(body, size_max, chance):
    from fuzz.targets.flash import changed

    try:
        return json.dumps(changed(json.loads(body), chance)).encode()
    except (ValueError, RecursionError):
        return mutators.plain(body, size_max, chance)


def change_request(piece, size_max, chance):
    """Another method, address, query, or body; the pieces of an address are changed one at a time."""
    line, newline, body = piece[1:].partition(b"\n")
    flags = piece[:1] or b"\0"
    what = chance.randrange(7)
    if what == 0:
        flags = bytes((chance.randrange(32),))
    elif what == 1:
        address = line.partition(b" ")[2]
        line = chance.choice(METHODS).encode() + b" " + address
    elif what == 2 and b"=" in line:
        names = line.split(b"=")
        at = chance.randrange(1, len(names))
        value, mark, rest = names[at].partition(b"&")
        names[at] = mutators.plain(value, 80, chance) + mark + rest
        line = b"=".join(names)
    elif what == 3:
        parts = line.split(b"/")
        at = chance.randrange(len(parts))
        parts[at] = mutators.plain(parts[at], 60, chance)
        line = b"/".join(parts)
    elif body[:1] in b"{[" and what < 6:
        body = change_json(body, size_max, chance)
    else:
        body = mutators.plain(body, size_max, chance)
    return flags + line + (newline or b"\n") + body


class Panel:
    """The front panel: an answer of a declared status, JSON that says why, in bounded time; never a failure.

    Flags: 1 from another site, 2 for another host's name."""

    BYTES_MAX = 1500
    PLAIN_SHARE = 0.4
    STATUSES = frozenset({200, 304, 307, 400, 403, 404, 405, 408, 413, 422, 501})
    TOKENS = (
        b"/api/press",
        b"/api/scan",
        b"/api/paper/0.png",
        b"/api/faults",
        b'"keys":',
        b'"hold_ms":',
        b"scale=",
        b"UP",
    )
    WAIT_S_MAX = 450  # 64 keys of 5 s each, and a slip that is printed before them

    def __init__(self):
        from sim.panel.bench import Air
        from sim.panel.bench import Panel as Served

        self.Air, self.Served = Air, Served
        from tools.sim.circuit import Circuit, load_board
        from tools.sim.panel import limits, server
        from tools.sim.panel.station import Station

        self.server, self.Station, self.Circuit = server, Station, Circuit
        self.board = load_board("esp32_devkitc")
        self.limits = limits

    def run(self, data):
        pieces = [piece for piece in mutators.frames(data)[:PIECES_MAX] if len(piece) > 1]
        real_ms = self.limits.POLL_MS
        # On a virtual clock each look costs as much as on a real one, and hardly anything changes.
        self.limits.POLL_MS = 500
        try:
            dual.run(self.asked(pieces))
        finally:
            self.limits.POLL_MS = real_ms

    async def asked(self, pieces):
        station = self.Station(self.Circuit(self.board, instant=True), air=self.Air())
        app = self.server.make_app(station)
        watching = asyncio.create_task(app.state.bench.watch.run())
        for piece in pieces:
            begin = asyncio.get_running_loop().time()
            flags, method, address, body = parsed(piece)
            headers = [(b"host", b"evil.example" if flags & 2 else b"127.0.0.1:8080")]
            if flags & 1:
                headers.append((b"origin", b"http://evil.example"))
            answered = await ask(app, method, address, headers, body)
            checked(answered, self.STATUSES)
            need(not flags & 3 or answered.status == 403, "pages of other sites are refused")
            need("content-security-policy" in answered.headers or flags & 3, "an answer has its headers")
            # Files of the page are read in a thread, for which a virtual clock does not wait.
            in_time = asyncio.get_running_loop().time() - begin < self.WAIT_S_MAX
            need(in_time or not address.startswith(b"/api/"), "an answer comes in time")
        need(not watching.done(), "the watch goes on")
        app.state.bench.close()
        watching.cancel()

    def mutate(self, data, size_max, chance):
        return mutators.row(data, size_max, chance, change_request, PIECES_MAX)

    def seeds(self):
        for name, text in (
            ("screen", "GET /api/screen"),
            ("picture", "GET /api/screen.png?scale=2"),
            ("press", 'POST /api/press\n{"keys": ["1", "OK"], "hold_ms": 60}'),
            ("key", 'POST /api/key\n{"key": "1", "state": "down"}'),
            ("wait", "GET /api/wait?text=PIN&timeout_s=1.5"),
            ("paper", "GET /api/paper"),
            ("slip", "GET /api/paper/0.png?margin=4"),
            ("current", "GET /api/paper/current.png"),
            ("tear", "DELETE /api/paper"),
            ("card", 'POST /api/card\n{"number": "6200000000000013", "hold_ms": 100}'),
            ("scan", 'POST /api/scan\n{"code": "9162345678901237", "hold_ms": 100}'),
            ("faults", 'POST /api/faults\n{"paper": "out", "delay_ms": 100, "battery_pct": 50}'),
            ("power", 'POST /api/power\n{"state": "cycle"}'),
            ("state", "GET /api/state"),
            ("events", "GET /api/events"),
            ("page", "GET /"),
            ("nothing", "GET /no-such-thing"),
        ):
            yield name, mutators.together([b"\0" + text.encode()])
        yield "foreign", mutators.together([b"\1GET /api/screen", b"\2GET /api/screen"])


@contextmanager
def cheap_passwords():
    """A log-in is to be tried often here, not to be dear."""
    from tools.host.security import passwords

    real = passwords.COST_N
    passwords.COST_N = 16
    passwords.nobody.cache_clear()
    try:
        yield
    finally:
        passwords.COST_N = real
        passwords.nobody.cache_clear()


class Platform:
    """Pages, forms and API of the merchant platform and the wallet: an answer of a declared status that shows no
    account number whole which the client did not name; money moves by a confirmed payment only.

    Flags: 1 logged in, 2 the form has the session's token, 4 a session that nobody signed, 8 with a password, 16 the
    language of the browser is Chinese."""

    BYTES_MAX = 1800
    PLAIN_SHARE = 0.4
    STATUSES = frozenset({200, 206, 303, 304, 307, 400, 401, 403, 404, 405, 409, 413, 416, 429})
    TOKENS = (
        b"/api/transactions",
        b"/wallet/",
        b"/pay",
        b"state=approved",
        b"from=2026-11-22",
        b"limit=",
        b"confirmed=yes",
    )

    def __init__(self):
        import warnings

        from fuzz.targets.hosts import trade
        from tools.host.console import app, auth, queries
        from tools.host.wallet import links

        with cheap_passwords():
            self.bank = Bank(trade)
        host = self.bank.host
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.make_app = lambda: app.make_app(host.database, bytes(32), host.clock)
        self.app = self.make_app()
        self.loop = asyncio.new_event_loop()
        self.token = self.link(links)
        self.session = self.cookie({"user": "owner", "mark": self.mark(queries, auth), "csrf": "token"})
        self.stranger = self.cookie({"csrf": "token"})
        self.Gate = auth.Gate
        self.count = 0

    def link(self, links):
        """A wallet's secret link, made anew for the state in which every input begins."""
        bank = self.bank
        from fuzz.bank import fixed_chance
        from tools.host.ledger import book

        with fixed_chance(), bank.host.database.transaction() as unit:
            token = links.make(unit, book.find_account(unit, CARD)["id"], 0)
        bank.file.backup(bank.pristine)
        bank.version = bank._version()
        return token.encode()

    def mark(self, queries, auth):
        return auth.password_mark(queries.user(self.bank.host.database.engine, "owner"))

    def cookie(self, session):
        """As the session's middleware signs it."""
        import itsdangerous

        data = base64.b64encode(json.dumps(session).encode())
        return itsdangerous.TimestampSigner(bytes(32).hex()).sign(data)

    def run(self, data):
        pieces = [piece for piece in mutators.frames(data)[:PIECES_MAX] if len(piece) > 1]
        if not pieces:
            return
        bank = self.bank
        # Who guessed wrong in one input is not to wait in the next. Templates are dear to make anew each time.
        self.count += 1
        if self.count % APP_INPUTS == 0:
            self.app = self.make_app()
        self.app.state.gate = self.Gate(bank.host.database.engine)
        with bank.input(), cheap_passwords():
            before, paid = bank.ledger(), False
            for piece in pieces:
                paid = self.one(piece) or paid
            if not paid:
                need(bank.ledger() == before, "no money moves but by a payment")
            bank.hears_no_secret()

    def one(self, piece):
        """Asks; whether it was a payment that was confirmed."""
        flags, method, address, body = parsed(piece)
        address = address.replace(b"TOKEN", self.token)
        if flags & 2:
            body += b"&csrf=token"
        headers = [(b"host", b"127.0.0.1:8000"), (b"content-length", b"%d" % len(body))]
        headers.append((b"content-type", b"application/x-www-form-urlencoded"))
        cookie = self.session if flags & 1 else self.stranger
        if flags & 4:
            cookie = cookie[:-4] + b"AAAA"
        headers.append((b"cookie", b"pos_session=" + cookie))
        if flags & 8:
            headers.append((b"authorization", b"Basic " + base64.b64encode(body[:60])))
        if flags & 16:
            headers.append((b"accept-language", b"zh-CN,zh;q=0.9"))
        answered = self.loop.run_until_complete(ask(self.app, method, address, headers, body, f"client {self.count}"))
        checked(answered, self.STATUSES)
        self.check_shown(answered, piece)
        if flags & 4 or not flags & 1:
            inside = address.startswith((b"/api/", b"/transactions", b"/accounts", b"/settlements", b"/services"))
            open_to_all = address.startswith(b"/api/health")
            let_in = answered.status == 200 and inside and not open_to_all and not flags & 8
            need(not let_in, "nobody is let in without a log-in")
        return b"confirmed" in body and method == "POST" and answered.status == 200

    def check_shown(self, answered, piece):
        kind = answered.headers.get("content-type", "")
        if "text" not in kind and "json" not in kind:
            return
        text = answered.body.decode("utf-8", "replace")
        asked = urllib.parse.unquote_to_bytes(piece).decode("latin-1")
        shown = [number for number in _NUMBER.findall(text) if number not in asked]
        need(not shown, "a page shows no account number that was not asked for")
        need("Traceback" not in text or "Traceback" in asked, "a page shows nothing of the program")

    def mutate(self, data, size_max, chance):
        return mutators.row(data, size_max, chance, change_request, PIECES_MAX)

    def seeds(self):
        from pos.qr import payload

        tx = {"amount_minor": 1234, "batch": 1, "trace": 900, "date": "20261122", "order": "42"}
        code = payload.merchant_code(tx, {"merchant": "100000000000001", "terminal": "10000001"}, b"DEMO").decode()
        text = urllib.parse.urlencode({"text": code})
        for flags, name, request in (
            *((1, name or "overview", f"GET /{name}") for name in ("", "settlements", "events", "services")),
            (1, "list", "GET /transactions?type=sale&state=approved&terminal=10000001&batch=1&voucher=2"),
            (17, "days", "GET /transactions?from=2026-11-22&until=2026-11-23&order=42&reference=632612000001"),
            (1, "one", "GET /transactions/1"),
            (1, "settlement", "GET /settlements/1"),
            (1, "account", "GET /accounts/2"),
            (1, "api-list", "GET /api/transactions?limit=5&state=voided&before=9"),
            (1, "api-one", "GET /api/transactions/1"),
            (1, "api-account", f"GET /api/accounts/{CARD}"),
            (1, "api-holds", f"GET /api/accounts/{CARD}/holds"),
            *((1, f"api-{name}", f"GET /api/{name}?limit=3") for name in ("settlements", "alerts", "notices", "fees")),
            (0, "health", "GET /api/health"),
            (8, "basic", "GET /api/services\nservice:demo"),
            (2, "log-in", "POST /login\nname=owner&password=demo"),
            (0, "stale", "POST /login\nname=owner&password=demo&csrf=x"),
            (3, "log-out", "POST /logout\n"),
            (1, "language", "GET /language/zh"),
            (16, "wallet", "GET /wallet/TOKEN?language=zh"),
            (0, "pay-form", "GET /wallet/TOKEN/pay"),
            (2, "pay-ask", f"POST /wallet/TOKEN/pay\n{text}"),
            (2, "pay", f"POST /wallet/TOKEN/pay\n{text}&confirmed=yes"),
            (0, "no-wallet", "GET /wallet/xyz"),
            (0, "static", "GET /static/console.css"),
            (4, "forged", "GET /api/alerts"),
        ):
            yield name, mutators.together([bytes((flags,)) + request.encode()])
