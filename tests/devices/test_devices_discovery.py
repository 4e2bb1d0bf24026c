"""Finding devices: what sources see, how it becomes one list, and that nothing is ever sent unasked."""

import os
import threading
import tty
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.discovery.by_hand import ByHand, address
from devices.discovery.cups_queues import CupsQueues
from devices.discovery.finder import Finder
from devices.discovery.found import Found, merge, plain
from devices.discovery.hid_devices import HidDevices
from devices.discovery.hot_plug import HotPlug
from devices.discovery.keyboards import KeyboardScanners
from devices.discovery.languages import language_of
from devices.discovery.polling import PollingSource
from devices.discovery.serial_ports import SerialPorts
from devices.discovery.usb_printers import UsbPrinters, device_id
from devices.drivers.printer_ipp import CupsQueue
from devices.model import DeviceKey, Reason, Role
from devices.transports.base import LinkError
from devices.transports.hidraw import HidInfo
from devices.transports.uevents import parse


def sighting(key, *aliases, url=None, way="test", **known):
    words = {"role": None, "dialect": None, "name": "", "model": "", "serial": ""} | known
    return Found(
        DeviceKey(key),
        url or f"tcp://{key}:1",
        ways=(way,),
        aliases=tuple(DeviceKey(alias) for alias in aliases),
        **words,
    )


class Heard:
    """A listener of a finder, or of one source."""

    def __init__(self):
        self.changed = threading.Condition()
        self.lists = []

    def __call__(self, found):
        with self.changed:
            self.lists.append(tuple(found))
            self.changed.notify_all()

    def wait(self, condition, timeout=60.0):
        with self.changed:
            assert self.changed.wait_for(lambda: self.lists and condition(self.lists[-1]), timeout), self.lists


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def running():
    """Starts a source; it is stopped when the test is over."""
    started = []

    def start(source, report):
        source.start(report)
        started.append(source)
        return source

    yield start
    for source in started:
        source.stop()


# --- one list ---


def test_sightings_that_share_an_identity_are_one_device():
    merged = merge(
        [
            sighting("net:10.0.0.7:9100", way="by hand"),
            sighting("net:uuid:abc", "net:10.0.0.7:631", url="ipp://10.0.0.7:631/ipp", way="mDNS", name="Dock 3"),
            sighting(
                "net:serial:D3N",
                "net:10.0.0.7:9100",
                url="tcp://10.0.0.7:9100?dialect=zpl",
                dialect="zpl",
                role=Role.LABEL_PRINTER,
                serial="D3N",
                way="Zebra",
            ),
            sighting("net:uuid:abc", "net:10.0.0.7:9100", url="tcp://10.0.0.7:9100", way="mDNS"),
            sighting("net:10.0.0.8:9100"),
        ]
    )
    assert len(merged) == 2
    one = next(found for found in merged if found.serial)
    assert one.key == DeviceKey("net:uuid:abc")
    assert one.url == "tcp://10.0.0.7:9100?dialect=zpl"
    assert set(one.doors) == {
        "tcp://net:10.0.0.7:9100:1",
        "ipp://10.0.0.7:631/ipp",
        "tcp://10.0.0.7:9100",
    }
    assert (one.name, one.role, one.ways) == ("Dock 3", Role.LABEL_PRINTER, ("by hand", "mDNS", "Zebra"))


keys = st.sampled_from([f"net:{kind}" for kind in ("uuid:a", "uuid:b", "serial:c", "10.0.0.1:9100", "10.0.0.2:9100")])
sightings = st.lists(st.builds(lambda key, other: sighting(key, other), keys, keys), max_size=8)


@given(sightings, st.randoms())
def test_merging_is_a_matter_of_identity_not_of_order(seen, dice):
    merged = merge(seen)
    claimed = [key for found in merged for key in found.keys]
    assert len(claimed) == len(set(claimed)), "no identity belongs to two devices"
    assert set(claimed) == {key for found in seen for key in found.keys}
    dice.shuffle(seen)
    assert {found.keys for found in merge(seen)} == {found.keys for found in merged}
    assert {found.key for found in merge(seen)} == {found.key for found in merged}


@given(st.text(max_size=2000))
def test_words_from_outside_are_printable_and_short(text):
    shown = plain(text)
    assert len(shown) <= 80
    assert shown.isprintable()


def test_a_finder_tells_changes_only_and_goes_on_when_a_source_cannot_work(heard):
    class Broken:
        way = "broken"

        def start(self, report):
            raise OSError("not here")

        def search(self):
            pass

        stop = search

    hand = ByHand()
    finder = Finder([Broken(), hand], heard)
    finder.start()
    assert heard.lists == []
    hand.add("10.0.0.7")
    hand.add("10.0.0.7")
    hand.add("printer.local:6101", "Dock 3")
    finder.search()
    assert [[found.url for found in found_all] for found_all in heard.lists] == [
        ["tcp://10.0.0.7:9100"],
        ["tcp://10.0.0.7:9100", "tcp://printer.local:6101"],
    ]
    assert finder.found() == heard.lists[-1]
    hand.remove("tcp://10.0.0.7:9100")
    assert [found.name for found in finder.found()] == ["Dock 3"]
    told = len(heard.lists)
    finder.stop()
    hand.add("10.0.0.9")
    assert len(heard.lists) == told


def test_a_listener_with_a_bug_does_not_stop_the_finding(expected_log):
    expected_log.append("the receiver of found devices failed")
    hand = ByHand()
    finder = Finder([hand], lambda found: 1 / 0)
    finder.start()
    hand.add("10.0.0.7")
    assert len(finder.found()) == 1
    finder.stop()


# --- by hand ---


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("10.0.0.7", "tcp://10.0.0.7:9100"),
        (" printer.local:9101 ", "tcp://printer.local:9101"),
        ("[fe80::1]:9100", "tcp://[fe80::1]:9100"),
        ("serial:///dev/ttyUSB0?dialect=nci", "serial:///dev/ttyUSB0?dialect=nci"),
    ],
)
def test_what_people_type(typed, url):
    assert address(typed) == url


@pytest.mark.parametrize(
    "typed", ["", "a b", "host:0", "host:70000", "http://x/", "-x", "10.0.0.7/evil", "\x1b[2J", "x" * 300]
)
def test_what_makes_no_sense_is_refused(typed):
    with pytest.raises(ValueError):
        address(typed)


# --- serial ports ---


@dataclass
class Port:
    """One line of the system's list of ports."""

    device: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None
    product: str | None = None
    manufacturer: str | None = None
    location: str | None = None


def test_a_port_is_known_by_its_stable_link_and_found_again_under_another_number(running, heard, tmp_path):
    """Real terminals behind the links, as udev makes them."""
    ends = [os.openpty() for _ in range(2)]
    for _, slave in ends:
        tty.setraw(slave)
    nodes = [os.ttyname(slave) for _, slave in ends]
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    link = by_id / "usb-FTDI_FT232R_A50285BI-if00-port0"
    ports = []
    source = running(SerialPorts(lambda: list(ports), by_id, poll_s=0.02), heard)
    heard.wait(lambda found: not found)
    for node in nodes:
        link.unlink(missing_ok=True)
        link.symlink_to(node)
        ports[:] = [Port(node, 0x0403, 0x6001, "A50285BI", "FT232R", "FTDI", "1-2.3")]
        source.nudge()
        heard.wait(lambda found, node=node: found and DeviceKey(f"ser:{node}") in found[0].keys)
        (found,) = heard.lists[-1]
        assert (found.key, found.url) == (DeviceKey(f"ser:{link}"), f"serial://{link}")
        assert (found.name, found.serial, found.role) == ("FTDI FT232R", "A50285BI", None)
    ports.clear()
    heard.wait(lambda found: not found)
    for end in (end for pair in ends for end in pair):
        os.close(end)


def test_what_a_port_is_by_its_maker(tmp_path):
    ports = [
        Port("/dev/ttyACM0", 0x0C2E, 0x0B6A),
        Port("/dev/ttyS0"),
        Port("/dev/ttyUSB1", 0x067B, 0x2303, location="1-4"),
    ]
    found = SerialPorts(lambda: ports, tmp_path / "none").look()
    assert [(each.role, each.dialect) for each in found] == [(Role.SCANNER, "lines"), (None, None), (None, None)]
    assert (found[2].key, found[2].aliases) == (DeviceKey("usb:path:1-4"), (DeviceKey("ser:/dev/ttyUSB1"),))


def test_this_machines_own_ports_can_be_listed():
    for found in SerialPorts().look():
        assert found.url.startswith("serial://")


# --- HID and USB printers ---


def test_hid_scanners_and_scales_are_offered_and_keyboards_are_not():
    listed = [
        HidInfo("/dev/hidraw0", 0x046D, 0xC31C, "", "Logitech", "Keyboard", 0x01, 6),
        HidInfo("/dev/hidraw1", 0x0C2E, 0x0B61, "S\x1b[2J1", "Honeywell", "Xenon\n1900", 0x8C, 2),
        HidInfo("/dev/hidraw2", 0x0922, 0x8003, "", "DYMO", "M10", 0x8D, 1),
    ]
    scanner, scale = HidDevices(lambda: listed).look()
    assert (scanner.role, scanner.name, scanner.serial) == (Role.SCANNER, "Honeywell Xenon 1900", "S [2J1")
    assert scanner.key.text.startswith("usb:0c2e:0b61")
    assert (scale.role, scale.key) == (Role.SCALE, DeviceKey("usb:0922:8003"))
    assert scale.url == "hid://0922:8003?dialect=usb-hid-scale"


def test_two_hid_scales_of_a_kind_without_numbers_are_told_by_their_nodes():
    listed = [HidInfo(f"/dev/hidraw{n}", 0x0922, 0x8003, "", "DYMO", "M10", 0x8D, 1) for n in (2, 3)]
    found = HidDevices(lambda: listed).look()
    assert [each.key.text for each in found] == ["hid:/dev/hidraw2", "hid:/dev/hidraw3"]
    assert len(merge(found)) == 2


def usb_printer(tmp_path, number, identity, **usb):
    (tmp_path / "dev").mkdir(exist_ok=True)
    (tmp_path / "dev" / f"lp{number}").touch()
    port = tmp_path / "sys" / f"lp{number}" / "device"
    port.mkdir(parents=True)
    (port / "ieee1284_id").write_text(identity)
    for name, value in usb.items():
        (port.parent / name).write_text(value + "\n")


def test_usb_printers_by_their_device_id(tmp_path):
    usb_printer(tmp_path, 0, "MFG:Zebra;CMD:ZPL;MDL:ZD421;SN:D3N1;\n", idVendor="0a5f", idProduct="0185", serial="D3N1")
    usb_printer(tmp_path, 1, "\x1b;;garbage:\x00:;MDL")
    zebra, other = UsbPrinters(tmp_path / "dev", tmp_path / "sys").look()
    assert (zebra.name, zebra.dialect, zebra.role) == ("Zebra ZD421", "zpl", Role.LABEL_PRINTER)
    assert zebra.key == DeviceKey("usb:0a5f:0185:D3N1")
    assert zebra.url == f"usblp://{tmp_path / 'dev/lp0'}?dialect=zpl"
    assert (other.name, other.dialect, other.key) == ("lp1", None, DeviceKey(f"usb:{tmp_path / 'dev/lp1'}"))
    assert UsbPrinters(tmp_path / "none").look() == []


@given(st.text(max_size=3000))
def test_any_device_id_is_a_short_table(text):
    for name, value in device_id(text).items():
        assert value.isprintable()
        assert len(name) <= 1024


@pytest.mark.parametrize(
    ("command_sets", "model", "language"),
    [
        ("EPL,ZPL", "", "zpl"),
        ("TSPL2", "", "tspl"),
        ("", "Zebra ZD421", "zpl"),
        ("", "SATO CL4NX", "sbpl"),
        ("", "EPSON TM-L90", "escpos"),
        ("", "Brother QL-820NWB", "brother"),
        ("PCL,PS", "HP LaserJet", None),
    ],
)
def test_the_language_of_a_printer(command_sets, model, language):
    assert language_of(command_sets, model) == language


# --- keyboards and print queues ---


def keyboard(tmp_path, number, link, vendor, name):
    by_id, device = tmp_path / "by-id", tmp_path / "class" / f"event{number}" / "device"
    (device / "id").mkdir(parents=True)
    by_id.mkdir(exist_ok=True)
    (tmp_path / f"event{number}").touch()
    (by_id / f"{link}-event-kbd").symlink_to(tmp_path / f"event{number}")
    (device / "id" / "vendor").write_text(vendor)
    (device / "name").write_text(name)


def test_only_scanners_among_the_keyboards_are_offered(tmp_path):
    keyboard(tmp_path, 1, "usb-Logitech_K120", "046d", "Logitech K120")
    keyboard(tmp_path, 2, "usb-Metrologic_Focus", "0c2e", "Metrologic\x1b[2J Focus")
    keyboard(tmp_path, 3, "usb-WCM_Barcode_Reader", "ffff", "WCM HIDKeyBoard")
    keyboard(tmp_path, 4, "usb-odd", "no number", "")
    found = KeyboardScanners(tmp_path / "by-id", tmp_path / "class").look()
    assert [(each.name, each.dialect) for each in found] == [
        ("Metrologic [2J Focus", "evdev"),
        ("WCM HIDKeyBoard", "evdev"),
    ]
    link = tmp_path / "by-id" / "usb-Metrologic_Focus-event-kbd"
    assert (found[0].key, found[0].url) == (DeviceKey(f"evdev:{link}"), f"evdev://{link}?dialect=evdev")
    assert KeyboardScanners(tmp_path / "none").look() == []


def test_print_queues_of_this_machine_and_no_spooler(running, heard):
    queues = [CupsQueue("dock3", "ipp://localhost:631/printers/dock3?dialect=ipp", "Raw\nqueue", "socket://10.0.0.7")]
    up = [False]

    def spooler():
        if not up[0]:
            raise LinkError(Reason.REFUSED, "no spooler")
        return queues

    source = running(CupsQueues(spooler), heard)
    heard.wait(lambda found: not found)
    up[0] = True
    source.search()
    heard.wait(lambda found: found)
    (queue,) = heard.lists[-1]
    assert (queue.name, queue.model, queue.dialect) == ("dock3", "Raw queue", "ipp")
    assert queue.key == DeviceKey("net:localhost:631/printers/dock3")


# --- hot plug ---


def test_an_event_of_the_kernel():
    data = b"add@/devices/x/ttyUSB0\0ACTION=add\0SUBSYSTEM=tty\0DEVNAME=ttyUSB0\0SEQNUM=1\0"
    assert parse(data) == {"ACTION": "add", "SUBSYSTEM": "tty", "DEVNAME": "ttyUSB0", "SEQNUM": "1"}
    assert parse(b"libudev\0\xfe\xed") is None


@given(st.binary(max_size=300))
def test_any_bytes_for_an_event(data):
    found = parse(data)
    assert found is None or isinstance(found, dict)


class Counted(PollingSource):
    """A source that counts how often it looked."""

    def __init__(self):
        super().__init__(poll_s=60)
        self.looks = 0
        self.looked = threading.Condition()

    def look(self):
        with self.looked:
            self.looks += 1
            self.looked.notify_all()
        return ()


def test_news_of_the_kernel_make_the_sources_look_at_once(running, heard):
    """The kernel is made to speak by writing into a device's uevent file, as udevadm trigger does."""
    spoken = Path("/sys/class/tty/tty0/uevent")
    source = running(Counted(), heard)
    plug = HotPlug([source])
    try:
        running(plug, heard)
    except OSError as trouble:
        pytest.skip(f"the kernel lets nobody listen to its events here: {trouble}")
    with source.looked:
        assert source.looked.wait_for(lambda: source.looks == 1, 2)
    try:
        spoken.write_text("change")
    except OSError as trouble:
        pytest.skip(f"the kernel lets nobody trigger an event here: {trouble}")
    with source.looked:
        # Once at once, and again when udev has had time for links and rights.
        assert source.looked.wait_for(lambda: source.looks >= 3, 5)
