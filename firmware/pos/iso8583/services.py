"""The message that asks for a change of payment services."""

from pos.iso8583.settlement import base


def service(identity, trace, batch, operator, name, action, reason, approver):
    """0800: asks for the host's leave to change the payment service `name`. action: what is to become of it; these and
    the reason, and who approved, are items of field 63."""
    fields = base("0800", identity, trace, batch, "380", operator)
    for tag, value in ((4, name), (6, action), (1, reason), (2, approver)):
        fields[63] += "{:02d}{:02d}{}".format(tag, len(value), value).encode()
    return fields
