"""The socket that a server takes its connections from."""

import asyncio
import socket
from pathlib import Path

import pytest

from oms.cli.server import listen
from oms.settings import ServerSettings


def test_answers_leave_at_once():
    """Without TCP_NODELAY the second part of each answer waits for the other side's acknowledgement of the first, 40 ms."""

    async def option() -> int:
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def let_in(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            told.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listen(ServerSettings(Path(), port=0))
        async with await asyncio.start_server(let_in, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
            try:
                return await asyncio.wait_for(told, 10)
            finally:
                writer.close()
                await writer.wait_closed()

    assert asyncio.run(option())


def test_a_port_that_is_taken_is_a_sentence(capsys):
    taken = listen(ServerSettings(Path(), port=0))
    taken.listen()
    port = taken.getsockname()[1]
    with pytest.raises(SystemExit):
        listen(ServerSettings(Path(), port=port))
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in capsys.readouterr().err
    taken.close()
