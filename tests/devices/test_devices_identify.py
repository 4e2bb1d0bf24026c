"""Asking an address what it is: right for every recorded answer and every simulator, and nothing is written before a person asks."""

import json
import os
import select
import socket
import threading
import time
import tty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import __main__ as command
from devices.codecs.scales.dialects import DIALECTS
from devices.discovery.answers import PRINTER_QUESTIONS, SCALE_QUESTIONS, overheard, printer_answer, scale_answer
from devices.discovery.by_hand import ByHand
from devices.discovery.finder import Finder
from devices.discovery.identify import identify
from devices.discovery.serial_ports import SerialPorts
from devices.model import Role
from devices.simulated.brother_machine import BrotherMachine
from devices.simulated.cpcl_machine import CpclMachine
from devices.simulated.epl2_machine import Epl2Machine
from devices.simulated.escpos_machine import EscposMachine
from devices.simulated.printer_base import PrinterSim
from devices.simulated.sbpl_machine import SbplMachine
from devices.simulated.scale_sim import ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.ssi_sim import SsiSim
from devices.simulated.tspl_machine import TsplMachine
from devices.simulated.zpl_sim import ZplSim
from devices.transports.base import LinkError
from devices.transports.urls import wrapping

STANDS_FOR = {"mt-sics-emulator-quirk": "mt-sics", "brother-raster": "brother"}


def weights(frames):
    """Recorded answers that are weights, each with the question that it answers."""
    for row in frames("scale-frames"):
        if row["expect"].get("weight"):
            yield STANDS_FOR.get(row["protocol"], row["protocol"]), bytes.fromhex(row["reply_hex"])


def test_recorded_weights_are_recognised_by_the_question_of_their_dialect(frames):
    asked = {name: question for question in SCALE_QUESTIONS for name in question.dialects}
    seen = set()
    for dialect, reply in weights(frames):
        if dialect not in asked:
            continue
        question = asked[dialect]
        verdict = scale_answer(question, reply)
        seen.add(dialect)
        if dialect == "toledo-8217" and verdict is None:
            # It is told from an 8213 by its echo, not by its weights.
            continue
        assert verdict is not None, (dialect, reply)
        assert verdict.dialect in question.dialects
        if dialect.startswith("sartorius"):
            assert verdict.dialect == dialect, reply
    assert {"mt-sics", "nci", "sma", "aandd", "cas-ecr", "ohaus", "adam", "dibal-98", "dialog06", "radwag"} <= seen


def test_an_8217_and_an_8213_are_told_apart_by_the_echo():
    (question,) = [one for one in SCALE_QUESTIONS if one.dialects == ("toledo-8217",)]
    assert scale_answer(question, b"\x02E\rhello").dialect == "toledo-8217"
    assert scale_answer(question, b"\x02?`\r") is None
    assert scale_answer(question, b"\x82E\r\xe8ello").dialect == "toledo-8217", "with parity in bit 7"


def test_recorded_answers_of_printers_are_recognised_by_nobody_else(frames):
    seen = set()
    for row in frames("printer-frames"):
        language = STANDS_FOR.get(row["language"], row["language"])
        for question in PRINTER_QUESTIONS:
            asked = question.ask.strip() == bytes.fromhex(row["request_hex"] or "").strip()
            if asked and printer_answer(question, bytes.fromhex(row["reply_hex"])):
                assert question.dialect == language
                seen.add(language)
    assert {"zpl", "tspl", "epl2", "sbpl", "brother"} <= seen


def test_scales_that_talk_unasked_are_recognised_by_listening(frames):
    for dialect, reply in weights(frames):
        if dialect in ("toledo-continuous", "cas-22", "cas-10", "cas-18"):
            assert overheard(reply * 3).dialect == dialect
    assert overheard(b"4006381333931\r").dialect == "lines"
    assert overheard(bytes.fromhex("0bf300000b39353031313031")[:-1] + b"") is None
    assert overheard(bytes.fromhex("09f300020f41414141fdef")).dialect == "ssi"


@given(st.binary(max_size=300))
def test_any_answer_is_a_verdict_or_none(data):
    overheard(data)
    for question in SCALE_QUESTIONS:
        scale_answer(question, data)
    for question in PRINTER_QUESTIONS:
        verdict = printer_answer(question, data)
        assert verdict is None or verdict.model.isprintable()


# --- on live lines ---


def test_a_zpl_printer_is_recognised_by_its_word(plug, tmp_path):
    sim = plug(ZplSim(tmp_path))
    found = identify(sim.url.removeprefix("tcp://"))
    assert (found.role, found.dialect, found.url) == (Role.LABEL_PRINTER, "zpl", f"{sim.url}?dialect=zpl")
    assert found.model
    assert sim.labels == [], "a question must not come out as a label"


def test_a_scanner_is_recognised_when_somebody_scans_meanwhile(plug, tmp_path, capsys):
    sim = plug(ScannerSim(tmp_path / "scanner"))
    timer = threading.Timer(0.3, lambda: sim.scan("4006381333931"))
    timer.start()
    assert command.main(["identify", sim.url, "--json"]) == 0
    timer.join()
    found = json.loads(capsys.readouterr().out)["device"]
    assert (found["role"], found["dialect"]) == ("scanner", "lines")
    assert sim.heard == b"", "what talks by itself is not asked"


def test_a_silent_line_can_be_given_up(plug, tmp_path):
    sim = plug(ScannerSim(tmp_path / "scanner"))
    assert identify(sim.url, stopped=lambda: True) is None


def test_an_address_without_anybody_or_without_sense(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(LinkError):
        identify(f"127.0.0.1:{port}")
    with pytest.raises(ValueError):
        identify("no address at all")
    assert command.main(["identify", f"127.0.0.1:{port}"]) == 2
    assert command.main(["identify", "no address at all"]) == 2


def test_nothing_is_written_to_a_port_that_nobody_asked_about(tmp_path):
    """Finding alone sends not one byte: a terminal and a network port with a printer's number stay untouched."""
    master, slave = os.openpty()
    tty.setraw(slave)
    node = os.ttyname(slave)

    class Port:
        device = node
        vid = pid = serial_number = product = manufacturer = location = None

    with socket.create_server(("127.0.0.1", 0)) as server:
        hand = ByHand()
        finder = Finder([SerialPorts(lambda: [Port()], tmp_path, poll_s=0.02), hand], lambda found: None)
        finder.start()
        hand.add(f"127.0.0.1:{server.getsockname()[1]}")
        finder.search()
        ready, _, _ = select.select([master, server], [], [], 0.5)
        assert ready == []
        assert len(finder.found()) == 2
        finder.stop()
    os.close(master)
    os.close(slave)


MACHINES = (TsplMachine, Epl2Machine, CpclMachine, SbplMachine, EscposMachine, BrotherMachine)
LANGUAGES = dict(zip(("tspl", "epl2", "cpcl", "sbpl", "escpos", "brother"), MACHINES, strict=True))


class Bench:
    """A simulated device on the table, asked in a time that goes as fast as it is waited for: patience costs nothing here."""

    def __init__(self, sim):
        self._sim = sim
        self._said = bytearray()
        self._now = time.monotonic() + 60  # what was put on a scale has come to rest

    def monotonic(self):
        return self._now

    def open(self):
        pass

    close = wake = cancel = open

    def write(self, data, timeout):
        self._said += self._sim._receive(data, self._now)

    def read(self, timeout):
        end = self._now + timeout
        while not self._said and self._now < end:
            self._now += 0.01
            self._said += self._sim._receive(b"", self._now)
        said = bytes(self._said)
        self._said.clear()
        return said


@pytest.fixture
def on_the_bench(monkeypatch):
    def ask(sim, url):
        bench = Bench(sim)
        monkeypatch.setattr("devices.discovery.identify.time", bench)
        with wrapping(lambda transport: bench):
            return identify(url)

    return ask


@pytest.mark.parametrize("url", ["tcp://10.0.0.7:9100", "serial:///dev/ttyUSB0"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_simulated_printer_is_recognised(language, url, on_the_bench):
    sim = PrinterSim(LANGUAGES[language]())
    found = on_the_bench(sim, url)
    assert (found.role, found.dialect) == (Role.LABEL_PRINTER, language)
    assert found.url.startswith(f"{url}?dialect={language}")
    assert sim.labels == [], "a question must not come out as a label"


@pytest.mark.parametrize("url", ["tcp://10.0.0.7:4001", "serial:///dev/ttyUSB0"])
@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "usb-hid-scale"])
def test_every_simulated_scale_is_recognised(dialect, url, on_the_bench):
    sim = ScaleSim(dialect=dialect)
    sim.load(432)
    found = on_the_bench(sim, url)
    assert (found.role, found.dialect) == (Role.SCALE, dialect)


def test_a_zebra_scanner_that_speaks_ssi_is_recognised(on_the_bench):
    found = on_the_bench(SsiSim(), "serial:///dev/ttyUSB0")
    assert (found.role, found.dialect) == (Role.SCANNER, "ssi")


def test_a_scale_on_a_real_line_is_recognised(plug):
    sim = ScaleSim(dialect="toledo-8217")
    sim.load(432)
    found = identify(plug(sim).url)
    assert found.url == f"{sim.url.partition('?')[0]}?dialect=toledo-8217&baud=9600&bits=8&parity=N"
