"""Hundreds of devices wait for news at once: what a TLS connection sets aside for reading must stay small."""

import asyncio
from asyncio.sslproto import SSLProtocol

from oms.server_tls import server_identity

MOST = 16 * 1024


def test_a_connection_that_only_waits_sets_little_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(SSLProtocol, "max_size", 256 * 1024)

    async def buffer():
        context = server_identity(tmp_path).context()
        made = SSLProtocol(asyncio.get_running_loop(), asyncio.Protocol(), context, None, server_side=True)
        return len(made._ssl_buffer)

    assert asyncio.run(buffer()) <= MOST
