"""The serial scanner's driver: every recorded line, half lines, and the bytes that let it beep."""

import logging
import re
import time

import pytest

from devices.codecs import ssi
from devices.drivers.scanner_evdev import EvdevScannerDriver
from devices.drivers.scanner_hid_pos import HidPosDriver
from devices.drivers.scanner_presets import PRESETS, with_preset
from devices.drivers.scanner_serial import SerialScannerDriver, framing_named
from devices.drivers.scanner_ssi import SsiScannerDriver
from devices.feedback import HOST_COMMANDS, PROFILES
from devices.model import DeviceFault, DeviceKey, Feedback, LinkState, Reason
from devices.registry import scanner_for
from devices.simulated.scale_sim import ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.ssi_sim import SsiSim
from devices.transports.memory import memory_pair
from devices.transports.urls import option

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


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("serial:///dev/ttyS0", SerialScannerDriver),
        ("serial:///dev/ttyS0?dialect=ssi", SsiScannerDriver),
        ("hid://05e0:1900", HidPosDriver),
        ("hid:///dev/hidraw5?dialect=hid-pos", HidPosDriver),
        ("evdev:///dev/input/event5", EvdevScannerDriver),
    ],
)
def test_the_address_says_which_driver(url, kind):
    assert isinstance(scanner_for(url, time.monotonic), kind)


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_preset_makes_a_driver(name):
    driver = scanner_for(f"serial:///dev/ttyS0?preset={name}", time.monotonic)
    assert isinstance(driver, SerialScannerDriver)
    assert PRESETS[name].name


def test_a_preset_is_overruled_by_what_the_address_says():
    assert option(with_preset("serial:///dev/ttyS0?preset=honeywell&baud=9600"), "baud", "") == "9600"
    assert option(with_preset("serial:///dev/ttyS0?preset=honeywell&baud=9600"), "feedback", "") == "ack"
    assert with_preset("serial:///dev/ttyS0?baud=9600") == "serial:///dev/ttyS0?baud=9600"
    with pytest.raises(ValueError, match="preset must be one of"):
        with_preset("serial:///dev/ttyS0?preset=acme")


@pytest.mark.parametrize(
    ("prefix", "suffix", "sent", "texts"),
    [
        ("stx", "any", b"A1\rA2\nA3\r\nA4\tA5\x03", ["A1", "A2", "A3", "A4", "A5"]),
        ("stx", "cr", b"A\nB\tC\r\nD\r", ["A\nB\tC", "D"]),
        ("stx", "crlf", b"A\nB\r\nC\r\n", ["A\nB", "C"]),
        ("stx", "tab", b"A\rB\tC\t", ["A\rB", "C"]),
        ("stx", "etx", b"??\x02A\r\nB\x03\r\n\x02C\x03", ["A\r\nB", "C"]),
        ("none", "cr", b"A\x02B\r", ["A\x02B"]),
        ("stx", "lf", b"A\rB\n", ["A\rB"]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_prefixes_and_suffixes(prefix, suffix, sent, texts, size):
    driver, _, _ = make(framing=framing_named(prefix, suffix))
    scans = [scan for at in range(0, len(sent), size) for scan in driver.frames(sent[at : at + size])]
    assert [scan.text for scan in scans] == texts


@pytest.mark.parametrize("names", [("etx", "any"), ("stx", "semicolon")])
def test_a_framing_that_is_not_there_is_refused(names):
    with pytest.raises(ValueError, match="must be one of"):
        framing_named(*names)


def test_a_refused_scan_is_never_asked_for_again():
    """NAK would have the scanner send the same scan once more."""
    assert all(b"\x15" not in answer for profile in PROFILES.values() for answer in profile.values())
    assert {answer for profile in PROFILES.values() for answer in profile.values() if answer} <= HOST_COMMANDS.keys()


@pytest.mark.parametrize("sim", [ScannerSim, SsiSim])
def test_unplugged_in_the_middle_of_a_scan_and_plugged_in_again(
    sim, hub, plug, listener, tmp_path, caplog, expected_log
):
    expected_log.append("no link")
    caplog.set_level(logging.INFO)
    scanner = plug(sim(link=tmp_path / "scanner"))
    key = hub.add_scanner(scanner.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    packet = ssi.encode(ssi.Op.DECODE_DATA, b"\x03HALF", ssi.DECODER) if sim is SsiSim else b"HALF\r"
    scanner.line.send(packet[:-3])
    before = len(listener.links)
    scanner.stop()
    listener.wait(lambda: any(state is LinkState.LOST for _, state, _ in listener.links[before:]))
    plug(scanner)
    hub.retry(key)
    listener.wait_ready(key, after=before)
    scanner.scan("WHOLE")
    listener.wait(lambda: listener.scans)
    assert [scan.text for scan in listener.scans] == ["WHOLE"]
    assert sum("no link" in record.message for record in caplog.records) == 1


def test_bytes_without_an_end_are_told_until_a_scan_comes():
    """A scanner at another speed, or one whose suffix was switched off."""
    driver, there, now = make()
    driver.open()
    told = []
    for _ in range(3):
        there.write(b"\xe5\x93\xff\x80\xf1", 1.0)
        told += driver.step()
        now[0] += 0.31
    assert [(fault.reason, fault.detail) for fault in told] == [(Reason.TRANSMISSION, "5 bytes came without an end")]
    there.write(b"A1\r", 1.0)
    cleared, scan = driver.step()
    assert (cleared, scan.text) == (DeviceFault(None), "A1")


def test_a_stray_byte_is_not_worth_telling():
    driver, there, now = make()
    driver.open()
    there.write(b"\x00\xff", 1.0)
    driver.step()
    now[0] += 0.31
    there.write(b"A1\r", 1.0)
    assert [scan.text for scan in driver.step()] == ["A1"]


def test_several_scanners_at_once_each_speak_for_themselves(hub, plug, listener):
    sims = [plug(ScannerSim()), plug(ScannerSim()), plug(SsiSim())]
    keys = [hub.add_scanner(sim.url, f"Scanner {n}") for n, sim in enumerate(sims)]
    hub.start()
    for key in keys:
        listener.wait_ready(key)
    for n in range(20):
        for number, sim in enumerate(sims):
            sim.scan(f"S{number}-{n:02d}")
    listener.wait(lambda: len(listener.scans) == 60)
    for number, key in enumerate(keys):
        assert [scan.text for scan in listener.scans if scan.device == key] == [f"S{number}-{n:02d}" for n in range(20)]
    hub.feedback(keys[1], Feedback.ACCEPT)
    assert sims[1].wait_heard(1, 5.0) == b"\x06"
    assert sims[0].heard == b""
