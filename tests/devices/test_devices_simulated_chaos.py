"""Trouble on the line: what is planned happens, the same each time, and a name of a port may change."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.model import DeviceKey, LinkState, Reason, Role
from devices.simulated.chaos import Chaos, ChaosPlan, ChaosTransport, seeded
from devices.simulated.lines import PtyLine, TcpLine
from devices.simulated.scanner_sim import ScannerSim
from devices.transports.base import LinkError
from devices.transports.memory import memory_pair
from devices.transports.serial_port import SerialTransport
from devices.transports.tcp import TcpTransport


@given(st.integers(0, 10_000), st.lists(st.binary(min_size=1, max_size=40), max_size=8))
def test_a_seed_always_makes_the_same_trouble(seed, said):
    plan = seeded(seed)
    assert plan == seeded(seed)
    assert plan != ChaosPlan(seed)
    if not plan.delay_s:
        assert [Chaos(plan).sending(data) for data in said] == [Chaos(plan).sending(data) for data in said]


def test_all_kinds_of_trouble_come_up():
    plans = [seeded(seed) for seed in range(200)]
    plain = ChaosPlan()
    for name in ChaosPlan.__dataclass_fields__:
        assert name == "seed" or any(getattr(plan, name) != getattr(plain, name) for plan in plans), name


def test_a_thing_said_twice():
    pieces, cut = Chaos(ChaosPlan(duplicate_chance=1.0)).sending(b"ab")
    assert (b"".join(pieces), cut) == (b"abab", False)


@pytest.mark.parametrize("plan", [ChaosPlan(cut_after_received=3), ChaosPlan(cut_after_sent=3)])
def test_a_transport_breaks_where_it_is_planned(plan):
    here, there = memory_pair()
    broken = ChaosTransport(here, plan)
    broken.open()
    there.write(b"abcdef", 1)
    if plan.cut_after_received:
        assert broken.read(1) == b"abc"
        with pytest.raises(LinkError):
            broken.read(1)
    else:
        with pytest.raises(LinkError) as trouble:
            broken.write(b"abcdef", 1)
        assert (trouble.value.reason, trouble.value.sent) == (Reason.LOST, 3)


@pytest.mark.parametrize("kind", [PtyLine, TcpLine])
def test_a_device_that_takes_its_time_lets_the_host_wait(kind, plug):
    got = []
    line = kind(lambda data, now: (got.append(data), b"")[1])
    line.plug(ChaosPlan(drain_bytes_s=4000))
    host = SerialTransport(line.url.removeprefix("serial://")) if kind is PtyLine else None
    if host is None:
        host = TcpTransport("127.0.0.1", line.port)
    host.open()
    began = time.monotonic()
    host.write(b"x" * 2000, 5)
    while sum(map(len, got)) < 2000 and time.monotonic() - began < 10:
        threading.Event().wait(0.01)
    # 2000 bytes at 4000 a second: half a second at least, less what had gathered before.
    assert time.monotonic() - began > 0.2
    assert b"".join(got) == b"x" * 2000
    host.close()
    line.unplug()


def test_a_port_that_gets_another_name(hub, plug, tmp_path, listener, expected_log):
    expected_log.append("Scanner: no link")
    sim = plug(ScannerSim(tmp_path / "ttyACM0"))
    key = DeviceKey("usb:1:2:3")
    hub.add(Role.SCANNER, sim.url, "Scanner", key)
    hub.start()
    listener.wait_ready(key)
    links = len(listener.links)
    sim.line.rename(tmp_path / "ttyACM1")
    listener.wait(lambda: any(state is LinkState.LOST for _, state, _ in listener.links[links:]))
    sim.start()
    assert not (tmp_path / "ttyACM0").exists()
    hub.move(key, sim.url)
    listener.wait_ready(key, after=links)
    sim.scan("HERE")
    listener.wait(lambda: [scan.text for scan in listener.scans] == ["HERE"])
