"""Keyboard scanners below the desktop: key codes to characters, separators in every form, and a grab that is always given back."""

import itertools
import os
import tty
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import scancodes
from devices.codecs.scancodes import EVENT, KeyDecoder
from devices.drivers.scanner_evdev import EvdevScannerDriver
from devices.drivers.scanner_serial import framing_named
from devices.model import DeviceKey, Feedback, Reason
from devices.transports import evdev
from devices.transports.base import LinkError
from devices.transports.evdev import EvdevTransport, seat_is_ours
from devices.transports.memory import memory_pair
from devices.transports.urls import key_for, transport_for

KEY = DeviceKey("evdev:test")
SHIFT, CTRL, ALT, CAPS, ENTER = 42, 29, 56, 58, 28

typeable = st.text(
    st.sampled_from([chr(n) for n in range(32, 127)] + list("\x1d\x1c\x1e\x04")), min_size=1, max_size=60
)


def key(code, *values):
    return b"".join(EVENT.pack(0, 0, 1, code, value) + EVENT.pack(0, 0, 0, 0, 0) for value in values)


def tap(*codes):
    return b"".join(key(code, 1, 0) for code in codes)


def make(suffix="any"):
    now = [20.0]
    here, there = memory_pair()
    driver = EvdevScannerDriver(here, KEY, lambda: now[0], framing_named("stx", suffix))
    driver.open()
    return driver, there, now


@given(typeable)
def test_every_character_a_keyboard_can_type(text):
    assert KeyDecoder().feed(scancodes.events(text)) == text


@given(typeable, st.lists(st.integers(0, 20_000), max_size=40))
def test_events_in_any_pieces(text, cuts):
    data = scancodes.events(text)
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    decoder = KeyDecoder()
    assert "".join(decoder.feed(data[a:b]) for a, b in itertools.pairwise(edges)) == text


events = st.builds(
    lambda kind, code, value: EVENT.pack(0, 0, kind, code, value),
    st.sampled_from([0, 1, 1, 1, 4, 0x11]),
    st.integers(0, 260),
    st.integers(0, 2),
)


@given(st.lists(events | st.binary(max_size=30), max_size=60), st.sampled_from(["any", "none"]))
def test_no_events_can_break_the_driver(chunks, suffix):
    driver, there, now = make(suffix)
    there.write(b"".join(chunks), 1.0)
    for scan in driver.step():
        assert scan.text
        assert KeyDecoder.LOST not in scan.text
    now[0] += 5
    driver.keys.reset()
    there.write(tap(30) + tap(ENTER), 1.0)
    scans = driver.step()
    if suffix == "any":
        assert [scan.text for scan in scans] == ["a"]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (key(CTRL, 1) + tap(27) + key(CTRL, 0), "\x1d"),
        (tap(88), "\x1d"),
        (tap(87), "\x1c"),
        (key(ALT, 1) + tap(82, 80, 73) + key(ALT, 0), "\x1d"),
        (key(100, 1) + tap(11, 3, 10) + key(100, 0), "\x1d"),
        (key(CTRL, 1) + key(SHIFT, 1) + tap(7) + key(SHIFT, 0) + key(CTRL, 0), "\x1e"),
        (key(CTRL, 1) + tap(32) + key(CTRL, 0), "\x04"),
        (key(ALT, 1) + tap(73, 73, 73, 73) + key(ALT, 0), ""),
        (tap(CAPS) + tap(30) + key(SHIFT, 1) + tap(30, 2) + key(SHIFT, 0) + tap(2, CAPS) + tap(30), "Aa!1a"),
        (key(30, 1, 2, 2, 2, 0), "a"),
        (tap(96), "\r"),
        (tap(79, 80, 81), "123"),
        (tap(240), ""),
    ],
    ids=[
        "Ctrl+]", "F12", "F11 is FS", "Alt+029 on the pad", "AltGr and digits", "RS", "EOT", "no such character", "caps lock",
        "held key", "Enter of the pad", "pad", "unknown key",
    ],
)  # fmt: skip
def test_keys(what, text):
    assert KeyDecoder().feed(what) == text


def test_events_that_the_kernel_lost_cost_the_scan_and_nothing_else():
    driver, there, _ = make()
    dropped = EVENT.pack(0, 0, 0, 3, 0) + tap(30)[: EVENT.size] + EVENT.pack(0, 0, 0, 0, 0)
    there.write(key(SHIFT, 1) + tap(30) + dropped + tap(31, ENTER) + tap(32, ENTER), 1.0)
    assert [scan.text for scan in driver.step()] == ["d"]
    assert driver.keys.counters.dropped == 1
    assert driver.framer.counters.incomplete == 1


def test_a_grabbed_scan_is_a_scan_like_any_other():
    driver, there, _ = make()
    there.write(scancodes.events("]d20109501101530003\x1d10A\r"), 1.0)
    (scan,) = driver.step()
    assert (scan.symbology, scan.text) == ("]d2", "0109501101530003\x1d10A")
    assert (scan.device, scan.source, scan.at) == (KEY, "evdev", 20.0)
    assert driver.feedback(Feedback.REJECT) == ()


def test_a_scanner_without_suffix_ends_by_silence():
    driver, there, now = make("none")
    there.write(scancodes.events("9501101530003"), 1.0)
    assert driver.step() == []
    now[0] += 0.11
    assert [scan.text for scan in driver.step()] == ["9501101530003"]


class Kernel:
    """The calls of the grab, as a real input device would take them; the events come through a terminal."""

    def __init__(self, monkeypatch):
        self.grabs = []
        self.fail = None
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        monkeypatch.setattr(evdev, "_ioctl", lambda: SimpleNamespace(ioctl=self.ioctl))

    def ioctl(self, fd, request, argument):
        if request == evdev.EVIOCGRAB:
            if self.fail:
                raise OSError(self.fail, os.strerror(self.fail))
            self.grabs.append(argument)
        else:
            argument[:8] = b"Scanner\0"
        return 0

    def unplug(self):
        os.close(self._slave)
        os.close(self.master)


@pytest.fixture
def kernel(monkeypatch):
    return Kernel(monkeypatch)


def reason_of(call, *arguments):
    with pytest.raises(LinkError) as trouble:
        call(*arguments)
    return trouble.value.reason


def test_the_grab_is_taken_and_given_back(kernel):
    device = EvdevTransport(kernel.path, lambda: True)
    device.open()
    assert (device.name, kernel.grabs) == ("Scanner", [1])
    os.write(kernel.master, tap(30))
    assert device.read(1.0) == tap(30)
    assert device.read(0.0) == b""
    assert reason_of(device.write, b"x", 0.1) is Reason.REFUSED
    device.close()
    device.close()
    assert kernel.grabs == [1, 0]
    assert reason_of(device.read, 0.1) is Reason.LOST
    kernel.unplug()


def test_an_unplugged_device_is_a_lost_link(kernel):
    device = EvdevTransport(kernel.path, lambda: True)
    device.open()
    kernel.unplug()
    assert reason_of(device.read, 1.0) is Reason.LOST
    device.close()


def test_another_user_at_the_screen_gets_the_scanner(kernel):
    ours = [True]
    device = EvdevTransport(kernel.path, lambda: ours[0])
    device.open()
    ours[0] = False
    assert reason_of(device.read, 1.0) is Reason.DENIED
    assert kernel.grabs == [1, 0]
    assert reason_of(device.open) is Reason.DENIED
    ours[0] = True
    device.open()
    assert kernel.grabs == [1, 0, 1]
    device.close()
    kernel.unplug()


@pytest.mark.parametrize(("code", "reason"), [(16, Reason.BUSY), (19, Reason.ABSENT), (25, Reason.WRONG_DIALECT)])
def test_why_a_device_cannot_be_grabbed(kernel, code, reason):
    kernel.fail = code
    assert reason_of(EvdevTransport(kernel.path, lambda: True).open) is reason
    kernel.unplug()


def test_what_is_no_input_device_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert reason_of(EvdevTransport(str(tmp_path / "file")).open) is Reason.WRONG_DIALECT
    assert reason_of(EvdevTransport(str(tmp_path / "none")).open) is Reason.ABSENT


def test_waits_end_when_rung(kernel):
    device = EvdevTransport(kernel.path, lambda: True)
    device.open()
    device.wake()
    assert device.read(30.0) == b""
    device.cancel()
    assert reason_of(device.read, 30.0) is Reason.STOPPED
    assert reason_of(device.open) is Reason.STOPPED
    device.close()
    kernel.unplug()


@pytest.mark.parametrize(
    ("text", "uid", "ours"),
    [
        ("ACTIVE=2\nACTIVE_UID=1000\n", 1000, True),
        ("ACTIVE=2\nACTIVE_UID=1001\n", 1000, False),
        ("ACTIVE_UID=1001\n", 0, True),
        ("IS_SEAT0=1\n", 1000, True),
        ("\xff\x00", 1000, True),
    ],
)
def test_who_sits_at_the_screen(tmp_path, text, uid, ours):
    (tmp_path / "seat0").write_text(text)
    assert seat_is_ours(tmp_path / "seat0", uid) is ours
    assert seat_is_ours(tmp_path / "none", uid)


def test_addresses_of_input_devices():
    url = "evdev:///dev/input/by-id/usb-Zebra-event-kbd?dialect=evdev"
    assert key_for(url) == DeviceKey("evdev:/dev/input/by-id/usb-Zebra-event-kbd")
    assert isinstance(transport_for(url), EvdevTransport)
    with pytest.raises(ValueError, match="none of"):
        key_for("evdev://")
