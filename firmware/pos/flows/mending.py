"""What the operator is asked to do about a printer that cannot print."""

# The printer driver's flags, the most urgent first: what must be mended before the rest can be seen.
_PRINTER_TEXTS = (
    (2, "ask_printer_cover"),
    (1, "ask_printer_paper"),
    (8, "ask_printer_error"),
)


def printer_text(flags):
    """Key of the question that says what is wrong with the printer and what to do."""
    for flag, key in _PRINTER_TEXTS:
        if flags & flag:
            return key
    return "ask_printer_offline"
