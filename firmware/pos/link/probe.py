"""Is the host there, how long does its answer take, and what does its clock say. Loaded for the device test."""

from pos.iso8583 import messages
from pos.link.request import ask_host


async def echo(exchange):
    """(outcome, milliseconds from the request to the answer, host's date and time as "MMDDHHMMSS"; "" without them).

    Before signing on the host's door is all that can be tried, and it tells no time."""
    clock = exchange.clock
    start_ms = clock.ticks_ms()
    if not exchange.signed_on:
        return await exchange.manage("echo"), clock.elapsed_ms(start_ms), ""
    journal = exchange.journal
    request = messages.echo(exchange.identity, journal.free_trace(), journal.state["batch"])
    answer, result = await ask_host(exchange, request)
    took_ms = clock.elapsed_ms(start_ms)
    return result, took_ms, answer.get(13, "") + answer.get(12, "") if answer else ""
