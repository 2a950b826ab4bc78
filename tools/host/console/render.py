"""A page for a visitor: in the language that was chosen, for whoever is logged in."""

from functools import wraps

from starlette.responses import HTMLResponse, RedirectResponse

from tools.host.console import csrf
from tools.host.console.texts import CODES, LANGUAGES, TEXTS, chosen

SEE_OTHER = 303


def user_of(request):
    """The user's row, or None."""
    return request.app.state.gate.user_of_session(request.session)


def for_users(handler):
    """handler(request, user); whoever is not logged in is asked to."""

    @wraps(handler)
    def guarded(request):
        user = user_of(request)
        return handler(request, user) if user else RedirectResponse("/login", SEE_OTHER)

    return guarded


def page(request, template, status=200, user=None, **values):
    """The template with `values`, the texts, and what every page needs."""
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
        "path": request.url.path,
    }
    return HTMLResponse(request.app.state.templates.get_template(template).render(values), status)
