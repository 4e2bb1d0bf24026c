"""Carrying bytes: what each transport says when the other end is absent, busy, gone, or takes nothing."""

import os
import socket
import threading
import time
import tty

import pytest

from devices.model import Reason
from devices.transports.base import LinkError
from devices.transports.memory import memory_pair
from devices.transports.serial_port import LineSettings, SerialTransport
from devices.transports.tcp import TcpTransport
from devices.transports.urls import key_for, transport_for


@pytest.fixture
def terminal():
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


@pytest.fixture
def peer():
    server = socket.create_server(("127.0.0.1", 0))
    transport = TcpTransport(*server.getsockname())
    transport.open()
    other, _ = server.accept()
    yield transport, other
    transport.close()
    other.close()
    server.close()


def reason_of(call, *arguments):
    with pytest.raises(LinkError) as trouble:
        call(*arguments)
    return trouble.value.reason


def test_bytes_go_both_ways_over_a_terminal(terminal):
    master, path = terminal
    line = SerialTransport(path)
    line.open()
    os.write(master, b"\x00\x1d\xff\r")
    assert line.read(1.0) == b"\x00\x1d\xff\r"
    assert line.read(0.0) == b""
    line.write(b"\x06" * 200, 1.0)
    arrived = b""
    while len(arrived) < 200:
        arrived += os.read(master, 500)
    assert arrived == b"\x06" * 200
    line.close()
    line.close()


def test_what_waited_in_the_port_before_it_was_opened_is_nobodys(terminal):
    master, path = terminal
    os.write(master, b"OLD\r")
    line = SerialTransport(path)
    line.open()
    os.write(master, b"NEW\r")
    assert line.read(1.0) == b"NEW\r"
    line.close()


def test_why_a_port_does_not_open(terminal, tmp_path):
    _, path = terminal
    first = SerialTransport(path)
    first.open()
    assert reason_of(SerialTransport(path).open) is Reason.BUSY
    first.close()
    assert reason_of(SerialTransport(str(tmp_path / "none")).open) is Reason.ABSENT
    assert reason_of(SerialTransport(path, LineSettings(baud=-1)).open) is Reason.DENIED


def test_a_terminal_that_takes_nothing_times_out_with_what_was_sent(terminal):
    _, path = terminal
    line = SerialTransport(path)
    line.open()
    with pytest.raises(LinkError) as trouble:
        line.write(b"x" * 100_000, 0.1)
    assert trouble.value.reason is Reason.TIMED_OUT
    assert 0 < trouble.value.sent < 100_000
    line.close()


def test_wake_ends_a_read_at_once_and_cancel_for_good(terminal):
    _, path = terminal
    line = SerialTransport(path)
    line.open()
    threading.Timer(0.05, line.wake).start()
    began = time.monotonic()
    assert line.read(10.0) == b""
    threading.Timer(0.05, line.cancel).start()
    assert reason_of(line.read, 10.0) is Reason.STOPPED
    assert reason_of(line.read, 10.0) is Reason.STOPPED
    assert time.monotonic() - began < 5.0
    line.close()


def test_bytes_go_both_ways_over_tcp_and_a_closed_peer_is_lost(peer):
    transport, other = peer
    transport.write(b"hello", 1.0)
    assert other.recv(10) == b"hello"
    other.sendall(b"there")
    assert transport.read(1.0) == b"there"
    assert transport.read(0.0) == b""
    other.close()
    assert reason_of(transport.read, 1.0) is Reason.LOST


def test_a_peer_that_takes_nothing_times_out_with_what_was_sent(peer):
    transport, _ = peer
    with pytest.raises(LinkError) as trouble:
        transport.write(b"x" * 50_000_000, 0.1)
    assert trouble.value.reason is Reason.TIMED_OUT
    assert 0 < trouble.value.sent < 50_000_000


def test_a_wake_disturbs_no_write_and_a_cancel_ends_it(peer):
    transport, _ = peer
    for delay in (0.02, 0.04):
        threading.Timer(delay, transport.wake).start()
    threading.Timer(0.1, transport.cancel).start()
    with pytest.raises(LinkError) as trouble:
        transport.write(b"x" * 50_000_000, 20.0)
    assert trouble.value.reason is Reason.STOPPED
    assert trouble.value.sent > 0


@pytest.mark.parametrize("call", ["wake", "cancel"])
def test_a_bell_used_up_by_a_write_still_ends_the_next_read(peer, call):
    transport, _ = peer
    filler = threading.Timer(0.05, getattr(transport, call))
    filler.start()
    with pytest.raises(LinkError):
        transport.write(b"x" * 50_000_000, 0.3)
    filler.join()
    began = time.monotonic()
    if call == "cancel":
        assert reason_of(transport.read, 10.0) is Reason.STOPPED
    else:
        assert transport.read(10.0) == b""
    assert time.monotonic() - began < 5.0


def test_closing_is_an_end_and_not_a_reset_even_with_answers_unread(peer):
    """A reset makes some printers throw away what they have not worked on yet."""
    transport, other = peer
    transport.write(b"^XA^XZ", 1.0)
    other.sendall(b"a late answer")
    transport.close()
    assert other.recv(100) == b"^XA^XZ"
    assert other.recv(100) == b""


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="this system has no such option")
def test_a_peer_that_was_switched_off_is_noticed(peer):
    transport, _ = peer
    link = transport._socket
    assert link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    quiet = link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
    between = link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
    assert quiet + between * link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) <= 10


def test_nobody_at_the_port_is_refused_and_a_closed_transport_is_lost():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    transport = TcpTransport("127.0.0.1", port)
    assert reason_of(transport.open) is Reason.REFUSED
    assert reason_of(transport.read, 0.0) is Reason.LOST
    with pytest.raises(LinkError) as trouble:
        transport.write(b"x", 0.1)
    assert trouble.value.sent == 0
    assert reason_of(TcpTransport("no.such.host.invalid", 9100).open) is Reason.ABSENT


def test_a_memory_pair_is_a_link_too():
    here, there = memory_pair()
    here.open()
    here.write(b"a", 1.0)
    here.write(b"b", 1.0)
    assert there.read(1.0) == b"a"
    assert there.read(1.0) == b"b"
    assert there.read(0.0) == b""
    there.wake()
    assert there.read(10.0) == b""
    here.close()
    assert reason_of(there.read, 1.0) is Reason.LOST
    assert reason_of(there.write, b"x", 1.0) is Reason.LOST
    assert reason_of(there.open) is Reason.ABSENT
    there.cancel()
    assert reason_of(there.read, 1.0) is Reason.STOPPED


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("serial:///dev/ttyUSB0?baud=2400&bits=7&parity=e", "ser:/dev/ttyUSB0"),
        ("serial:///COM3", "ser:COM3"),
        ("serial://COM3?baud=9600", "ser:COM3"),
        ("tcp://127.0.0.1:9100", "net:127.0.0.1:9100"),
        ("tcp://[::1]:9100", "net:::1:9100"),
    ],
)
def test_addresses(url, key):
    assert str(key_for(url)) == key
    transport_for(url).close()
