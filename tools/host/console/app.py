"""The console's web application: log-in, language, what is put together from pages, API and wallet."""

import logging
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tools.host import fees
from tools.host.console import api, csrf, forms, pages, queries
from tools.host.console.auth import Gate, TooManyGuesses, password_mark
from tools.host.console.headers import SecurityHeaders
from tools.host.console.render import SEE_OTHER, page, user_of
from tools.host.console.texts import LANGUAGES
from tools.host.ledger.statement import money
from tools.host.store.errors import DatabaseError
from tools.host.wallet.page import Wallet

HERE = Path(__file__).parent
SESSION_S = 8 * 3600

log = logging.getLogger("host.console")


def make_app(database, session_key, clock):
    """ASGI application on an open Database; `session_key` (bytes) signs the session cookie."""
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True)
    environment.filters["money"] = money
    environment.filters["percent"] = fees.percent
    environment.filters["local"] = lambda at_ms: queries.local(at_ms).strftime("%Y-%m-%d %H:%M:%S")
    wallet = Wallet(database, clock)
    routes = [
        *pages.ROUTES,
        Route("/login", log_in_page, methods=["GET"]),
        Route("/login", log_in, methods=["POST"]),
        Route("/logout", log_out, methods=["POST"]),
        Route("/language/{language}", set_language),
        *api.ROUTES,
        *wallet.routes(),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    sessions = Middleware(
        SessionMiddleware,
        secret_key=session_key.hex(),
        session_cookie="pos_session",
        max_age=SESSION_S,
        same_site="lax",
    )
    app = Starlette(
        routes=routes,
        middleware=[Middleware(SecurityHeaders), sessions],
        exception_handlers={404: not_found, HTTPException: refused}
        | dict.fromkeys((OperationalError, InterfaceError, DatabaseError), away),
    )
    app.state.wallet = wallet
    app.state.engine = database.engine
    app.state.gate = Gate(database.engine)
    app.state.clock = clock
    app.state.templates = environment
    return app


def log_in_page(request, problem=None, status=200):
    return page(request, "login.html", status=status, problem=problem)


async def log_in(request):
    """Checks the form; a new session on success, so that a token from before is worth nothing."""
    form = await forms.read(request)
    if not csrf.ok(request.session, form):
        return log_in_page(request, "login_stale", 403)
    name, password = str(form.get("name", "")), str(form.get("password", ""))
    try:
        user = await run_in_threadpool(request.app.state.gate.log_in, name, password)
    except TooManyGuesses:
        return log_in_page(request, "login_wait", 429)
    if not user:
        return log_in_page(request, "login_wrong", 401)
    language = request.session.get("language")
    request.session.clear()
    request.session.update({"user": user["name"], "mark": password_mark(user)})
    if language:
        request.session["language"] = language
    return RedirectResponse("/", SEE_OTHER)


async def log_out(request):
    form = await forms.read(request)
    if csrf.ok(request.session, form):
        request.session.clear()
    return RedirectResponse("/login", SEE_OTHER)


def set_language(request):
    """Remembers the language and goes back to a page of ours."""
    language = request.path_params["language"]
    if language in LANGUAGES:
        request.session["language"] = language
    return RedirectResponse("/", SEE_OTHER)


def not_found(request, _error=None):
    if _is_api(request):
        return api.error(404, "there is no such thing")
    return pages.missing(request, user_of(request))


def refused(request, error):
    """A method that the address does not take, a form that cannot be read."""
    if _is_api(request):
        return api.error(error.status_code, error.detail, error.headers)
    return PlainTextResponse(error.detail, error.status_code, error.headers)


def away(request, error):
    """The database does not answer: whoever asked is told so, and may ask again."""
    log.error("%s %s: the database does not answer: %s", request.method, _without_token(request), type(error).__name__)
    if _is_api(request):
        return api.away()
    if _is_wallet(request):
        return request.app.state.wallet.away(request)
    return page(request, "away.html", status=503)


def _without_token(request):
    """What may be logged of the address: a wallet's says who may pay with it."""
    return "/wallet/" if _is_wallet(request) else request.url.path


def _is_wallet(request):
    return request.url.path.startswith("/wallet/")


def _is_api(request):
    return request.url.path.startswith("/api/")
