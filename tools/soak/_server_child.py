"""`floorhand server` for a nursery: everything loaded that a server loads."""

import uvicorn.lifespan.on
import uvicorn.loops.asyncio
import uvicorn.protocols.http.h11_impl

import oms.api.app
from oms.cli import server

_LOADED = (uvicorn.lifespan.on, uvicorn.loops.asyncio, uvicorn.protocols.http.h11_impl, oms.api.app)


def main(words: list[str]) -> None:
    """One life of a server."""
    server.main(words)
