"""What goes wrong at a terminal besides its messages: power, flash, radio, paper, clock, and the host behind it.

`arm(day, till, deed)` before a deed. What goes on until somebody heals it is healed by the parts themselves.
"""

from datetime import timedelta

from days import network, plan

MESSAGE_FAULTS = frozenset(plan.LINE + plan.LINE_RARE) - frozenset(network.AWAY)


def arm(day, till, deed):
    """Arms the deed's faults; the second one when the first strikes, or at once where nothing tells of that."""
    if not deed.faults:
        return
    first, *others = deed.faults
    _arm_one(day, till, first)
    for other in others:
        if first[0] in MESSAGE_FAULTS and till.chance.random() < 0.7:
            till.fault_hook = lambda other=other: _arm_one(day, till, other)
        else:
            _arm_one(day, till, other)


def _arm_one(day, till, fault):
    name, kinds, times = fault
    day.fault_armed(till, name)
    if name in MESSAGE_FAULTS:
        till.late_s, till.held_s = (till.chance.choice((5, 59, 61, 70, 200)), till.chance.choice((5, 70, 70, 200)))
        till.armed.append([name, kinds, times])
    elif name in network.AWAY:
        till.away = name
        for connection in list(day.network.open):
            if connection.till is till:
                connection.end()
        day.loop.call_later(till.chance.choice((5, 40, 150)), setattr, till, "away", None)
    else:
        _OTHER[name](day, till)


def power_at_a_write(day, till):
    till.flash.cut_in(till.chance.randint(1, 40))


def power_at_a_message(day, till):
    left = [till.chance.randint(1, 6)]

    def hook(_mti):
        left[0] -= 1
        if left[0] <= 0:
            till.message_hook = None
            day.struck("power_at_a_message")
            till.pull_the_plug()

    till.message_hook = hook


def power_at_any_time(day, till):
    day.loop.call_later(till.chance.choice((0.1, 1, 5, 20, 70)) * till.chance.random(), _pull, day, till)


def flash_fails(day, till):
    till.flash.fail_once(till.chance.randint(1, 6), till.chance.randrange(3))


def radio_lost(day, till):
    till.radio_down_until = day.loop.time() + till.chance.choice((1, 20, 100, 200))


def partition(day, till):
    """Some of the terminals are cut off from the host, this one among them; their connections are half open."""
    until = day.loop.time() + till.chance.choice((2, 30, 90, 150))
    for other in day.tills:
        if other is till or till.chance.random() < 0.5:
            day.network.partitioned[other.number] = until
    for connection in list(day.network.open):
        if day.network.cut_off(connection.till):
            connection.dead = True


def paper_out(day, till):
    till.printer.breaks_with = till.chance.choice((1, 1, 2))
    if till.chance.random() < 0.4:
        till.printer.flags = till.printer.breaks_with
    else:
        till.printer.fail_at_line = till.chance.randrange(30)


def host_dies_at_a_statement(day, till):
    """At any statement of the next requests, before it or after it; a commit is one of them."""
    steps = till.chance.choice((till.chance.randint(1, 40), till.chance.randint(1, 400)))
    day.host.dies_in(steps, till.chance.random() < 0.4, till.chance.choice((0.5, 3, 20, 80)))


def host_dies(day, till):
    after_s = till.chance.random() * 8
    silent, down_s = till.chance.random() < 0.4, till.chance.choice((0.5, 3, 20, 80))
    day.loop.call_later(after_s, day.host.die, silent, down_s)


def key_forgotten(day, till):
    """The host signs this terminal off while something is on its way."""
    sql = "UPDATE terminals SET mac_key = NULL, mac_key_offered = NULL WHERE number = :number"
    day.loop.call_later(till.chance.random() * 10, day.at_host, sql, till.number)


def refused_for_a_while(day, till):
    after_s, back_s = till.chance.random() * 10, till.chance.choice((30, 100, 300))
    sql = "UPDATE terminals SET status = '{}' WHERE number = :number"
    day.loop.call_later(after_s, day.at_host, sql.format("disabled"), till.number)
    day.loop.call_later(back_s, day.at_host, sql.format("enabled"), till.number)


def batch_closed(day, till):
    """The host begins another batch on its own."""

    def close():
        before = day.at_host("SELECT batch FROM terminals WHERE number = :number", till.number)
        if before:
            day.closed_by_host(till, before[0]["batch"])
            sql = "UPDATE terminals SET batch = {}, last_trace = 0 WHERE number = :number"
            day.at_host(sql.format(before[0]["batch"] % 999_999 + 1), till.number)

    day.loop.call_later(till.chance.random() * 10, close)


def batch_closed_and_cut(day, till):
    """The same, and the terminal learns of it at its next start."""
    batch_closed(day, till)
    day.loop.call_later(10 + till.chance.random() * 60, _pull, day, till)


def _pull(day, till):
    if till.on:
        day.struck("power_at_any_time")
        till.pull_the_plug()


def clock_jumps(day, till):
    seconds = till.chance.choice((-3600, 3600, -86_400, 86_400))
    if till.chance.random() < 0.3 and seconds > 0:
        day.host.wall.moved += timedelta(seconds=seconds)
    else:
        till.clock.jump(seconds)


_OTHER = {
    function.__name__: function
    for function in (
        power_at_a_write,
        power_at_a_message,
        power_at_any_time,
        flash_fails,
        radio_lost,
        partition,
        paper_out,
        host_dies_at_a_statement,
        host_dies,
        key_forgotten,
        refused_for_a_while,
        batch_closed,
        batch_closed_and_cut,
        clock_jumps,
    )
}
