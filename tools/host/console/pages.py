"""The pages behind the log-in: overview, transactions, settlements, alerts, notices, services, accounts."""

from urllib.parse import urlencode

from starlette.routing import Route

from tools.host.console import closings, events, queries, transactions
from tools.host.console.numbers import row_number
from tools.host.console.render import for_users, page
from tools.host.console.transactions import FILTERS, STATES, TYPES, FilterError

FILTER_CHARACTERS_MAX = 40


@for_users
def overview(request, user):
    """Today's transactions, terminals, accounts and the latest entries."""
    engine, now = request.app.state.engine, request.app.state.clock.now()
    return page(
        request,
        "overview.html",
        user=user,
        today=queries.today(engine, now),
        transactions=transactions.search(engine, queries.ROWS_MAX, since_ms=queries.start_of_day_ms(now)),
        terminals=queries.all_terminals(engine),
        accounts=queries.all_accounts(engine),
        entries=queries.recent_entries(engine),
        rows_max=queries.ROWS_MAX,
    )


@for_users
def transaction_list(request, user):
    """The transactions that fit what the form asks for, a page at a time."""
    wanted = {name: request.query_params.get(name, "").strip()[:FILTER_CHARACTERS_MAX] for name in FILTERS}
    rows, problem = [], None
    try:
        rows = transactions.search(request.app.state.engine, queries.ROWS_MAX, wanted)
    except FilterError as error:
        problem = error
    older = None
    if len(rows) == queries.ROWS_MAX:
        kept = {name: text for name, text in wanted.items() if text}
        older = "/transactions?" + urlencode(kept | {"before": rows[-1]["id"]})
    values = {"wanted": wanted, "transactions": rows, "problem": problem, "older": older}
    return page(request, "transactions.html", user=user, types=TYPES, states=STATES, **values)


@for_users
def transaction_page(request, user):
    """One transaction and all that belongs to it."""
    found = transactions.details(request.app.state.engine, row_number(request, "transaction_id"))
    return page(request, "transaction.html", user=user, transaction=found) if found else missing(request, user)


@for_users
def settlement_list(request, user):
    """Settlements and the rates of fees."""
    engine = request.app.state.engine
    found, rates = closings.recent(engine), closings.rates(engine)
    return page(request, "settlements.html", user=user, settlements=found, rates=rates)


@for_users
def settlement_page(request, user):
    """One settlement: sums, fees, differences."""
    found = closings.details(request.app.state.engine, row_number(request, "settlement_id"))
    return page(request, "settlement.html", user=user, settlement=found) if found else missing(request, user)


@for_users
def event_page(request, user):
    """Alerts and notices."""
    engine = request.app.state.engine
    return page(
        request, "events.html", user=user, alerts=events.recent_alerts(engine), notices=events.recent_notices(engine)
    )


@for_users
def service_page(request, user):
    """Payment services and who switched them."""
    engine = request.app.state.engine
    changes = events.recent_service_changes(engine)
    return page(request, "services.html", user=user, services=events.services(engine), changes=changes)


@for_users
def account_page(request, user):
    """One account: its balance, what is held of it, its lines."""
    account = queries.account(request.app.state.engine, row_number(request, "account_id"))
    return page(request, "account.html", user=user, account=account) if account else missing(request, user)


def missing(request, user=None):
    """There is no such page."""
    return page(request, "not_found.html", status=404, user=user)


ROUTES = [
    Route("/", overview),
    Route("/transactions", transaction_list),
    Route("/transactions/{transaction_id}", transaction_page),
    Route("/settlements", settlement_list),
    Route("/settlements/{settlement_id}", settlement_page),
    Route("/events", event_page),
    Route("/services", service_page),
    Route("/accounts/{account_id}", account_page),
]
