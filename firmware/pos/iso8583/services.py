"""The message that asks for a change of payment services."""

from pos.iso8583.settlement import base


def service(identity, trace, batch, operator, items):
    """0800: asks for the host's leave to change a payment service. items: of field 63, tag and length before each: 04
    service, 06 what is to become of it, 01 reason, 02 who approved."""
    fields = base("0800", identity, trace, batch, "380", operator)
    fields[63] += items.encode()
    return fields
