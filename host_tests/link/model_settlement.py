"""The model host's part in settlement and payment services: it compares, takes what is uploaded, closes the batch once.

Every message may come again, after the batch was closed as well, and gets the answer it had before.
"""

NAMES = ("sale", "nfc", "qr", "void", "refund", "preauth", "balance")


class Settlement:
    """Of one host: what was compared, uploaded and closed, by batch."""

    def __init__(self):
        self.judged = {}
        self.uploaded = {}  # {batch: {(type, trace): (account, amount)}}
        self.messages = []  # trace numbers of each message of the upload
        self.closed = {}  # {batch: the last answer's field 62}
        self.changes = []  # (service, action, reason, approver)
        self.refuses = None  # code for a change of services
        self.time = "220000"


def answer(host, request, fields):
    """Response code of a 0500 or 0320; fields of the answer are filled in."""
    books = host.settlement
    batch = int(request[60][2:8])
    if batch != host.batch and batch not in books.closed:
        return "77"
    if host.codes:
        return host.codes.pop(0)
    if request[0] == "0500":
        return _compare(host, books, batch, request, fields)
    if request[60][8:11] == "201":
        return _upload(books, batch, request)
    return _end(host, books, batch, request, fields)


def _compare(host, books, batch, request, fields):
    if batch not in books.closed:
        books.judged[batch] = 1 if request[48][:30] == totals(host, batch) else 2
        if books.judged[batch] == 2:
            books.uploaded.setdefault(batch, {})
    fields[48] = totals(host, batch) + str(books.judged[batch])
    return "00"


def totals(host, batch):
    """Field 48 without its result, of what the host has of a batch."""
    debit = [amount for name, (_card, amount) in host.charged.items() if name[0] == batch]
    credit = [amount for name, (_card, amount) in host.returned.items() if name[0] == batch]
    return f"{sum(debit):012d}{len(debit):03d}{sum(credit):012d}{len(credit):03d}"


def _upload(books, batch, request):
    if books.judged.get(batch) != 2:
        return "12"
    text = request[48]
    count = int(text[:2])
    if not 1 <= count <= 8 or len(text) != 2 + 40 * count:
        return "30"
    traces = []
    for at in range(2, len(text), 40):
        item = text[at : at + 40]
        trace = int(item[2:8])
        traces.append(trace)
        if batch not in books.closed:
            books.uploaded[batch][(item[:2], trace)] = item[8:28], int(item[28:])
    books.messages.append(traces)
    return "00"


def _end(host, books, batch, request, fields):
    equal = request[60][8:11] == "207"
    if books.judged.get(batch) != (1 if equal else 2):
        return "12"
    if not equal and int(request[48]) != len(books.uploaded[batch]):
        return "30"
    if batch not in books.closed:
        books.closed[batch] = fees(host, batch)
        host.batch = batch % 999999 + 1
    fields[12], fields[13] = books.time, "0314"
    fields[62] = books.closed[batch]
    return "00"


def fees(host, batch):
    """0.6 % of what was sold; what was given back has its own line and no fee."""
    text = totals(host, batch)
    sold, given = int(text[:12]), int(text[15:27])
    items = [f"sale,{int(text[12:15])},{sold},{sold * 6 // 1000}", f"void,{int(text[27:30])},{given},0"]
    items.append(f"net,{sold - given - sold * 6 // 1000}")
    return b"".join(f"{len(item):03d}{item}".encode() for item in items)


def change(host, request):
    """Response code of a service change (0800, 380); the parameters then say what holds."""
    items = _items(request[63][3:])
    service, action = items["04"], items["06"]
    if host.settlement.refuses:
        return host.settlement.refuses
    if service not in NAMES or action not in ("on", "off", "remove"):
        return "30"
    host.settlement.changes.append((service, action, items["01"], items["02"]))
    on = [name for name in host.parameters.get(23, ",".join(NAMES).encode()).decode().split(",") if name != service]
    off = [entry for entry in host.parameters.get(25, b"").decode().split(",") if entry.split(":")[0] != service]
    if action == "on":
        on.append(service)
    else:
        off.append(service + (":m" if action == "off" else ":r"))
    host.parameters[23] = ",".join(on).encode()
    host.parameters[25] = ",".join([entry for entry in off if entry]).encode()
    return "00"


def _items(data):
    found = {}
    at = 0
    while at < len(data):
        size = int(data[at + 2 : at + 4])
        found[data[at : at + 2].decode()] = data[at + 4 : at + 4 + size].decode()
        at += 4 + size
    return found
