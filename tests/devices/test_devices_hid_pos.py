"""HID-POS reports of both layouts, joined where a scan needs several; and how long a device says its reports are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import hid_pos
from devices.codecs.hid_descriptor import longest_input
from devices.drivers.scanner_hid_pos import HidPosDriver
from devices.framing import HidPosJoiner
from devices.model import DeviceKey, Feedback, Reason
from devices.simulated.hid_pos_sim import HidPosSim
from devices.transports.base import LinkError
from devices.transports.hidraw import HidAddress, HidInfo, HidTransport
from devices.transports.urls import key_for, transport_for

KEY = DeviceKey("usb:05e0:1900")

aims = st.sampled_from(["", "]d2", "]Q1", "]C0"])
data = st.binary(min_size=1, max_size=500)


def make(microscan=False):
    now = [10.0]
    sim = HidPosSim(microscan)
    driver = HidPosDriver(sim.transport, KEY, lambda: now[0])
    driver.open()
    return driver, sim, now


@given(st.lists(st.tuples(aims, data), max_size=5))
def test_what_is_sent_comes_out(codes):
    joiner = HidPosJoiner()
    found = [scan for aim, code in codes for report in hid_pos.reports(code, aim) for scan in joiner.feed(report, 0.0)]
    assert found == [hid_pos.Scanned(aim or None, code) for aim, code in codes]
    assert joiner.counters.frames == len(codes)
    assert joiner.counters.incomplete == 0


@given(st.lists(st.binary(max_size=70) | st.binary(min_size=64, max_size=64).map(lambda b: b"\2" + b[1:]), max_size=20))
def test_no_report_can_break_the_joiner(reports):
    joiner = HidPosJoiner(limit=200)
    for number, report in enumerate(reports):
        for scan in joiner.feed(report, number / 10):
            assert 0 < len(scan.data) <= 200
    joiner.expire(1000.0)
    (scan,) = joiner.feed(hid_pos.reports(b"whole")[0], 1000.0)[-1:]
    assert scan.data == b"whole"


@given(st.integers(1, 400), st.sampled_from(["", "]d2"]))
def test_the_second_layout_is_joined_by_silence(length, aim):
    driver, sim, now = make(microscan=True)
    text = "".join(chr(97 + n % 26) for n in range(length))
    sim.scan(text, aim)
    scans = []
    for _ in range(length // 60 + 2):
        scans += driver.step() if sim.transport._inward.chunks else []
    now[0] += 0.11
    scans += driver._scans(driver.joiner.expire(now[0]), now[0])
    assert [(scan.symbology, scan.text) for scan in scans] == [(aim or None, text)]


def test_a_scan_of_hid_pos_is_a_scan_like_any_other():
    driver, sim, _ = make()
    sim.scan("0109501101530003\x1d10A", "]d2")
    (scan,) = driver.step()
    assert (scan.symbology, scan.text, scan.data) == ("]d2", "0109501101530003\x1d10A", b"0109501101530003\x1d10A")
    assert (scan.device, scan.source, scan.at) == (KEY, "hid-pos", 10.0)
    assert driver.feedback(Feedback.ACCEPT) == ()


def test_an_identifier_in_the_data_is_the_scanners_own_word():
    driver, sim, _ = make()
    sim.scan("]d2ABC", "]X0")
    assert [(scan.symbology, scan.text) for scan in driver.step()] == [("]d2", "ABC")]


def test_the_second_half_never_came():
    driver, sim, now = make()
    first, _ = hid_pos.reports(b"x" * 80, "]Q1")
    sim.send(first)
    assert driver.step() == []
    now[0] += 1.1
    sim.scan("A-1", "]Q1")
    assert [scan.text for scan in driver.step()] == ["A-1"]
    assert driver.joiner.counters.incomplete == 1


def test_another_code_comes_before_the_second_half():
    driver, sim, _ = make()
    sim.send(hid_pos.reports(b"x" * 80, "]Q1")[0])
    assert driver.step() == []
    sim.scan("A-1", "]C0")
    assert [scan.text for scan in driver.step()] == ["A-1"]


def test_unplugged_in_the_middle_of_a_scan():
    driver, sim, _ = make()
    sim.send(hid_pos.reports(b"x" * 80, "]Q1")[0])
    driver.step()
    sim.unplug()
    with pytest.raises(LinkError) as trouble:
        driver.step()
    assert trouble.value.reason is Reason.LOST


@given(st.binary(max_size=80))
def test_no_descriptor_can_break_the_transport(descriptor):
    assert 0 <= longest_input(descriptor) <= 4097


@pytest.mark.parametrize(
    ("descriptor", "length"),
    [
        (
            "058C0902A1010912A1028502150026FF0075089501092881029503093B8102953809FE8103950109FD8102950109FC8102950109FF8102C0C0",
            64,
        ),
        (
            "058D0920A1010921A102850309701501250875089501810009511500250C810009411580257F81000940150027FFFF000075108100C0C0",
            6,
        ),
        ("05010906A1017501950881027508950181017508950681 00C0".replace(" ", ""), 8),
        ("8501750895048102A48502750895108102B495018102", 17),
    ],
    ids=["scanner", "scale", "keyboard without ids", "pushed and popped"],
)
def test_how_long_reports_are(descriptor, length):
    assert longest_input(bytes.fromhex(descriptor)) == length


def test_addresses_of_hid_devices():
    assert key_for("hid://05E0:1900/S%2F1?dialect=hid-pos") == DeviceKey("usb:05e0:1900:S/1")
    assert key_for("hid:///dev/hidraw5") == DeviceKey("hid:/dev/hidraw5")
    info = HidInfo("/dev/hidraw3", 0x5E0, 0x1900, "S/1", "Zebra", "DS", 0x8C, 2)
    assert key_for(info.url) == DeviceKey("usb:05e0:1900:S/1")
    for wrong in ("hid://", "hid://05E0", "hid://xx:yy", "hid://05E0:1900:1"):
        with pytest.raises(ValueError, match="hex"):
            key_for(wrong)


def test_a_hid_device_that_is_not_there():
    for url in ("hid:///dev/hidraw99", "hid://ffff:fffe/none"):
        with pytest.raises(LinkError) as trouble:
            transport_for(url).open()
        assert trouble.value.reason is Reason.ABSENT
    stopped = HidTransport(HidAddress(path="/dev/hidraw99"))
    stopped.cancel()
    with pytest.raises(LinkError) as trouble:
        stopped.read(5.0)
    assert trouble.value.reason is Reason.STOPPED
