"""SNMP: our messages against a real agent, hostile answers, and what a printer's published bits mean."""

import shutil
import socket
import subprocess
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import snmp
from devices.codecs.printers import snmp_status
from devices.drivers.snmp_look import BrotherLook
from devices.model import Reason
from devices.registry import printer_for
from devices.simulated.brother_machine import BrotherMachine
from devices.simulated.chaos import ChaosPlan
from devices.simulated.printer_base import PrinterSim

oids = st.lists(st.integers(0, 2**32 - 100), min_size=1, max_size=20).map(
    lambda rest: ".".join(map(str, [1, 3, *rest]))
)


def answer(bindings, request_id=7, error=0, version=1, tag=snmp._Tag.RESPONSE):
    """An agent's message, by the encoder's own parts."""
    listed = b"".join(snmp._wrap(0x30, snmp._oid(oid) + value) for oid, value in bindings)
    body = snmp._integer(request_id) + snmp._integer(error) + snmp._integer(0) + snmp._wrap(0x30, listed)
    return snmp._wrap(0x30, snmp._integer(version) + snmp._wrap(0x04, b"public") + snmp._wrap(tag, body))


def test_the_bytes_of_a_request():
    # Version 0, "public", GET, id 1, no error, one OID with NULL.
    head = "302902010004067075626c6963a01c020101020100020100"
    assert snmp.get_request([snmp.HR_PRINTER_ERRORS]).hex() == head + "3011300f060b2b060102011903050102010500"


@given(st.lists(oids, min_size=1, max_size=8, unique=True), st.integers(0, 2**31 - 1))
def test_oids_and_ids_come_back_as_they_went(names, request_id):
    response = snmp.parse_response(answer([(name, b"\x05\x00") for name in names], request_id))
    assert (response.request_id, list(response.values)) == (request_id, names)
    assert all(snmp._oid(name) in snmp.get_request(names, request_id=request_id) for name in names)


VALUES = [
    (b"\x02\x01\xff", -1),
    (b"\x02\x02\x00\x80", 128),
    (b"\x04\x03abc", b"abc"),
    (b"\x05\x00", None),
    (b"\x06\x03\x2b\x06\x01", b"1.3.6.1"),
    (b"\x40\x04\x0a\x00\x00\x01", b"\x0a\x00\x00\x01"),
    (b"\x41\x05\x00\xff\xff\xff\xff", 2**32 - 1),
    (b"\x42\x01\x05", 5),
    (b"\x43\x01\x09", 9),
    (b"\x46\x09\x00" + b"\xff" * 8, 2**64 - 1),
    (b"\x80\x00", None),
    (b"\x81\x00", None),
    (b"\x82\x00", None),
]


@given(
    st.lists(st.tuples(oids, st.sampled_from(VALUES)), max_size=10, unique_by=lambda pair: pair[0]), st.integers(0, 5)
)
def test_every_type_of_value(bindings, error):
    response = snmp.parse_response(answer([(oid, value[0]) for oid, value in bindings], 7, error))
    assert response == snmp.Response(7, error, {oid: value[1] for oid, value in bindings})


@given(st.binary(max_size=300))
def test_garbage_is_refused_with_one_kind_of_error(data):
    with pytest.raises(ValueError):
        snmp.parse_response(data)


@given(st.data())
def test_a_spoiled_answer_is_read_or_refused(data):
    whole = bytearray(answer([(snmp.HR_PRINTER_ERRORS, b"\x04\x01\x40"), (snmp.PRT_LIFE_COUNT, b"\x41\x02\x01\x02")]))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    try:
        response = snmp.parse_response(bytes(whole[:cut]))
    except ValueError:
        return
    assert all(value is None or isinstance(value, int | bytes) for value in response.values.values())


def test_what_does_not_fit_is_refused():
    for bad in (
        b"\x30\x80" + b"\x00" * 20,
        b"\x30" * 70_000,
        answer([("1.3", b"\x02\x00")]),
        answer([("1.3", b"\x46\x0a" + b"\x01" * 10)]),
        answer([("1.3", b"\x77\x00")]),
        answer([("1.3", b"\x05\x00")], tag=0xA0),
        answer([("1.3", b"\x05\x00")], version=3),
        answer([(f"1.3.{n}", b"\x05\x00") for n in range(300)]),
        answer([]).replace(b"\x30\x00", b"\x30\x04\x30\x02\x06\x00"),
    ):
        with pytest.raises(ValueError):
            snmp.parse_response(bad)
    for oid in ("", "1", "1.40.1", "3.1", "1.x", "1.3.99999999999", "1.3." + "1." * 200 + "1"):
        with pytest.raises(ValueError):
            snmp.get_request([oid])


@pytest.mark.parametrize(
    ("bits", "stops", "warns"),
    [
        (b"", (), ()),
        (b"\x40", (Reason.MEDIA_EMPTY,), ()),
        (b"\x48", (Reason.MEDIA_EMPTY, Reason.COVER_OPEN), ()),
        (b"\x80", (), (Reason.MEDIA_LOW,)),
        (b"\x20\x10", (), (Reason.MARKER_SUPPLY_LOW, Reason.OUTPUT_NEAR_FULL)),
        (b"\x17", (Reason.MARKER_SUPPLY_EMPTY, Reason.MEDIA_JAM, Reason.OFFLINE, Reason.SERVICE_NEEDED), ()),
        (b"\x00\x04", (Reason.MEDIA_EMPTY,), ()),
    ],
)
def test_error_bits_count_from_the_most_significant(bits, stops, warns):
    assert snmp_status.errors(bits) == (stops, warns)


def status(**values):
    names = {"state": snmp.HR_PRINTER_STATUS, "bits": snmp.HR_PRINTER_ERRORS}
    return snmp_status.to_status(snmp_status.parse({names[name]: value for name, value in values.items()}))


def test_only_both_words_together_make_ready():
    assert status(state=3, bits=b"\x00").ready is True
    assert status(state=4, bits=b"\x00").printing
    assert status(state=3).ready is None
    assert status(bits=b"\x00").ready is None
    assert status(state=1, bits=b"\x00").ready is None
    assert status(state=b"3", bits=0).ready is None
    assert status(state=3, bits=b"\x40").reasons == (Reason.MEDIA_EMPTY,)
    assert status().reasons == (Reason.NO_REPLY,)


def test_the_display_is_harmless():
    published = snmp_status.parse({snmp.PRT_CONSOLE_TEXT: b"\x1b[31mPAPER\x00secret" + b"x" * 9000})
    assert published.display == "?[31mPAPER"


BROTHER_COVER_OPEN = b"\x80\x20\x42".ljust(9, b"\0") + b"\x10\x3e\x0b".ljust(23, b"\0")


@pytest.fixture
def agent(tmp_path, until):
    """Debian's SNMP agent, saying what a printer out of labels with its cover open says."""
    if shutil.which("snmpd") is None:
        pytest.skip("snmpd is not installed")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    (tmp_path / "snmpd.conf").write_text(
        "rocommunity public\n"
        f"override .{snmp.HR_PRINTER_ERRORS} octet_str 0x48\n"
        f"override .{snmp.HR_PRINTER_STATUS} integer 1\n"
        f'override .{snmp.PRT_CONSOLE_TEXT} octet_str "LOAD LABELS"\n'
        f"override .{snmp.PRT_LIFE_COUNT} counter 4711\n"
        f"override .{snmp.BROTHER_STATUS} octet_str 0x{BROTHER_COVER_OPEN.hex()}\n"
    )
    where = f"udp:127.0.0.1:{port}"
    process = subprocess.Popen(
        ["snmpd", "-f", "-C", "-Lo", "-c", tmp_path / "snmpd.conf", "-p", tmp_path / "pid", "-I", "-smux", where],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"SNMP_PERSISTENT_DIR": str(tmp_path), "PATH": "/usr/sbin:/usr/bin:/bin"},
    )
    yield port
    process.terminate()
    process.wait(5)


@pytest.mark.parametrize("version", [0, 1])
def test_a_real_agent(agent, version, until):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("127.0.0.1", agent))
        line.settimeout(0.2)
        heard = []

        def asked():
            try:
                line.send(snmp.get_request(snmp_status.ASK, "public", 99, version))
                heard.append(line.recv(65535))
            except OSError:  # it is starting
                return False
            return True

        until(asked)
    response = snmp.parse_response(heard[0])
    assert (response.request_id, response.error) == (99, 0)
    published = snmp_status.parse(response.values)
    assert published.errors == (Reason.MEDIA_EMPTY, Reason.COVER_OPEN)
    assert (published.state, published.display, published.printed) == ("other", "LOAD LABELS", 4711)


def test_a_brother_printer_that_is_silent_on_its_line_is_asked_by_snmp(agent, plug, until):
    sim = plug(PrinterSim(BrotherMachine()))
    sim.line.trouble(ChaosPlan(mute=True))
    driver = printer_for(f"{sim.url}?dialect=brother&snmp={agent}", time.monotonic)
    driver.connect()
    until(lambda: driver.status().reasons == (Reason.COVER_OPEN,))
    driver.disconnect()
    assert driver.confirm_level == 2


def test_without_an_answer_by_snmp_it_is_unknown():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        look = BrotherLook("127.0.0.1", mute.getsockname()[1])
        assert look() is None
        threading.Timer(0.02, look.cancel).start()
        assert look() is None


def test_the_answer_to_another_question_is_none():
    look = BrotherLook("127.0.0.1")
    said = answer([(snmp.BROTHER_STATUS, snmp._wrap(0x04, BROTHER_COVER_OPEN))], request_id=7)
    assert look._value(said, 7) == BROTHER_COVER_OPEN
    assert look._value(said, 8) is None
    assert look._value(b"nonsense", 7) is None
