"""The token of a session that a form must bring back: another site's form does not know it."""

import secrets


def token(session):
    """The session's token, made when it has none."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(16)
    return session["csrf"]


def ok(session, form):
    """True when the form brings the session's token."""
    expected = session.get("csrf", "")
    return bool(expected) and secrets.compare_digest(expected.encode(), str(form.get("csrf", "")).encode())
