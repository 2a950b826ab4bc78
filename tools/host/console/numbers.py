"""Numbers in an address, where anything at all may stand: nothing is converted before its length is known."""

ROW_DIGITS_MAX = 18  # any of these fits a 64-bit column
NO_ROW = 0  # rows are counted from 1


def whole(text, digits_max):
    """1 to `digits_max` ASCII digits -> int, anything else -> None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits_max else None


def row_number(request, name):
    """The row that the address names; NO_ROW when it cannot be the number of one."""
    return whole(request.path_params[name], ROW_DIGITS_MAX) or NO_ROW
