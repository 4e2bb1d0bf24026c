"""The serial scanner's driver: every recorded line, half lines, and the bytes that let it beep."""

import re

import pytest

from devices.drivers.scanner_serial import SerialScannerDriver, framing_named
from devices.feedback import PROFILES
from devices.hub import DeviceHub
from devices.model import DeviceKey, Feedback
from devices.simulated.scale_sim import ScaleSim
from devices.transports.memory import memory_pair

KEY = DeviceKey("ser:test")


def make(**options):
    now = [50.0]
    here, there = memory_pair()
    return SerialScannerDriver(here, KEY, lambda: now[0], **options), there, now


def test_every_recorded_line(frames):
    rows = [row for row in frames("scanner-frames") if row["kind"] == "serial"]
    for row in rows:
        driver, _, now = make()
        scans = driver.frames(bytes.fromhex(row["raw_hex"]))
        if row["expect"].get("incomplete"):
            assert scans == []
            now[0] += 0.31
            assert driver.frames(b"") == []
            assert driver.framer.counters.incomplete == 1
            continue
        (scan,) = scans
        assert scan.symbology == row["expect"].get("aim")
        assert scan.text == row["expect"].get("data", scan.text)
        sent = bytes.fromhex(row["raw_hex"]).decode("latin-1")
        assert (scan.symbology or "") + scan.text + "\r" == sent
        assert (scan.device, scan.at, scan.source) == (KEY, 50.0, "serial")
    assert len(rows) >= 3


def test_the_bytes_of_every_value_survive_in_a_scan():
    driver, _, _ = make()
    every = bytes(byte for byte in range(256) if byte not in b"\r\n\t\x03\x02")
    (scan,) = driver.frames(every + b"\r")
    assert scan.data == every
    assert scan.text.encode("latin-1") == every


def test_a_scanner_without_suffix_ends_by_silence():
    driver, there, now = make(framing=framing_named("stx", "none"))
    driver.open()
    there.write(b"9501101530003", 1.0)
    assert driver.step() == []
    now[0] += 0.31
    assert [scan.text for scan in driver.step()] == ["9501101530003"]


def test_feedback_is_what_the_manuals_say(frames):
    meanings = {
        row["raw_hex"]: row["expect"]["meaning"] for row in frames("scanner-frames") if row["kind"] == "host-command"
    }
    for profile, kind in (("ack", Feedback.ACCEPT), ("ack", Feedback.REJECT), ("datalogic", Feedback.ACCEPT)):
        driver, there, _ = make(answers=PROFILES[profile])
        driver.feedback(kind)
        sent = there.read(1.0)
        assert sent.hex() in meanings
        assert re.search("ACK|beep", meanings[sent.hex()])


def test_a_scanner_with_no_word_for_it_stays_silent():
    driver, there, _ = make(answers=PROFILES["datalogic"])
    driver.feedback(Feedback.REJECT)
    assert there.read(0.0) == b""


@pytest.mark.parametrize("option", ["feedback=trumpet", "dialect=morse"])
def test_an_unknown_option_is_refused(hub, option):
    with pytest.raises(ValueError, match="must be one of"):
        hub.add_scanner(f"serial:///dev/ttyS0?{option}", "Scanner")


def test_a_scale_behind_a_serial_device_server(hub, plug, listener):
    sim = plug(ScaleSim(tcp_port=0))
    sim.load(250)
    key = hub.add_scale(sim.url, "Scale")
    hub.start()
    listener.wait_ready(key)
    listener.wait(lambda: listener.readings and listener.readings[-1].usable and listener.readings[-1].grams == 250)


def test_devices_are_added_before_the_start(listener, journal):
    hub = DeviceHub(listener.sinks(), journal)
    hub.start()
    with pytest.raises(RuntimeError, match="before the hub starts"):
        hub.add_scanner("serial:///dev/ttyS0", "Scanner")
    assert hub.stop()
