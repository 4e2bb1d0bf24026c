"""Roles stay with devices: through another port, another address, a restart of the program, and a change of mind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.discovery.found import Found
from devices.model import DeviceKey, LinkState, Role
from devices.simulated.scale_sim import ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.stations import Binding, Bindings, Station
from tools.soak import link_cycles

SCANNER = DeviceKey("usb:0c2e:0b61:S1")


def found(key, url, *aliases, doors=()):
    return Found(key, url, None, None, "x", "", "", ("test",), tuple(DeviceKey(each) for each in aliases), tuple(doors))


@pytest.fixture
def kept():
    return []


@pytest.fixture
def station(hub, kept):
    return lambda bindings=(): Station(hub, Bindings(bindings), lambda all_: kept.append(all_.rows()))


def test_bindings_are_written_and_read_again_in_their_order():
    bindings = Bindings(
        [
            Binding(Role.SCANNER, SCANNER, "serial:///dev/ttyACM0", "Left hand"),
            Binding(Role.SCALE, DeviceKey("ser:/dev/ttyS0"), "serial:///dev/ttyS0?dialect=nci&baud=4800", "Dock scale"),
            Binding(Role.SCANNER, DeviceKey("ser:/dev/ttyS1"), "serial:///dev/ttyS1", "Right hand"),
        ]
    )
    again = Bindings.from_rows(bindings.rows())
    assert list(again) == list(bindings)
    assert [binding.name for binding in again.of(Role.SCANNER)] == ["Left hand", "Right hand"]
    again.release(SCANNER)
    assert again.get(SCANNER) is None
    with pytest.raises(KeyError):
        again.release(SCANNER)


@pytest.mark.parametrize("row", [{}, {"role": "cook", "key": "a", "url": "b", "name": "c"}])
def test_rows_that_are_no_bindings_are_refused(row):
    with pytest.raises((KeyError, ValueError)):
        Bindings.from_rows([row])


@pytest.mark.parametrize(
    ("before", "seen", "after"),
    [
        # another socket of this machine; how to talk to it stays
        (
            "serial:///dev/ttyUSB0?dialect=nci",
            found(SCANNER, "serial:///dev/ttyUSB3", "ser:/dev/ttyUSB3"),
            "serial:///dev/ttyUSB3?dialect=nci",
        ),
        # another address of the network, by the same door
        (
            "tcp://10.0.0.7:9100?dialect=zpl",
            found(SCANNER, "ipp://10.0.0.9:631/ipp", "net:10.0.0.9:9100", doors=["tcp://10.0.0.9:9100"]),
            "tcp://10.0.0.9:9100?dialect=zpl",
        ),
        # where it was all the time, seen under a better name
        (
            "serial:///dev/ttyUSB0",
            found(SCANNER, "serial:///dev/serial/by-id/a", "ser:/dev/ttyUSB0"),
            "serial:///dev/ttyUSB0",
        ),
        # another kind of door only: it is not gone over to
        ("tcp://10.0.0.7:9100", found(SCANNER, "ipp://10.0.0.9:631/ipp", "net:10.0.0.9:631"), "tcp://10.0.0.7:9100"),
    ],
)
def test_a_binding_follows_its_device(before, seen, after):
    assert Binding(Role.SCALE, SCANNER, before, "x").followed(seen).url == after


def test_a_role_survives_replugging_into_another_port(hub, station, kept, plug, tmp_path, listener, expected_log):
    expected_log.append("Scanner: no link")
    old = plug(ScannerSim(tmp_path / "ttyACM0"))
    here = station([Binding(Role.SCANNER, SCANNER, old.url, "Scanner")])
    here.open()
    hub.start()
    here.on_found([found(SCANNER, old.url, f"ser:{tmp_path / 'ttyACM0'}")])
    listener.wait_ready(SCANNER)
    links = len(listener.links)
    old.stop()
    here.on_found([])
    listener.wait(lambda: any(state is LinkState.LOST for _, state, _ in listener.links[links:]))
    new = plug(ScannerSim(tmp_path / "ttyACM5"))
    here.on_found([found(SCANNER, new.url, f"ser:{tmp_path / 'ttyACM5'}")])
    listener.wait_ready(SCANNER, after=links)
    new.scan("AGAIN")
    listener.wait(lambda: [scan.text for scan in listener.scans] == ["AGAIN"])
    assert [row["url"] for row in kept[-1]] == [new.url]


def test_a_device_that_comes_back_is_tried_at_once(hub, station, plug, tmp_path, listener, expected_log):
    expected_log.append("Scale: no link")
    link = tmp_path / "scale"
    sim = ScaleSim(link=link)
    key = DeviceKey(f"ser:{link}")
    here = station([Binding(Role.SCALE, key, f"serial://{link}", "Scale")])
    here.open()
    tried = []
    hub.retry, retry = (lambda one: (tried.append(one), retry(one))), hub.retry
    hub.start()
    listener.wait(lambda: (key, LinkState.ABSENT) in {found[:2] for found in listener.links})
    plug(sim)
    here.on_found([found(key, sim.url)])
    here.on_found([found(key, sim.url)])
    listener.wait_ready(key)
    assert tried == [key], "an event retries once, not each time the list is told"


def test_a_role_is_changed_while_everything_runs(hub, station, kept, plug, tmp_path, listener):
    scale = plug(ScaleSim(link=tmp_path / "port"))
    key = DeviceKey(f"ser:{tmp_path / 'port'}")
    here = station()
    here.open()
    hub.start()
    here.assign(Role.SCANNER, scale.url, "Port", key)
    listener.wait_ready(key)
    links = len(listener.links)
    here.assign(Role.SCALE, scale.url, "Dock scale", key)
    listener.wait_ready(key, after=links)
    listener.wait(lambda: listener.readings)
    assert kept[-1] == [{"role": "scale", "key": key.text, "url": scale.url, "name": "Dock scale"}]
    with pytest.raises(ValueError):
        here.assign(Role.SCALE, "serial:///dev/ttyS0?dialect=martian", "Dock scale", key)
    assert [(info.role, info.name) for info, _, _ in hub.devices()] == [(Role.SCALE, "Dock scale")]
    here.release(key)
    assert hub.devices() == []
    assert kept[-1] == []


def test_a_binding_that_no_longer_makes_sense_does_not_stop_the_others(
    hub, station, plug, tmp_path, listener, expected_log
):
    expected_log.append("Old is left out")
    scanner = plug(ScannerSim(tmp_path / "s"))
    here = station(
        [
            Binding(Role.SCALE, DeviceKey("x"), "serial:///dev/ttyS0?dialect=martian", "Old"),
            Binding(Role.SCANNER, SCANNER, scanner.url, "Scanner"),
        ]
    )
    here.open()
    hub.start()
    listener.wait_ready(SCANNER)
    assert len(hub.devices()) == 1


@given(st.lists(st.tuples(st.sampled_from(list(Role)), st.integers(0, 5), st.text(max_size=10)), max_size=20))
def test_there_is_one_role_a_device_whatever_is_bound(acts):
    bindings = Bindings()
    for role, number, name in acts:
        bindings.bind(Binding(role, DeviceKey(f"k{number}"), "serial:///dev/x", name))
    keys = [binding.key for binding in bindings]
    assert len(keys) == len(set(keys))
    assert sum(len(bindings.of(role)) for role in Role) == len(keys)
    assert list(Bindings.from_rows(bindings.rows())) == list(bindings)


def test_a_small_part_of_a_thousand_link_cycles():
    """Unplugged, put into another socket, switched off: all come back, nothing leaks. How soon is for the bench."""
    figures = {figure.name: figure.value for figure in link_cycles.run(cycles=16, devices=8, seed=7)}
    assert figures["link cycles done"] == 16
    for name in ("devices that did not come back", "threads leaked", "descriptors leaked"):
        assert figures[name] == 0, name
