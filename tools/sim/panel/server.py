"""The web server of the front panel: the API, the page's files, and who may ask."""

import asyncio
import contextlib
import ipaddress
import pathlib

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route

from tools.sim.panel import api
from tools.sim.panel.bench import Bench
from tools.sim.panel.checks import BadRequest

ASSETS = pathlib.Path(__file__).parent / "assets"
GRACE_S = 5
"""What a request may still take when the server stops; streams of events end at once."""
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def make_app(station) -> Starlette:
    """The application over one station (see station.Station)."""
    bench = Bench(station)

    @contextlib.asynccontextmanager
    async def watching(app):
        watcher = asyncio.create_task(bench.watch.run())
        try:
            yield
        finally:
            bench.close()
            watcher.cancel()

    app = Starlette(
        routes=[*api.routes(), Route("/", _page), Route("/{name}", _asset)],
        middleware=[Middleware(Guard)],
        exception_handlers={BadRequest: _bad_request, HTTPException: _http_error, Exception: _broken},
        lifespan=watching,
    )
    app.state.bench = bench
    return app


class PanelServer(uvicorn.Server):
    """Serves the panel inside a running event loop; signals are the business of whoever runs that loop."""

    def __init__(self, station, port: int):
        self.app = make_app(station)
        config = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        super().__init__(config)

    @contextlib.contextmanager
    def capture_signals(self):
        """Leaves the signals alone."""
        yield

    async def stop(self, serving: asyncio.Task):
        """Ends `serving`, the task that runs `serve()`; open streams of events end first."""
        self.app.state.bench.close()
        self.should_exit = True
        await asyncio.wait([serving], timeout=GRACE_S + 2)


class Guard:
    """Lets in only who asks this machine by address or as localhost, and no other site's pages.

    The server listens on 127.0.0.1, but a web page from anywhere can make a browser on this machine ask it.
    """

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if not _is_local(host):
            refusal = JSONResponse({"error": "ask for http://127.0.0.1 or http://localhost"}, 403)
            await refusal(scope, receive, send)
            return
        if origin and origin != f"http://{host}":
            await JSONResponse({"error": "pages of other sites may not use this panel"}, 403)(scope, receive, send)
            return

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message["headers"]}
                for name, value in SECURITY_HEADERS.items():
                    if name.encode() not in known:
                        message["headers"].append((name.encode(), value.encode()))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_local(host: str) -> bool:
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if name == "localhost":
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


async def _page(request):
    return _file("index.html")


async def _asset(request):
    return _file(request.path_params["name"])


def _file(name):
    path = ASSETS / name
    if path.suffix not in MEDIA_TYPES or path.parent != ASSETS or not path.is_file():
        raise HTTPException(404, f"nothing here is called /{name[:40]}")
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix])


async def _bad_request(request, error):
    answer = {"error": error.text}
    if error.allowed is not None:
        answer["allowed"] = error.allowed
    return JSONResponse(answer, error.status)


async def _http_error(request, error):
    text = error.detail
    if error.status_code == 405:
        text = f"{request.method} is not possible for {request.url.path}"
    elif error.status_code == 404 and text == "Not Found":
        text = f"there is no {request.url.path[:60]}; the paths are in tools/sim/README.md"
    return JSONResponse({"error": text}, error.status_code, error.headers)


async def _broken(request, error):
    return JSONResponse({"error": f"the panel itself failed: {type(error).__name__}"}, 500)
