"""The fixtures of the host's tests: a host in this process, a terminal signed on to it, the console's client."""

from host.conftest import host, terminal, web

__all__ = ["host", "terminal", "web"]
