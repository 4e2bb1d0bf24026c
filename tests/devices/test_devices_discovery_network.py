"""Finding printers in a network, on the real parts: mDNS on the loopback, an SNMP agent, an answering printer by UDP."""

import shutil
import socket
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import IPVersion, ServiceInfo, Zeroconf

from devices.codecs import zebra_udp
from devices.discovery.asking import SnmpPrinters, ZebraPrinters
from devices.discovery.finder import Finder
from devices.discovery.found import merge
from devices.discovery.mdns import IPP, IPPS, RAW, MdnsPrinters, understood
from devices.model import DeviceKey, Role
from devices.transports.urls import key_for


class Heard:
    """A listener that can be waited for."""

    def __init__(self):
        self.changed = threading.Condition()
        self.found = ()

    def __call__(self, found):
        with self.changed:
            self.found = tuple(found)
            self.changed.notify_all()

    def wait(self, condition, timeout=15.0):
        with self.changed:
            assert self.changed.wait_for(lambda: condition(self.found), timeout), self.found


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def finder(heard):
    """Makes a finder of some sources; it must stop within its second."""
    made = []

    def start(*sources):
        made.append(Finder(sources, heard))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()
    names = {thread.name for thread in threading.enumerate()}
    assert not {name for name in names if name.startswith("finding")}, "a source did not end"


@pytest.fixture
def announcer():
    zeroconf = Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
    yield zeroconf
    zeroconf.close()


def service(kind, name, port, **words):
    return ServiceInfo(
        kind,
        f"{name}.{kind}",
        addresses=[socket.inet_aton("127.0.0.1")],
        port=port,
        properties=words,
        server="zbr4711.local.",
    )


def test_a_printer_that_announces_itself_is_found_once_and_gone_with_its_goodbye(finder, heard, announcer):
    finder(MdnsPrinters(["127.0.0.1"]))
    raw = service(RAW, "Dock 3", 9100, ty="Zebra ZD421", usb_CMD="ZPL", UUID="e3248000-80ce-11db-8000-3c2af4aaaaaa")
    ipp = service(IPP, "Dock 3", 631, ty="Zebra ZD421", rp="ipp/print", UUID="e3248000-80ce-11db-8000-3c2af4aaaaaa")
    announcer.register_service(raw)
    announcer.register_service(ipp)
    heard.wait(lambda found: found and len(found[0].urls) == 2)
    (printer,) = heard.found
    assert printer.key == DeviceKey("net:uuid:e3248000-80ce-11db-8000-3c2af4aaaaaa")
    assert printer.urls == ("tcp://127.0.0.1:9100?dialect=zpl", "ipp://127.0.0.1:631/ipp/print?dialect=ipp")
    assert (printer.name, printer.role, printer.ways) == ("Dock 3", Role.LABEL_PRINTER, ("mDNS",))
    announcer.unregister_service(raw)
    announcer.unregister_service(ipp)
    heard.wait(lambda found: not found)


def test_a_flood_of_announcements_is_bounded(finder, heard, announcer, monkeypatch):
    monkeypatch.setattr("devices.discovery.mdns.MOST_SERVICES", 2)
    finder(MdnsPrinters(["127.0.0.1"]))
    for number in range(4):
        announcer.register_service(service(RAW, f"P{number}", 9100 + number), cooperating_responders=True)
    heard.wait(lambda found: len(found) == 2)


def test_the_queues_of_a_print_server_are_devices_of_their_own():
    one, other = (
        understood(
            SimpleNamespace(
                type=IPP,
                name=f"{name}.{IPP}",
                port=631,
                server="spooler.local.",
                decoded_properties={"rp": f"printers/{name}"},
                parsed_addresses=lambda: ["10.0.0.2"],
            )
        )
        for name in ("dock1", "dock2")
    )
    assert len(merge([one, other])) == 2
    assert key_for(one.url) in one.keys


def test_a_door_without_a_key_only_helps_to_know_a_printer_by():
    facts = {"server": "p.local.", "parsed_addresses": lambda: ["10.0.0.2"], "decoded_properties": {"UUID": "a" * 32}}
    secure = understood(SimpleNamespace(type=IPPS, name=f"P.{IPPS}", port=443, **facts))
    raw = understood(SimpleNamespace(type=RAW, name=f"P.{RAW}", port=9100, **facts))
    (printer,) = merge([secure, raw])
    assert printer.url == "tcp://10.0.0.2:9100"
    assert printer.doors == ("ipps://10.0.0.2:443/",)


hostile = st.dictionaries(
    st.sampled_from(["ty", "product", "pdl", "usb_CMD", "usb_MDL", "UUID", "rp", "note", "x"]), st.binary(max_size=250)
)


@given(hostile, st.text(max_size=100), st.integers(0, 65535))
def test_what_a_stranger_announces_becomes_harmless_words(words, name, port):
    properties = {key: value.decode("utf-8", "replace") for key, value in words.items()}
    # Names as they come from the network: the library is stricter with those that one announces oneself.
    info = SimpleNamespace(
        type=IPP,
        name=f"{name}.{IPP}",
        port=port,
        server=name,
        decoded_properties=properties,
        parsed_addresses=lambda: ["nonsense", "127.0.0.1"],
    )
    found = understood(info)
    if port == 0:
        assert found is None
        return
    assert all(text.isprintable() for text in (found.name, found.model, found.url, found.key.text))
    assert " " not in found.url
    assert len(found.url) < 300
    assert found.url.startswith(f"ipp://127.0.0.1:{port}/")


@pytest.mark.parametrize("raw", [b"\x00\x00\x00\x00", b"\xe0\x00\x00\xfb"])
def test_an_announcement_that_leads_nowhere_is_no_printer(raw):
    assert understood(ServiceInfo(RAW, f"x.{RAW}", addresses=[raw], port=9100)) is None


# --- asking, only when a person asks ---


class Printer:
    """A UDP service on the loopback that notes what it is asked and answers what it is told to."""

    def __init__(self, answer):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._answer = answer
        self.port = self._socket.getsockname()[1]
        self.asked = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while True:
            data, sender = self._socket.recvfrom(65536)
            if data == b"end":
                return
            self.asked.append(data)
            for answer in self._answer(data):
                self._socket.sendto(answer, sender)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
            door.sendto(b"end", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()


def zebra_answer(serial=b"D3N123", name=b"ZTC ZD421-203dpi"):
    raw = bytearray(0x6D)
    for place, text in ((0, b":,."), (4, b"ZD42"), (0xC, name), (0x27, b"V93.21"), (0x3C, serial), (0x54, b"dock3")):
        raw[place : place + len(text)] = text
    raw[0x48:0x4C] = bytes([10, 0, 0, 7])
    return bytes(raw)


@pytest.fixture
def printer():
    made = []

    def make(answer):
        made.append(Printer(answer))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_zebra_is_asked_only_when_a_person_searches(printer, finder, heard):
    zebra = printer(lambda question: [zebra_answer(), b"garbage", zebra_answer()])
    # A target that nobody listens at, and one that is no address, disturb nothing.
    targets = ["127.0.0.1", "127.0.0.99", "no.such.host.invalid"]
    here = finder(ZebraPrinters(lambda: targets, zebra.port))
    assert zebra.asked == [], "nothing is sent before somebody asks"
    here.search()
    here.search()
    heard.wait(lambda found: found)
    (found,) = heard.found
    assert found.key == DeviceKey("net:serial:D3N123")
    assert found.url == "tcp://127.0.0.1:9100?dialect=zpl", "the sender's address counts, not what the printer believes"
    assert (found.name, found.model, found.dialect) == ("dock3", "ZTC ZD421-203dpi", "zpl")
    assert zebra.asked == [zebra_udp.ASK] * 3, "one search at a time"


@given(st.binary(max_size=200), st.booleans())
def test_any_answer_to_a_search_is_a_printer_or_nothing(data, marked):
    for source in (ZebraPrinters(), SnmpPrinters()):
        found = source.understood((b":,." if marked else b"") + data, "10.0.0.1")
        if found is not None:
            assert all(text.isprintable() for text in (found.name, found.model, found.serial, found.key.text))


def test_a_search_is_ended_by_a_stop(printer, finder, heard):
    silent = printer(lambda question: [])
    here = finder(ZebraPrinters(lambda: ["127.0.0.1"], silent.port))
    here.search()
    deadline = time.monotonic() + 5
    while not silent.asked and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    assert silent.asked


SNMPD = """
agentaddress udp:127.0.0.1:{port}
rocommunity public 127.0.0.1
override .1.3.6.1.2.1.25.3.2.1.3.1 octet_str "Zebra ZT411-300dpi"
override .1.3.6.1.2.1.25.3.5.1.1.1 integer 3
override .1.3.6.1.2.1.25.3.5.1.2.1 octet_str 0x48
override .1.3.6.1.2.1.43.5.1.1.17.1 octet_str "99J204500001"
"""


@pytest.fixture
def agent(tmp_path):
    """A real snmpd that says it is a printer."""
    program = shutil.which("snmpd", path="/usr/sbin:/usr/bin:/sbin")
    if program is None:
        pytest.skip("snmpd is not installed (tools/apt-packages.txt)")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    (tmp_path / "snmpd.conf").write_text(SNMPD.format(port=port))
    process = subprocess.Popen(
        [
            program,
            "-f",
            "-C",
            "-c",
            str(tmp_path / "snmpd.conf"),
            "-p",
            str(tmp_path / "pid"),
            "-Lf",
            str(tmp_path / "log"),
        ],
        env={"SNMP_PERSISTENT_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    yield port
    process.terminate()
    process.wait(10)


def test_a_printer_behind_a_real_snmp_agent_is_found(agent, finder, heard, tmp_path):
    here = finder(SnmpPrinters(lambda: ["127.0.0.1"], agent))
    deadline = time.monotonic() + 10
    # The agent takes a moment to open its port; a person would press the button again, too.
    while not heard.found:
        assert time.monotonic() < deadline, (tmp_path / "log").read_text()
        here.search()
        threading.Event().wait(0.1)
    (found,) = heard.found
    assert (found.key, found.model, found.dialect) == (
        DeviceKey("net:serial:99J204500001"),
        "Zebra ZT411-300dpi",
        "zpl",
    )
    assert found.url == "tcp://127.0.0.1:9100?dialect=zpl"
