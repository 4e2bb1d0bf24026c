"""Asking an address what it is: right for every recorded answer and every simulator, and nothing is written before a person asks."""

import json
import os
import select
import socket
import threading
import tty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import __main__ as command
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
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.tspl_machine import TsplMachine
from devices.simulated.zpl_sim import ZplSim
from devices.transports.base import LinkError

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


@pytest.fixture
def brisk(monkeypatch):
    """Simulators answer at once: no need to wait for them as long as for a real device at 1200 baud."""
    for name, seconds in (("LISTEN_S", 0.2), ("ANSWER_S", 0.15), ("QUIET_S", 0.05), ("FLUSH_S", 0.03)):
        monkeypatch.setattr(f"devices.discovery.identify.{name}", seconds)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_simulated_printer_is_recognised(language, plug, brisk):
    sim = plug(PrinterSim(LANGUAGES[language]()))
    found = identify(sim.url)
    assert (found.role, found.dialect) == (Role.LABEL_PRINTER, language)
    assert found.url == f"{sim.url}?dialect={language}"
    assert sim.labels == []


def test_a_printer_at_a_serial_port_is_recognised_behind_all_the_questions_to_scales(plug, brisk):
    sim = plug(PrinterSim(EscposMachine(), pty=True))
    found = identify(sim.url)
    assert found.dialect == "escpos"
    assert found.url == f"{sim.url}?dialect=escpos&baud=9600&bits=8&parity=N"
    assert sim.labels == []
