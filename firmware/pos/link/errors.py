"""The one error of the link."""


class LinkError(Exception):
    """No answer. kind: "wifi", "refused", "unreachable", "certificate", "name", "closed", "timeout", "garbage",
    "mac" (the answer's field 64 is wrong or missing).

    sent: whether the request may have reached the host.
    """

    def __init__(self, kind, sent=False):
        super().__init__(kind)
        self.kind = kind
        self.sent = sent
