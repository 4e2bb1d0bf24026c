"""Ways to a server that misbehave: bytes are swallowed, stopped in the middle, dripped one a second, or cut off by chance."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import StrEnum
from random import Random
from typing import Any

_LOSS = 0.3
_DRIP_S = 1.0


class Fault(StrEnum):
    """What is wrong with a way."""

    #: The request goes through, then the connection ends.
    AFTER_REQUEST = "drop after request"
    #: The server's answer is swallowed, then the connection ends.
    BEFORE_REPLY = "drop before reply"
    #: Nothing comes back any more, and nobody says so.
    HALF_OPEN = "half open"
    ONE_BYTE_A_SECOND = "one byte a second"
    #: Three of ten pieces end their connection.
    LOSS = "30 % loss"


class Gate:
    """Owns one way: a port that leads to another, in good order while `fault` is None. Lives in its `Gates`' loop."""

    def __init__(self, to: int, dice: Random) -> None:
        self._to = to
        self._dice = dice
        self.fault: Fault | None = None
        self.port = 0

    async def open(self) -> asyncio.Server:
        """Listens from now on."""
        server = await asyncio.start_server(self._through, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _through(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        # Cancelled with the loop that it lives in.
        with suppress(asyncio.CancelledError, OSError):
            far_in, far_out = await asyncio.open_connection("127.0.0.1", self._to)
            try:
                await asyncio.gather(self._pump(near_in, far_out, True), self._pump(far_in, near_out, False))
            finally:
                for end in (near_out, far_out):
                    end.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, up: bool) -> None:
        while data := await source.read(65536):
            await self._carry(data, sink, up)
        raise ConnectionResetError

    async def _carry(self, data: bytes, sink: asyncio.StreamWriter, up: bool) -> None:
        # 23 is TLS application data: with handshakes cut off nothing would ever get as far as a request.
        asked = data[0] == 23
        match self.fault:
            case Fault.AFTER_REQUEST if up and asked and self._dice.random() < 0.5:
                sink.write(data)
                await sink.drain()
                raise ConnectionResetError
            case Fault.BEFORE_REPLY if not up and asked and self._dice.random() < 0.5:
                raise ConnectionResetError
            case Fault.HALF_OPEN if not up:
                return
            case Fault.LOSS if self._dice.random() < _LOSS:
                raise ConnectionResetError
            case Fault.ONE_BYTE_A_SECOND:
                await self._drip(data, sink)
                return
        sink.write(data)
        await sink.drain()

    async def _drip(self, data: bytes, sink: asyncio.StreamWriter) -> None:
        for n in range(len(data)):
            if self.fault is not Fault.ONE_BYTE_A_SECOND:
                sink.write(data[n:])
                break
            sink.write(data[n : n + 1])
            await sink.drain()
            await asyncio.sleep(_DRIP_S)
        await sink.drain()


class Gates:
    """Owns the thread and loop of all ways of a run. As a context it begins and ends."""

    def __init__(self, to: int, count: int, seed: int) -> None:
        self.gates = [Gate(to, Random(f"{seed} {n}")) for n in range(count)]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gates", daemon=True)
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> "Gates":
        self._thread.start()
        self._servers = [self._do(gate.open) for gate in self.gates]
        return self

    def _do(self, act: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return asyncio.run_coroutine_threadsafe(act(), self._loop).result(30)

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        mine = asyncio.current_task()
        rest = [task for task in asyncio.all_tasks() if task is not mine]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await asyncio.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._do(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
