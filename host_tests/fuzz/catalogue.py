"""The targets: name -> module, class, and which packages are watched for coverage."""

import importlib
from typing import NamedTuple


class Entry(NamedTuple):
    """One target; `watched` are the packages under test (with everything below them)."""

    module: str
    maker: str
    watched: tuple
    about: str


TARGETS = {
    "codec": Entry(
        "wire", "Codec", ("pos.iso8583", "pos.domain.account"), "firmware: message bytes to fields and back"
    ),
    "frame": Entry("wire", "Frame", ("pos.iso8583.frame",), "firmware: what lies around a message"),
    "answers": Entry(
        "answers", "Answers", ("pos.link", "pos.iso8583", "pos.domain"), "firmware: what answers do to it"
    ),
    "parameters": Entry("downloads", "Parameters", ("pos.domain", "pos.iso8583", "pos.receipts"), "firmware: download"),
    "lists": Entry("downloads", "Lists", ("pos.iso8583", "pos.domain"), "firmware: records, fees, balance, totals"),
    "keyblock": Entry("keys", "KeyBlock", ("pos.security",), "firmware: TR-31 key blocks, beside the host's reader"),
    "rawhost": Entry("hosts", "RawHost", ("tools.host.iso", "tools.host.switch"), "host: bytes of a stranger"),
    "signedhost": Entry(
        "hosts", "SignedHost", ("tools.host.iso", "tools.host.switch", "tools.host.ledger"), "host: with a right MAC"
    ),
    "hostkeys": Entry("keys", "HostKeys", ("tools.host.security",), "host: key blocks at rest"),
    "journal": Entry("flash", "Journal", ("pos.journal",), "firmware: recovery of a damaged journal"),
    "stores": Entry(
        "flash", "Stores", ("pos.journal", "pos.domain", "pos.preferences"), "firmware: settings, operators"
    ),
    "printer": Entry("devices", "Printer", ("pos.drivers.escpos",), "firmware: ESC/POS status and proof of printing"),
    "scanner": Entry("devices", "Scanner", ("pos.drivers.gm65", "pos.domain"), "firmware: what a scanner sends"),
    "nfc": Entry("devices", "Nfc", ("pos.drivers.pn532",), "firmware: card reader frames and card memory"),
    "panel": Entry("web", "Panel", ("tools.sim.panel",), "front panel: JSON bodies and query strings"),
    "platform": Entry(
        "web", "Platform", ("tools.host.console", "tools.host.wallet"), "host: pages, forms and JSON API"
    ),
    "walletcode": Entry("codes", "WalletCode", ("tools.host.wallet.emv",), "host: the text of a merchant's code"),
}


def make(name):
    """The target of that name, ready to run."""
    entry = TARGETS[name]
    return getattr(importlib.import_module("fuzz.targets." + entry.module), entry.maker)()
