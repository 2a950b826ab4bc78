"""Host, air, terminal and front panel: started in order, stopped in the opposite order, whatever happens."""

import asyncio
import contextlib
import fcntl
import signal
import time

from tools import provision
from tools.run.host_process import HostProcess
from tools.run.settings import ADDRESS, RunError
from tools.sim.air import Air
from tools.sim.circuit import Circuit, load_board
from tools.sim.deploy import FIRMWARE, CompileError
from tools.sim.flash import FlashError
from tools.sim.panel.server import PanelServer
from tools.sim.panel.station import Station
from tools.sim.process import TerminalProcess
from tools.sim.radio import GUEST, WPA2, Network

SCREEN_TIMEOUT_S = 10
TEXTS = FIRMWARE / "pos" / "texts"
LOG_IN_TITLE = "title_login = "
SETTINGS_FILES = tuple(f"/data/settings.json{end}" for end in ("", ".new", ".old"))


async def run(settings, say):
    """Runs everything until SIGINT, SIGTERM or SIGHUP. RunError when something cannot start or ends by itself."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    started = time.monotonic()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(_alone(settings))
        starting = asyncio.create_task(_start(settings, say, stack))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.wait([starting])
            return
        watched = await starting
        _say_ready(settings, say, time.monotonic() - started)
        await asyncio.wait([stopping, *watched], return_when=asyncio.FIRST_COMPLETED)
        for task in watched:
            if task.done() and not stop.is_set():
                raise RunError(f"{task.get_name()} has stopped:\n{task.result() or ''}")
        say("stopping")


async def _start(settings, say, stack):
    """Starts all; what must be undone goes to the stack at once. Returns the tasks that must not end."""
    watched = []
    settings.check_ports()
    if settings.with_host:
        host = HostProcess(settings, say)
        say("setting up the host")
        await host.init()
        say("starting the host")
        stack.push_async_callback(host.stop)
        serving = asyncio.create_task(host.start())
    air = await Air(settings.host_port).start()
    stack.push_async_callback(air.close)
    say(f"putting the firmware on the flash of {settings.board}")
    process = _terminal(settings, air)
    await _deploy(process, settings)
    if settings.with_host:
        await serving
        watched.append(asyncio.create_task(host.ended(), name="the host"))
    panel, serving = await _serve_panel(settings, Station(process.circuit, process, air, _platform_url(settings)))
    stack.push_async_callback(panel.stop, serving)
    watched.append(serving)
    say("switching the terminal on")
    stack.push_async_callback(process.close)
    await process.start()
    await _usable(process, say)
    return watched


def _terminal(settings, air):
    """The terminal process over its circuit, provisioned for the host of this state folder."""
    changes = {"port": air.port, "language": settings.language}
    try:
        files, initial = provision.demo_files(settings.state, **changes)
    except provision.ProvisionError as error:
        raise RunError(str(error)) from None
    circuit = Circuit(load_board(settings.board))
    identity = provision.identity(files)
    circuit.radio.networks = [Network(identity["wifi_ssid"], identity["wifi_key"], WPA2), GUEST]
    circuit.power_off()
    folder = settings.state / "terminal"
    return TerminalProcess(
        folder, settings.board, circuit, settings.runtime, data=files, initial_data=initial, repl=True
    )


async def _deploy(process, settings):
    try:
        await asyncio.to_thread(process.deploy)
        if settings.language:
            await asyncio.to_thread(_set_language, process.flash, settings.language)
    except (CompileError, FlashError) as error:
        raise RunError(f"the firmware cannot be put on the flash:\n{error}") from None


def _set_language(flash, language):
    """Makes `language` the terminal's setting, as its own settings screen would."""
    files = flash.read_all(SETTINGS_FILES)
    content = provision.stored_value([files[path] for path in SETTINGS_FILES], {})
    if not isinstance(content, dict) or content.get("language") != language:
        kept = content if isinstance(content, dict) else {}
        flash.write({SETTINGS_FILES[0]: provision.stored(kept | {"language": language})})


async def _serve_panel(settings, station):
    panel = PanelServer(station, settings.panel_port)
    serving = asyncio.create_task(panel.serve(), name="the front panel")
    while not panel.started:
        if serving.done():
            raise RunError(f"PANEL_PORT={settings.panel_port}: the front panel cannot listen there")
        await asyncio.sleep(0.01)
    return panel, serving


async def _usable(process, say):
    """Waits until the firmware asks for the operator; says so when it first has something else to tell."""
    display = process.circuit.display
    end = time.monotonic() + SCREEN_TIMEOUT_S
    titles = _log_in_titles()
    while time.monotonic() < end:
        if any(title in row for row in display.text_rows() for title in titles):
            return
        await asyncio.sleep(0.05)
    shown = " / ".join(row.strip() for row in display.text_rows() if row.strip())
    say(f"the terminal shows: {shown or 'nothing'} (its log is {process.log_path})")


def _log_in_titles():
    """How the firmware's own texts call the log-in screen in each language."""
    lines = [line for file in TEXTS.glob("*.txt") for line in file.read_text(encoding="utf-8").splitlines()]
    return [line.removeprefix(LOG_IN_TITLE).strip() for line in lines if line.startswith(LOG_IN_TITLE)]


@contextlib.contextmanager
def _alone(settings):
    """Keeps a second run out of the same state folder: two terminals on one flash would destroy it."""
    settings.state.mkdir(parents=True, exist_ok=True)
    with (settings.state / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunError(
                f"STATE={settings.state} is in use by another run; stop that one, or choose another: make run STATE=..."
            ) from None
        yield


def _platform_url(settings):
    return f"http://{ADDRESS}:{settings.console_port}/" if settings.with_host else None


def _say_ready(settings, say, took_s):
    say(f"ready after {took_s:.1f} s")
    say("")
    say(f"  front panel        http://{ADDRESS}:{settings.panel_port}/")
    if settings.with_host:
        say(f"  merchant platform  {_platform_url(settings)}")
    say(f"  ISO 8583 over TLS  {ADDRESS}:{settings.host_port}{'' if settings.with_host else ', not started here'}")
    say("")
    say("  sign on       0 1 ENTER  2 4 6 8 ENTER")
    say("  a sale        1 2 3 4 ENTER, hold a card to the reader, ENTER")
    say(f"  stop          Ctrl-C; everything is kept in {settings.state}")
