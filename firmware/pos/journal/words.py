"""What records say again and again, as it stands in JSON: a small file holds the place in these tables instead.

The places stand on the flash: only ever add at the end. Each table is one piece, for thirty small ones would take four
kilobytes.
"""

KEYS = (
    b'"kind": |"type": |"state": |"entry": |"trace": |"batch": |"amount_minor": |"card": |"operator": |'
    b'"date": |"time": |"order": |"approver": |"reason": |"code": |"rrn": |"auth": |"balance_minor": |'
    b'"original_batch": |"original_trace": |"original_date": |"original_rrn": |"original_auth": |'
    b'"slips": |"attempts": |"later": |"qr": |"held_days": |"stage": |"result": |"uploaded": |"service": |'
    b'"what": |"sealed": |'
)  # fmt: skip
WORDS = (
    b'"intent"|"result"|"advice"|"printed"|"attempt"|"reversed"|"cancel"|"trace"|"settling"|"told"|'
    b'"audit"|"sale"|"void"|"refund"|"preauth"|"preauth_void"|"completion"|"completion_void"|"sent"|'
    b'"approved"|"declined"|"keyed"|"nfc"|"qr"|"shown"|"compare"|"upload"|"end"|"offline"|true|'
)  # fmt: skip
