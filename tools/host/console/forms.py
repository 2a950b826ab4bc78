"""Forms that a browser sends: what is read of one has a limit, also before anybody is logged in."""

from starlette.exceptions import HTTPException

from tools.host.console.numbers import whole

FIELDS_MAX = 10
BYTES_MAX = 8_192
LENGTH_DIGITS_MAX = 6


async def read(request):
    """The form's fields. HTTPException 413 when it is too long, or does not say how long it is."""
    length = whole(request.headers.get("content-length", ""), LENGTH_DIGITS_MAX)
    if length is None or length > BYTES_MAX:
        raise HTTPException(413, f"a form says how long it is, at most {BYTES_MAX} bytes")
    return await request.form(max_fields=FIELDS_MAX, max_files=0)
