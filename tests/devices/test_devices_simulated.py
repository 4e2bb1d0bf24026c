"""The simulators themselves: as processes of their own, and the printer's inside where the tests of printing rely on it."""

import json
import subprocess
import sys

import pytest

from devices.__main__ import main
from devices.hub import DeviceHub
from devices.labels import test_label as proof
from devices.model import Feedback, PrintJob, Reason, Role
from devices.simulated.chaos import Chaos, ChaosPlan
from devices.simulated.zpl_machine import PrinterBuild, PrinterMachine


class Process:
    """One `python -m devices simulate ...`."""

    def __init__(self, *arguments):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "devices", "simulate", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self.hear()["url"]

    def hear(self):
        return json.loads(self._process.stdout.readline())

    def tell(self, command):
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def end(self):
        self._process.stdin.close()
        code = self._process.wait(10)
        self._process.stdout.close()
        return code


@pytest.fixture
def process():
    running = []

    def start(*arguments):
        running.append(Process(*arguments))
        return running[-1]

    yield start
    assert [one.end() for one in running] == [0] * len(running)


def test_three_processes_make_a_station(process, tmp_path, listener, journal):
    scanner = process("scanner", "--link", str(tmp_path / "scanner"))
    scale = process("scale")
    printer = process("printer", "--folder", str(tmp_path / "labels"), "--print-s", "0.01")
    hub = DeviceHub(listener.sinks(), journal)
    keys = [
        hub.add_scanner(scanner.url, "Scanner"),
        hub.add_scale(scale.url, "Scale"),
        hub.add_printer(printer.url, "Printer"),
    ]
    hub.start()
    for key in keys:
        listener.wait_ready(key)

    scanner.tell("scan TOTE-0001")
    listener.wait(lambda: [scan.text for scan in listener.scans] == ["TOTE-0001"])
    assert scanner.hear()["ok"]
    hub.feedback(keys[0], Feedback.ACCEPT)
    assert scanner.hear() == {"event": "feedback", "bytes": "06"}

    scale.tell("load 750")
    listener.wait(lambda: any(reading.usable and reading.grams == 750 for reading in listener.readings))

    printer.tell("fault media-empty on")
    assert printer.hear()["ok"]
    hub.print(Role.LABEL_PRINTER, PrintJob("tote-1", proof("Dock 3")))
    listener.wait(lambda: any(report.reasons == (Reason.MEDIA_EMPTY,) for report in listener.jobs))
    printer.tell("fault media-empty off")
    assert listener.final("tote-1").level == 3
    assert sorted(path.name for path in (tmp_path / "labels").iterdir()) == ["label-0001.zpl", "ledger.jsonl"]
    assert hub.stop()


def test_devices_of_other_dialects_make_a_station_too(process, tmp_path, listener, journal):
    scanner = process("scanner", "--dialect", "ssi")
    scale = process("scale", "--dialect", "nci")
    hub = DeviceHub(listener.sinks(), journal)
    keys = [hub.add_scanner(scanner.url, "Scanner"), hub.add_scale(scale.url, "Scale")]
    hub.start()
    for key in keys:
        listener.wait_ready(key)
    scanner.tell("scan TOTE-0001")
    listener.wait(lambda: [scan.text for scan in listener.scans] == ["TOTE-0001"])
    scale.tell("load 750")
    listener.wait(lambda: any(reading.usable and reading.value for reading in listener.readings))
    assert hub.stop()


def test_a_dialect_that_nobody_speaks_is_refused(capsys):
    assert main(["simulate", "scale", "--dialect", "martian"]) == 2
    assert "mt-sics" in capsys.readouterr().err


def test_a_wrong_command_is_answered_and_not_fatal(process):
    scale = process("scale")
    for wrong in ("lift 3", "load heavy"):
        scale.tell(wrong)
        assert scale.hear()["ok"] is False
    scale.tell("load 5")
    assert scale.hear()["ok"] is True


def machine(**build):
    out = []
    return PrinterMachine(PrinterBuild(print_s=1.0, **build), out.append), out


def test_labels_take_their_time_and_the_buffer_counts_down():
    printer, out = machine()
    printer.receive(b"^XA^FDa^FS^PQ3^XZ^XA^FDb^FS^XZ", 0.0)
    printer.tick(0.0)
    assert b",002,0,0,0," in printer.receive(b"~HS\r\n", 0.0)
    printer.tick(0.9)
    assert not out
    for now in (1.0, 2.0, 3.0):
        printer.tick(now)
        printer.tick(now)
    assert [label.copy for label in out] == [1, 2, 3]
    assert printer.odometer == 3


def test_a_half_format_swallows_the_next_label_unless_it_is_cancelled():
    printer, out = machine()
    printer.receive(b"^XA^FDhalf", 0.0)
    assert printer.partial
    printer.receive(b"^XA^FDwhole^FS^XZ", 0.0)
    printer.tick(0.0)
    printer.tick(1.0)
    assert len(out) == 1
    assert b"half" in out[0].zpl
    printer.receive(b"^XA^FDhalf", 2.0)
    printer.receive(b"~JA\r\n^XA^FDwhole^FS^XZ", 2.0)
    printer.tick(2.0)
    printer.tick(3.0)
    assert out[1].zpl == b"^XA^FDwhole^FS^XZ"


def test_a_label_half_out_when_the_roll_ends_is_printed_again_after_the_reload():
    printer, out = machine(fault_at={1: Reason.MEDIA_EMPTY})
    printer.receive(b"^XA^FDa^FS^XZ", 0.0)
    printer.tick(0.0)
    printer.tick(5.0)
    assert not out
    assert b"00000001" in printer.receive(b"~HQES\r\n", 5.0)
    assert printer.receive(b"~HS\r\n", 5.0) == b""
    printer.faults.clear()
    printer.tick(5.0)
    printer.tick(6.0)
    assert len(out) == 1


def test_a_roll_has_an_end():
    printer, out = machine(labels=2)
    printer.receive(b"^XA^FDa^FS^PQ5^XZ", 0.0)
    for now in range(10):
        printer.tick(float(now))
    assert len(out) == 2
    assert printer.faults == {Reason.MEDIA_EMPTY}


@pytest.mark.parametrize("mode", ["L", "F"])
def test_the_echo_comes_once_per_label_or_once_per_format(mode):
    printer, _ = machine()
    printer.receive(b"^XA^FN1^FDjob-1^FS^HV1,5,job=,;," + mode.encode() + b"^FS^PQ2^XZ", 0.0)
    echoes = b"".join(printer.tick(now / 2) for now in range(8))
    assert echoes == b"job=job-1;" * (2 if mode == "L" else 1)


def test_commands_are_understood_in_any_pieces():
    printer, out = machine()
    answers = b"".join(
        printer.receive(bytes([byte]), 0.0)
        for byte in b'~HI\r\n^XA^FDx^FS^XZ! U1 getvar "odometer.total_label_count"\r\n'
    )
    assert answers == b'\x02ZTC FH-SIM-203dpi ZPL,V84.20.21Z,8,8176KB\x03\r\n"0"'
    printer.tick(0.0)
    printer.tick(1.0)
    assert len(out) == 1
    assert printer.receive(b'! U1 getvar "no.such"\r\n', 1.0) == b'"?"'


def test_chaos_is_the_same_for_the_same_seed():
    plan = ChaosPlan(seed=5, flip_chance=0.2)
    first, second = Chaos(plan).sending(b"x" * 500), Chaos(plan).sending(b"x" * 500)
    assert first == second
    assert first[0] != [b"x" * 500]
    assert Chaos(ChaosPlan(seed=6, flip_chance=0.2)).sending(b"x" * 500) != first


def test_a_plan_cuts_once_at_its_byte():
    chaos = Chaos(ChaosPlan(cut_after_received=5))
    assert chaos.received(b"abc") == (b"abc", False)
    assert chaos.received(b"defg") == (b"de", True)
    assert chaos.received(b"hij") == (b"hij", False)
