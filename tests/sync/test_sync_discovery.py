"""Finding a server by mDNS, on the loopback interface only. A hint, so nothing here is about trust."""

import socket
import threading

import pytest
from zeroconf import ServiceInfo

from sync import discovery
from sync.discovery import Found, announce, browse

LOOPBACK = ("127.0.0.1",)


@pytest.fixture
def mdns():
    """Skips where the machine has no multicast."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            probe.sendto(b"", ("224.0.0.251", 5353))
        except OSError as error:
            pytest.skip(f"no multicast on loopback here: {error}")


def test_an_announced_server_is_found(mdns):
    found, heard = [], threading.Event()

    def on_found(server):
        found.append(server)
        heard.set()

    with announce("c0ffee" * 5, 8443, ["127.0.0.1"], LOOPBACK), browse(on_found, LOOPBACK):
        assert heard.wait(10)
    assert found[0] == Found("c0ffee" * 5, ("127.0.0.1:8443",))


def test_an_announcement_that_says_too_little_is_ignored():
    name = f"x.{discovery.SERVICE}"
    mute = ServiceInfo(discovery.SERVICE, name, port=1, addresses=[b"\x7f\0\0\1"], properties={})
    assert discovery._read(mute) is None


def test_without_a_network_nothing_happens(monkeypatch, expected_log):
    expected_log.append("no mDNS here")

    def no_network(*args, **words):
        raise OSError("no such device")

    monkeypatch.setattr(discovery, "Zeroconf", no_network)
    with announce("c", 1, []), browse(lambda found: None):
        pass
