"""A second host on one PostgreSQL database, as another process would be, and ways to ask both at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from tools.host.store.database import Database
from tools.host.switch.switch import Switch


class Second:
    """Another host on the same database, as another process would be: connections and switch of its own."""

    def __init__(self, host, address=None):
        self.database = Database(address or host.address)
        self.switch = Switch(self.database, host.state.keystore(), host.clock)


def together(*works):
    """Runs them in threads at the same time; what each returned."""
    barrier = threading.Barrier(len(works))

    def run(work):
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
