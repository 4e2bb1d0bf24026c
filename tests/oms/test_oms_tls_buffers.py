"""Hundreds of devices wait for news at once: what a TLS connection sets aside for reading must stay small."""

import inspect
from asyncio.sslproto import SSLProtocol

from oms.server_tls import server_identity

MOST = 16 * 1024


def test_a_connection_that_only_waits_sets_little_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(SSLProtocol, "max_size", 256 * 1024)
    server_identity(tmp_path).context()
    assert SSLProtocol.max_size <= MOST


def test_python_still_asks_there_how_much():
    assert "bytearray(self.max_size)" in inspect.getsource(SSLProtocol.__init__)
