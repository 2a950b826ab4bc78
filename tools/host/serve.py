"""`serve`: host and console in one process, until SIGTERM or SIGINT."""

import asyncio
import contextlib
import logging
import resource
import signal
import socket

import uvicorn
from sqlalchemy import select

from tools.host import sweep
from tools.host.clock import SystemClock
from tools.host.console.app import make_app
from tools.host.notices.webhook import Courier
from tools.host.security.storage_key import VARIABLE
from tools.host.server.limits import Pace
from tools.host.server.tls_server import TlsServer, tls_context
from tools.host.server.worker import Worker
from tools.host.state import StateError
from tools.host.store import migrate
from tools.host.store.schema import terminals
from tools.host.switch.switch import Switch

CONSOLE_ADDRESS = "127.0.0.1"
CONSOLE_STOP_TIMEOUT_S = 2
FILES_BESIDE = 200  # database, console, log

log = logging.getLogger("host")


class _Console(uvicorn.Server):
    """uvicorn without its own signal handling: one place ends this process."""

    @contextlib.contextmanager
    def capture_signals(self):
        yield


async def serve(state, address, port, console_port, limits, ready=print):
    """Serves until a signal; `ready` is called once with one line when both ports take connections."""
    state.require()
    state.check_secrets()
    database = state.database()
    log.info("database: %s", database.name)
    migrate.upgrade(database.engine)
    keystore = state.keystore()
    _must_open(state, database, keystore)
    worker = Worker(Switch(database, keystore, SystemClock(), lambda: Pace(limits)))
    server = TlsServer(worker.answer, tls_context(state.pki / "server.pem", state.pki / "server.key"), limits)
    _allow_files(limits.connections + FILES_BESIDE)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    worker.start()
    sweeping = asyncio.create_task(sweep.until(stop, database, SystemClock()))
    telling = asyncio.create_task(Courier(database, keystore, SystemClock()).run(stop))
    try:
        port = await server.start(address, port)
        console, console_task, console_port = await _start_console(state, database, console_port)
        state.console_port = console_port
        ready(f"host ready: ISO 8583 on {address}:{port}, console on http://{CONSOLE_ADDRESS}:{console_port}/")
        await stop.wait()
        console.should_exit = True
        await server.stop()
        await console_task
    finally:
        stop.set()
        await sweeping
        telling.cancel()  # a merchant's system that does not answer holds up nobody; what was not told is told later
        await asyncio.gather(telling, return_exceptions=True)
        await asyncio.to_thread(worker.stop)
        database.close()


def _allow_files(count):
    """Each connection needs a file descriptor; the system may allow fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        if allowed < count:
            log.warning("the system allows %d open files: not all of the %d connections", allowed, count - FILES_BESIDE)


def _must_open(state, database, keystore):
    """StateError when the storage key is not the one that the database's keys lie under."""
    with database.engine.connect() as connection:
        block = connection.scalar(select(terminals.c.master_key).limit(1))
    if block and not keystore.opens(block):
        raise StateError(
            f"the storage key does not open the keys in the database: {VARIABLE} of the environment, or "
            f"{state.storage_key_file}, must be what `init` was run with"
        )


async def _start_console(state, database, port):
    app = make_app(database, state.session_key(), SystemClock())
    listening = socket.create_server((CONSOLE_ADDRESS, port))  # by ourselves: uvicorn would exit when it cannot
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=CONSOLE_STOP_TIMEOUT_S,
    )
    console = _Console(config)
    return console, asyncio.create_task(console.serve([listening])), listening.getsockname()[1]
