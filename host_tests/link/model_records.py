"""The model host's part in bringing records back: its copy of batches, told page by page."""

PAGE_BYTES = 900


def item(*values):
    """A record as the host tells it."""
    text = ",".join([str(value) for value in values]).encode()
    return b"%03d" % len(text) + text


def answer(host, request, fields):
    """Response code of a 0800/370; field 62 of the answer is filled in. host.copies: {batch: [(trace, item), ...]}."""
    batch, after = int(request[61][:6]), int(request[61][6:12])
    page = b""
    for trace, data in sorted(host.copies.get(batch, ())):
        if trace > after and len(page) + len(data) <= PAGE_BYTES:
            page += data
        elif trace > after:
            break
    if page:
        fields[62] = page
    return "00"
