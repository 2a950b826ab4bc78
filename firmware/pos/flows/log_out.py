"""Change of operator: the terminal stays signed on at the host."""


async def run(terminal):
    terminal.audit("log_out")
    terminal.operator = None
