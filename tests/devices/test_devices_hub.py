"""The hub while it runs: devices are added, taken away, given another role, moved; their traffic is at hand."""

import termios

import pytest

from devices.model import DeviceKey, JobState, LinkState, PrintJob, Reason, Role
from devices.simulated.scale_sim import ScaleBuild, ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.transcript import Transcript
from devices.simulated.zpl_sim import ZplSim


def test_devices_are_added_and_removed_while_it_runs(hub, plug, tmp_path, listener):
    hub.start()
    scanner = plug(ScannerSim(tmp_path / "scanner"))
    key = hub.add(Role.SCANNER, scanner.url, "Scanner")
    listener.wait_ready(key)
    scanner.scan("ONE")
    listener.wait(lambda: [scan.text for scan in listener.scans] == ["ONE"])
    hub.remove(key)
    listener.wait(lambda: (key, LinkState.DISABLED, Reason.STOPPED) in listener.links)
    assert hub.devices() == []
    with pytest.raises(KeyError):
        hub.remove(key)
    with pytest.raises(KeyError):
        hub.retry(key)


def test_the_same_port_changes_its_role_at_once(hub, plug, tmp_path, listener):
    """The port is opened exclusively: the new role must wait for the old one to let go, without becoming misconfigured."""
    hub.start()
    scale = plug(ScaleSim(link=tmp_path / "port"))
    key = hub.add(Role.SCANNER, scale.url, "Port")
    listener.wait_ready(key)
    for _ in range(5):
        links = len(listener.links)
        hub.remove(key)
        assert hub.add(Role.SCALE, scale.url, "Port") == key
        listener.wait_ready(key, after=links)
        links = len(listener.links)
        hub.remove(key)
        assert hub.add(Role.SCANNER, scale.url, "Port") == key
        listener.wait_ready(key, after=links)
    assert LinkState.MISCONFIGURED not in {state for _, state, _ in listener.links}
    assert [info.role for info, _, _ in hub.devices()] == [Role.SCANNER]


def test_a_device_is_known_by_the_key_that_discovery_gave_it(hub, plug, tmp_path, listener):
    identity = DeviceKey("usb:0c2e:0b61:12345")
    scanner = plug(ScannerSim(tmp_path / "scanner"))
    assert hub.add(Role.SCANNER, scanner.url, "Scanner", identity) == identity
    hub.start()
    listener.wait_ready(identity)
    scanner.scan("X")
    listener.wait(lambda: listener.scans)
    assert listener.scans[0].device == identity
    with pytest.raises(ValueError, match="there already"):
        hub.add(Role.SCANNER, "serial:///dev/other", "Scanner", identity)


def test_a_moved_device_is_opened_at_its_new_place_and_keeps_its_key(hub, plug, tmp_path, listener, expected_log):
    expected_log.append("Scale: no link")
    first = plug(ScaleSim(link=tmp_path / "first"))
    identity = DeviceKey("usb:path:1-2")
    hub.add(Role.SCALE, first.url, "Scale", identity)
    hub.start()
    listener.wait_ready(identity)
    links = len(listener.links)
    first.stop()
    listener.wait(lambda: any(state is LinkState.LOST for _, state, _ in listener.links[links:]))
    second = plug(ScaleSim(link=tmp_path / "second"))
    second.load(250)
    hub.move(identity, second.url)
    listener.wait_ready(identity, after=links)
    listener.wait(lambda: any(one.usable and one.grams == 250 for one in listener.readings))
    assert [info.url for info, _, _ in hub.devices()] == [second.url]


def test_a_moved_device_is_opened_with_the_line_of_its_dialect(hub, plug, tmp_path, listener, expected_log):
    """An Adam scale talks at 4800 baud, which nobody wrote into its address: it must do so at its new place, too."""
    expected_log.append("Scale: no link")
    first, second = (plug(ScaleSim(link=tmp_path / name, dialect="adam")) for name in ("first", "second"))
    identity = DeviceKey("usb:path:1-2")
    hub.add(Role.SCALE, first.url, "Scale", identity)
    hub.start()
    listener.wait_ready(identity)
    assert speed(tmp_path / "first") == termios.B4800
    links = len(listener.links)
    hub.move(identity, second.url)
    first.stop()
    listener.wait_ready(identity, after=links)
    assert speed(tmp_path / "second") == termios.B4800


def speed(node):
    with node.open("rb", buffering=0) as terminal:
        return termios.tcgetattr(terminal)[5]


def test_a_job_waits_for_its_printer_to_move_and_comes_out_there(hub, plug, tmp_path, listener, expected_log):
    expected_log.append("Printer: no link")
    away = ZplSim(tmp_path / "away")
    away.start()
    identity = DeviceKey("net:serial:D3N")
    hub.add(Role.LABEL_PRINTER, away.url, "Printer", identity)
    away.stop()
    hub.start()
    listener.wait(lambda: any(state is LinkState.BACKOFF for _, state, _ in listener.links))
    hub.print(identity, PrintJob("J1", b"^XA^FO10,10^FDhello^FS^XZ"))
    here = plug(ZplSim(tmp_path / "here"))
    hub.move(identity, here.url)
    assert listener.final("J1").state is JobState.PRINTED
    assert len(here.labels) == 1


def test_a_removed_printers_jobs_get_an_honest_last_word(hub, tmp_path, listener, expected_log):
    expected_log.append("Printer: no link")
    sim = ZplSim(tmp_path)
    sim.start()
    url = sim.url
    sim.stop()
    hub.start()
    key = hub.add(Role.LABEL_PRINTER, url, "Printer")
    hub.print(key, PrintJob("J1", b"^XA^XZ"))
    hub.remove(key)
    assert listener.final("J1").state is JobState.FAILED
    hub.print(key, PrintJob("J2", b"^XA^XZ"))
    assert listener.final("J2").reasons == (Reason.ABSENT,)


def test_a_removed_scales_weight_is_gone(hub, plug, tmp_path, listener):
    scale = plug(ScaleSim(link=tmp_path / "scale"))
    key = hub.add(Role.SCALE, scale.url, "Scale")
    hub.start()
    listener.wait(lambda: listener.readings)
    assert hub.latest_reading() is not None
    hub.remove(key)
    listener.wait(lambda: (key, LinkState.DISABLED, Reason.STOPPED) in listener.links)
    assert hub.latest_reading() is None


def test_zero_and_tare_reach_the_scale_that_is_meant(hub, plug, tmp_path, listener):
    build = ScaleBuild(settle_s=0.02)
    near, far = (plug(ScaleSim(build, tmp_path / name)) for name in ("near", "far"))
    keys = [hub.add(Role.SCALE, sim.url, name) for sim, name in ((near, "near"), (far, "far"))]
    hub.start()
    for key, sim in zip(keys, (near, far), strict=True):
        listener.wait_ready(key)
        sim.load(300)
    last = {}
    hub_event = hub._event

    def by_key(key, event):
        last[key] = event
        hub_event(key, event)

    hub._event = by_key
    listener.wait(lambda: all(key in last and last[key].usable and last[key].grams == 300 for key in keys))
    hub.tare_scale(keys[0])
    listener.wait(lambda: last[keys[0]].usable and last[keys[0]].grams == 0)
    assert last[keys[1]].grams == 300


def test_the_traffic_of_a_device_is_at_hand_as_a_transcript(hub, plug, tmp_path, listener):
    scanner = plug(ScannerSim(tmp_path / "scanner"))
    key = hub.add(Role.SCANNER, scanner.url, "Scanner")
    hub.start()
    listener.wait_ready(key)
    scanner.scan("4006381333931")
    listener.wait(lambda: listener.scans)
    transcript = Transcript.parse(hub.evidence(key))
    assert (transcript.role, transcript.dialect, transcript.url) == ("scanner", "lines", scanner.url)
    assert b"".join(step.data for step in transcript.steps if step.kind == "read") == b"4006381333931\r"
    assert transcript.steps[0].kind == "opened"


def test_stop_also_waits_for_devices_that_were_just_removed(hub, plug, tmp_path, listener):
    sims = [plug(ScannerSim(tmp_path / f"s{n}")) for n in range(4)]
    hub.start()
    keys = [hub.add(Role.SCANNER, sim.url, f"S{n}") for n, sim in enumerate(sims)]
    for key in keys:
        listener.wait_ready(key)
    for key in keys[:2]:
        hub.remove(key)
    assert hub.stop()
    assert sum(state is LinkState.DISABLED for _, state, _ in listener.links) == 4
