"""The JSON API: accounts and transactions for a session or HTTP basic authentication, health for everybody."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse
from starlette.routing import Route

from tools.host.console import queries
from tools.host.console.auth import TooManyGuesses
from tools.host.ledger import statement


def error(status, what, headers=None):
    """{"error": what}"""
    return JSONResponse({"error": what}, status, headers)


def health(request):
    """{"status": "ok"}, 503 when the database does not answer."""
    try:
        queries.alive(request.app.state.engine)
    except SQLAlchemyError:
        return error(503, "database does not answer")
    return JSONResponse({"status": "ok"})


def account(request):
    """{"number", "balance_minor", "held_minor", "status"} of the account with this full number."""
    refused = _refused(request)
    if refused:
        return refused
    found = statement.of(request.app.state.engine, request.path_params["number"], entries_max=0)
    if found is None:
        return error(404, "there is no such account")
    return JSONResponse({key: found[key] for key in ("number", "balance_minor", "held_minor", "status")})


def transactions(request):
    """{"transactions": [...]}, newest first; ?limit=1 to 500, 50 without it."""
    refused = _refused(request)
    if refused:
        return refused
    limit = request.query_params.get("limit", str(queries.ROWS_MAX))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= queries.API_ROWS_MAX):
        return error(400, f"limit must be 1 to {queries.API_ROWS_MAX}")
    found = queries.recent_transactions(request.app.state.engine, rows_max=int(limit))
    return JSONResponse({"transactions": found})


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
    Route("/api/transactions", transactions),
]
