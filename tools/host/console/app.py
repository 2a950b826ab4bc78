"""The console's web application."""

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


def make_app(database, session_key, clock):
    """ASGI application."""

    def health(request):
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/api/health", health)])
