"""The wallet's pages: /wallet/TOKEN shows balance and a code that changes, /wallet/TOKEN/pay pays a merchant's code."""

import io
import logging
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tools.host.clock import epoch_ms
from tools.host.console import csrf, forms
from tools.host.console.auth import Guesses
from tools.host.console.queries import local
from tools.host.console.texts import LANGUAGES, chosen
from tools.host.iso.message import masked
from tools.host.ledger import book, holds
from tools.host.ledger.statement import money
from tools.host.store.errors import DatabaseError, OutcomeUnknown
from tools.host.wallet import codes, emv, links, movements, pay
from tools.host.wallet.texts import TEXTS, declined

REFRESH_S = 30
LINK_GUESSES_MAX, PAY_TRIES_MAX = 10, 10  # wrong ones within auth.FAILURE_WINDOW_S, by address and by account

log = logging.getLogger("host.wallet")


class Wallet:
    """The pages on an open Database."""

    def __init__(self, database, clock):
        self._database = database
        self._clock = clock
        self._links = Guesses(failures_max=LINK_GUESSES_MAX)
        self._payments = Guesses(failures_max=PAY_TRIES_MAX)
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True
        )
        self._templates.filters["money"] = money
        self._templates.filters["local"] = lambda at_ms: local(at_ms).strftime("%m-%d %H:%M")

    def routes(self):
        return [
            Route("/wallet/{token}", self.show, methods=["GET"]),
            Route("/wallet/{token}/pay", self.pay_form, methods=["GET"]),
            Route("/wallet/{token}/pay", self.pay, methods=["POST"]),
        ]

    def show(self, request):
        """Balance, code, latest movements; a new code at every call."""
        account, refused = self._account(request)
        if refused:
            return refused
        now_ms = epoch_ms(self._clock.now())
        account, code = self._database.run(lambda unit: _with_code(unit, account["id"], now_ms))
        return self._page(
            request,
            "wallet.html",
            account,
            code=code,
            picture=_picture(code) if code else "",
            available_minor=book.available_minor(account),
            movements=movements.latest(self._database.engine, account["id"]),
            refresh_s=REFRESH_S,
        )

    def pay_form(self, request):
        """Where the text of a merchant's code goes; it does not refresh itself."""
        account, refused = self._account(request)
        return refused or self._page(request, "pay.html", account, text_max=emv.TEXT_MAX)

    async def pay(self, request):
        """The text: what it asks for. The text with `confirmed`: the payment."""
        return await run_in_threadpool(self._pay, request, await forms.read(request))

    def away(self, request):
        """The database does not answer: no page can be shown, and nothing was paid."""
        return self._say(request, None, TEXTS[self._language(request)]["pay_away"], 503)

    def _pay(self, request, form):
        account, refused = self._account(request)
        if refused:
            return refused
        texts = TEXTS[self._language(request)]
        if not csrf.ok(request.session, form):
            return self._say(request, account, texts["stale"], 403)
        name = str(account["id"])
        if not self._payments.allowed(name):
            return self._say(request, account, texts["wait"], 429)
        try:
            return self._paid(request, account, str(form.get("text", "")).strip(), form.get("confirmed") == "yes")
        except emv.CodeError as error:
            why, status = texts["pay_" + error.problem], 400
        except pay.Refused as error:
            why, status = texts["pay_" + error.problem], 409
            if error.code:
                why += " " + declined(texts, error.code)
        except DatabaseError as error:
            log.error("payment in a wallet failed: %s", error)
            unsure = isinstance(error, OutcomeUnknown)
            return self._say(request, account, texts["pay_unsure" if unsure else "pay_away"], 503)
        self._payments.failed(name)
        return self._say(request, account, why, status)

    def _paid(self, request, account, text, confirmed):
        """What is asked for, to be confirmed; or that it is paid. Raises CodeError, Refused."""
        code, now = emv.parse(text), self._clock.now()

        def work(unit):
            return pay.bill(unit, code, now), pay.pay(unit, account, code, now) if confirmed else None

        bill, reference = self._database.run(work)
        if not confirmed:
            return self._page(request, "confirm.html", account, bill=bill, text=text)
        # Said when it is on the disk, not before.
        texts = TEXTS[self._language(request)]
        done = texts["pay_done"].format(amount=money(code.amount_minor), merchant=bill.merchant_name)
        return self._page(request, "told.html", account, good=done, reference=reference)

    def _account(self, request):
        """(row, None) of the link's account, or (None, the response that says no)."""
        address = request.client.host if request.client else ""
        texts = TEXTS[self._language(request)]
        if not self._links.allowed(address):
            return None, self._say(request, None, texts["wait"], 429)
        account = links.account_of(self._database.engine, request.path_params["token"])
        if account is None:
            self._links.failed(address)
            return None, self._say(request, None, texts["no_wallet"], 404)
        return account, None

    def _say(self, request, account, problem, status):
        return self._page(request, "told.html", account, status=status, problem=problem)

    def _language(self, request):
        wanted = request.query_params.get("language")
        if request.method == "GET" and wanted in TEXTS:
            request.session["language"] = wanted
        language = request.session.get("language")
        return language if language in TEXTS else chosen(request.headers.get("accept-language"))

    def _page(self, request, template, account, status=200, **values):
        language = self._language(request)
        token = request.path_params["token"]
        values |= {
            "t": TEXTS[language],
            "language": language,
            "languages": LANGUAGES,
            "csrf": csrf.token(request.session),
            "account": account,
            "shown": account and masked(account["number"]),
            "home": account and f"/wallet/{token}",
            "path": account and request.url.path,
        }
        return HTMLResponse(self._templates.get_template(template).render(values), status)


def _with_code(unit, account_id, now_ms):
    account = holds.refreshed(unit, book.account_row(unit, account_id), now_ms)
    return account, codes.issue(unit, account_id, now_ms) if account["status"] == "active" else ""


def _picture(code):
    """SVG to stand in the page."""
    out = io.BytesIO()
    segno.make_qr(code, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark="#000", light="#fff", nl=False
    )
    return out.getvalue().decode("ascii")
