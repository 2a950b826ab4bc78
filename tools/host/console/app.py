"""The console's web application: log-in, the overview, an account's page, and the JSON API."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tools.host.console import api, csrf, queries
from tools.host.console.auth import Gate, TooManyGuesses, password_mark
from tools.host.console.headers import SecurityHeaders
from tools.host.console.texts import CODES, LANGUAGES, TEXTS, chosen
from tools.host.ledger.statement import money
from tools.host.wallet.page import Wallet

HERE = Path(__file__).parent
SESSION_S = 8 * 3600
FORM_FIELDS_MAX = 10
SEE_OTHER = 303


def make_app(database, session_key, clock):
    """ASGI application on an open Database; `session_key` (bytes) signs the session cookie."""
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True)
    environment.filters["money"] = money
    environment.filters["local"] = lambda at_ms: queries.local(at_ms).strftime("%Y-%m-%d %H:%M:%S")
    routes = [
        Route("/", overview),
        Route("/accounts/{account_id:int}", account_page),
        Route("/login", log_in_page, methods=["GET"]),
        Route("/login", log_in, methods=["POST"]),
        Route("/logout", log_out, methods=["POST"]),
        Route("/language/{language}", set_language),
        *api.ROUTES,
        *Wallet(database, clock).routes(),
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
        routes=routes, middleware=[Middleware(SecurityHeaders), sessions], exception_handlers={404: not_found}
    )
    app.state.engine = database.engine
    app.state.gate = Gate(database.engine)
    app.state.clock = clock
    app.state.templates = environment
    return app


def overview(request):
    """Today's transactions, terminals, accounts and the latest entries."""
    user = _user(request)
    if not user:
        return RedirectResponse("/login", SEE_OTHER)
    engine, now = request.app.state.engine, request.app.state.clock.now()
    return _page(
        request,
        "overview.html",
        user=user,
        today=queries.today(engine, now),
        transactions=queries.recent_transactions(engine, queries.start_of_day_ms(now)),
        terminals=queries.all_terminals(engine),
        accounts=queries.all_accounts(engine),
        entries=queries.recent_entries(engine),
        rows_max=queries.ROWS_MAX,
    )


def account_page(request):
    """One account and its lines."""
    user = _user(request)
    if not user:
        return RedirectResponse("/login", SEE_OTHER)
    account = queries.account(request.app.state.engine, request.path_params["account_id"])
    if account is None:
        return not_found(request)
    return _page(request, "account.html", user=user, account=account, rows_max=queries.ROWS_MAX)


def log_in_page(request, problem=None, status=200):
    return _page(request, "login.html", status=status, problem=problem)


async def log_in(request):
    """Checks the form; a new session on success, so that a token from before is worth nothing."""
    form = await request.form(max_fields=FORM_FIELDS_MAX, max_files=0)
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
    form = await request.form(max_fields=FORM_FIELDS_MAX, max_files=0)
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
    if request.url.path.startswith("/api/"):
        return api.error(404, "there is no such thing")
    return _page(request, "not_found.html", status=404)


def _user(request):
    return request.app.state.gate.user_of_session(request.session)


def _page(request, template, status=200, user=None, **values):
    language = request.session.get("language")
    if language not in TEXTS:
        language = chosen(request.headers.get("accept-language"))
    values |= {
        "t": TEXTS[language],
        "codes": CODES[language],
        "language": language,
        "languages": LANGUAGES,
        "user": user,
        "csrf": csrf.token(request.session),
    }
    return HTMLResponse(request.app.state.templates.get_template(template).render(values), status)
