"""Change of operator: the terminal stays signed on at the host."""


async def run(terminal, what="log_out"):
    """what: for the audit; nobody pressing a key for long logs out as well (parameter auto_sign_off_s)."""
    try:
        terminal.audit(what)
    finally:  # also when nothing can be written
        terminal.operator = terminal.idle_since_ms = None
