"""Notices to a merchant: on the platform at once, and by webhook where the merchant has an address set."""

from tools.host.notices.store import add

__all__ = ["add"]
