"""Who may see the console: sessions, HTTP basic authentication for scripts, and the limit on guessing."""

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict

from tools.host.console import queries
from tools.host.security import passwords

FAILURES_MAX = 5
FAILURE_WINDOW_S = 300
REMEMBERED_MAX = 10_000
BASIC_GOOD_FOR_S = 60
TURNS = 64  # one log-in at a time for each of so many groups of names


class Guesses:
    """Counts failures by name within a window: enough of them, and the name has to wait. Safe to call from several
    threads."""

    def __init__(self, now_s=time.monotonic, failures_max=FAILURES_MAX):
        self._now_s = now_s
        self._failures_max = failures_max
        self._failures = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name):
        """Whether another try may begin. It counts as a failure from now on, until `succeeded` takes that back."""
        with self._lock:
            if len(self._recent(name)) >= self._failures_max:
                return False
            self._count(name)
            return True

    def allowed(self, name):
        with self._lock:
            return len(self._recent(name)) < self._failures_max

    def failed(self, name):
        with self._lock:
            self._count(name)

    def succeeded(self, name):
        with self._lock:
            self._failures.pop(name, None)

    def _count(self, name):
        self._failures[name] = [*self._recent(name), self._now_s()]
        self._failures.move_to_end(name)
        if len(self._failures) > REMEMBERED_MAX:
            self._failures.popitem(last=False)

    def _recent(self, name):
        begin_s = self._now_s() - FAILURE_WINDOW_S
        return [at_s for at_s in self._failures.get(name, ()) if at_s > begin_s]


class TooManyGuesses(Exception):
    """This name has to wait."""


class Gate:
    """Checks passwords, sessions and basic credentials against the table of users."""

    def __init__(self, engine, now_s=time.monotonic):
        self._engine = engine
        self._now_s = now_s
        self._guesses = Guesses(now_s)
        self._turns = [threading.Lock() for _ in range(TURNS)]
        self._basic_key = secrets.token_bytes(32)
        self._basic_good = OrderedDict()  # keyed digest of credentials -> (user name, until)

    def log_in(self, name, password):
        """The user's row, or None; takes as long for a name that does not exist. TooManyGuesses after FAILURES_MAX.

        A try is counted before the password is looked at: however many arrive at once, no more are looked at than may
        be. One after the other, so that many right ones at once are not taken for guesses.
        """
        name = name[:40]
        with self._turns[hash(name) % TURNS]:
            if not self._guesses.begin(name):
                raise TooManyGuesses(name)
            user = queries.user(self._engine, name)
            good = passwords.verify(password, user["password"] if user else passwords.nobody())
            if user and good:
                self._guesses.succeeded(name)
                return user
        return None

    def user_of_session(self, session):
        """The user's row, or None when the session is no log-in, or the password was changed since."""
        user = queries.user(self._engine, session["user"]) if "user" in session else None
        if user and hmac.compare_digest(session.get("mark", ""), password_mark(user)):
            return user
        return None

    def user_of_basic(self, header):
        """The user's row for an Authorization header, or None. scrypt is dear, so a good answer holds for a minute."""
        credentials = _basic(header)
        if credentials is None:
            return None
        digest = hmac.digest(self._basic_key, "\0".join(credentials).encode("utf-8"), hashlib.sha256)
        name, until_s = self._basic_good.get(digest, (None, 0))
        if name and self._now_s() < until_s:
            return queries.user(self._engine, name)
        user = self.log_in(*credentials)
        if user:
            self._basic_good[digest] = (user["name"], self._now_s() + BASIC_GOOD_FOR_S)
            if len(self._basic_good) > REMEMBERED_MAX:
                self._basic_good.popitem(last=False)
        return user


def password_mark(user):
    """Changes when the password does; says nothing about it."""
    return hashlib.sha256(user["password"].encode("ascii")).hexdigest()[:16]


def _basic(header):
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None
