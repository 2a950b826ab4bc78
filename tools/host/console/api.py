"""The JSON API: what the pages show, for a session or HTTP basic authentication; health for everybody. Reads only."""

from functools import wraps

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse
from starlette.routing import Route

from tools.host.console import closings, events, queries, transactions
from tools.host.console.auth import TooManyGuesses
from tools.host.console.numbers import row_number, whole
from tools.host.console.texts import TEXTS
from tools.host.ledger import statement

LIMIT_DIGITS_MAX = 3


class Missing(Exception):
    """There is no such thing."""


class BadRequest(Exception):
    """The text says what is wrong with what was asked for."""


def error(status, what, headers=None):
    """{"error": what}"""
    return JSONResponse({"error": what}, status, headers)


def away():
    """The database does not answer."""
    return error(503, "database does not answer")


def health(request):
    """{"status": "ok"}, 503 when the database does not answer."""
    try:
        queries.alive(request.app.state.engine)
    except SQLAlchemyError:
        return away()
    return JSONResponse({"status": "ok"})


def for_users(handler):
    """handler(request) -> what to send as JSON; whoever is neither logged in nor known gets an error."""

    @wraps(handler)
    def guarded(request):
        refused = _refused(request)
        if refused:
            return refused
        try:
            return JSONResponse(handler(request))
        except Missing:
            return error(404, "there is no such thing")
        except BadRequest as wrong:
            return error(400, str(wrong))

    return guarded


@for_users
def account(request):
    """{"number", "balance_minor", "held_minor", "status"} of the account with this full number."""
    found = _account(request, 0)
    return {key: found[key] for key in ("number", "balance_minor", "held_minor", "status")}


@for_users
def account_holds(request):
    """{"holds": open holds of the account with this full number, newest first}"""
    return {"holds": _account(request, statement.ENTRIES_MAX)["holds"]}


@for_users
def transaction_list(request):
    """{"transactions": [...]}, newest first; ?limit=, and the filters of the page (transactions.FILTERS)."""
    wanted = {name: text for name, text in request.query_params.items() if name != "limit"}
    unknown = sorted(set(wanted) - set(transactions.FILTERS))
    if unknown:  # a filter that is misspelt must not be answered with everything
        raise BadRequest(f"there is no filter {unknown[0]!r}; there are {', '.join(transactions.FILTERS)}")
    try:
        return {"transactions": transactions.search(_engine(request), _limit(request), wanted)}
    except transactions.FilterError as wrong:
        raise BadRequest(f"{wrong.name} must be {wrong.told(TEXTS['en'])}") from wrong


@for_users
def transaction(request):
    """One transaction with its history, hold and ledger entries."""
    return _found(transactions.details(_engine(request), row_number(request, "transaction_id")))


@for_users
def settlement_list(request):
    """{"settlements": [...]}, newest first; ?limit="""
    return {"settlements": closings.recent(_engine(request), _limit(request))}


@for_users
def settlement(request):
    """One settlement with its rows by kind and its differences."""
    return _found(closings.details(_engine(request), row_number(request, "settlement_id")))


@for_users
def alerts(request):
    """{"alerts": [...]}, newest first; ?limit="""
    return {"alerts": events.recent_alerts(_engine(request), _limit(request))}


@for_users
def notices(request):
    """{"notices": [...]}, newest first; ?limit="""
    return {"notices": events.recent_notices(_engine(request), _limit(request))}


@for_users
def services(request):
    """{"services": [...], "changes": newest first; ?limit=}"""
    engine = _engine(request)
    return {"services": events.services(engine), "changes": events.recent_service_changes(engine, _limit(request))}


@for_users
def fee_rates(request):
    """{"rates": [...]}: the whole schedule."""
    return {"rates": closings.rates(_engine(request))}


def _engine(request):
    return request.app.state.engine


def _found(thing):
    if thing is None:
        raise Missing
    return thing


def _account(request, entries_max):
    return _found(statement.of(_engine(request), request.path_params["number"], entries_max))


def _limit(request):
    limit = whole(request.query_params.get("limit", str(queries.ROWS_MAX)), LIMIT_DIGITS_MAX)
    if not limit or limit > transactions.API_ROWS_MAX:
        raise BadRequest(f"limit must be 1 to {transactions.API_ROWS_MAX}")
    return limit


def _refused(request):
    """None for a platform user, else the response that says no."""
    gate = request.app.state.gate
    try:
        if gate.user_of_session(request.session) or gate.user_of_basic(request.headers.get("authorization")):
            return None
    except TooManyGuesses:
        return error(429, "too many attempts, try again in a few minutes")
    return error(401, "log in first", {"www-authenticate": 'Basic realm="merchant platform", charset="UTF-8"'})


ROUTES = [
    Route("/api/health", health),
    Route("/api/accounts/{number}", account),
    Route("/api/accounts/{number}/holds", account_holds),
    Route("/api/transactions", transaction_list),
    Route("/api/transactions/{transaction_id}", transaction),
    Route("/api/settlements", settlement_list),
    Route("/api/settlements/{settlement_id}", settlement),
    Route("/api/alerts", alerts),
    Route("/api/notices", notices),
    Route("/api/services", services),
    Route("/api/fees", fee_rates),
]
