"""Labels that carriers wrote: they come out as they were meant, and leave nothing behind in the printer."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.printers import zpl_foreign
from devices.codecs.printers.zpl_foreign import ForeignRefused, foreign_job, inspect, with_evidence, wrap
from devices.codecs.printers.zpl_status import Echo, ReplyStream
from devices.codecs.printers.zpl_stream import ZplStream, commands
from devices.hub import DeviceHub
from devices.model import JobState, Role
from devices.simulated.zpl_machine import PrinterBuild, PrinterMachine
from devices.simulated.zpl_sim import ZplSim

CARRIERS = Path(__file__).parents[3] / "shared" / "data" / "third-party" / "zpl-zebrash"
OURS = b"^XA^CI28^PW600^LL400^LH0,0^FO10,10^A0N,30,30^FDours^FS^XZ"

carrier_labels = pytest.mark.skipif(not CARRIERS.exists(), reason="the carriers' labels are not beside the repository")


def printed(*payloads):
    """What comes out of a virtual printer for these bytes, and what it says."""
    out = []
    machine = PrinterMachine(PrinterBuild(print_s=0.0), out.append)
    said = b"".join(machine.receive(payload, 0.0) for payload in payloads)
    for now in range(100):
        said += machine.tick(float(now))
    return out, said


# --- what a label keeps and what it loses ---


@pytest.mark.parametrize(
    "setup",
    ["~JA", "~JR", "^JUS", "^JUF", "~JC", "~WC", "^WDE:*.*", "^MNY", "^MMC", "~SD25", "^PR6,6", "^MTD", "^LT30", "~TA-010", "^JZN", "~PP",
     "^PP", "^PH", "~PR", "^NDPASS", "^KPXXXX", "^SXA,D", "^SC9600", "~HS", "^HH", "^HWE:*.*", "~EG", "^EF", "^IDE:*.*", "^IDB:LOGO.GRF",
     "^MCN", "^MD30", "~DN", "^XXnew"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["inside", "before"])
def test_what_sets_up_the_printer_or_outlives_the_label_is_taken_out_and_said(setup, place):
    field = "^FO10,10^A0N,30,30^FDparcel^FS"
    payload = f"^XA{setup}\n{field}^XZ" if place == "inside" else f"{setup}\n^XA{field}^XZ"
    label = inspect(payload.encode())
    assert label.dropped == [setup[:3]]
    assert setup.encode() not in label.wire
    (out,), _ = printed(label.wire)
    assert b"^FDparcel^FS" in out.zpl


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"", "no label"),
        (b"^XA^XZ", "no label"),
        (b"%PDF-1.7", "no label"),
        (b"^XA^FDhalf", "no end"),
        (b"^XA^FO1,1^FDa^FS^XA^FDb^FS^XZ", "inside another"),
        (b"^XA^ISR:X^FDa^XZ", "keeps a picture"),
        (b"^XA^CD;^FDa^XZ", "delimiter"),
        (b"~JB^XA^FDa^XZ", "memory"),
        (b"^XA^FDa^FS^PQ500^XZ", "500 labels"),
        (b"~DGR:A.GRF,9000000,10,FF^XA^XGR:A.GRF^FS^XZ", "stores"),
        (b"^XA^CC-\n-FO1,1^JUS-FDa-FS-XZ", "told from commands"),
        (b"~DG,,^XA^FDa^XZ", "without a name"),
        (b"^XA^FD" + b"x" * 3_000_000 + b"^XZ", "bytes"),
    ],
    ids=range(13),
)
def test_what_is_refused_is_refused_in_words(payload, words):
    with pytest.raises(ForeignRefused, match=words):
        wrap(payload)


def test_a_line_of_set_get_do_is_taken_out():
    label = inspect(b'! U1 setvar "media.type" "mark"\r\n^XA^FO1,1^FDa^FS^XZ\r\n! U1 do "device.reset" ""\r\n')
    assert label.dropped == ["! U"]
    assert b"! U" not in label.wire


def test_nothing_that_a_label_sets_reaches_the_next_one():
    changes = b"^XA^PW300^LH90,90^LS50^POI^PMY^LRY^FWR^CI13^CVY^BY5,2,99^CFD,40,20^MUM^JMB^FO1,1^FDodd^FS^XZ"
    (alone,), _ = printed(b"^XA^PW600^LL400^FO10,10^FDplain^FS^XZ")
    out, _ = printed(changes, b"^XA^PW600^LL400^FO10,10^FDplain^FS^XZ")
    assert out[1].zpl != alone.zpl, "the virtual printer must remember, or this proves nothing"
    out, _ = printed(wrap(changes), b"^XA^PW600^LL400^FO10,10^FDplain^FS^XZ")
    assert out[1].zpl == alone.zpl
    # And the other way round: our label's modes do not reach the carrier's.
    (carrier,), _ = printed(wrap(b"^XA^FO1,1^FDc^FS^XZ"))
    _, (after,) = [], printed(OURS, b"^XA^LH50,50^POI^XZ", wrap(b"^XA^FO1,1^FDc^FS^XZ"))[0][1:]
    assert after.zpl == carrier.zpl


def test_what_a_label_stores_goes_to_memory_and_is_cleaned_away_after_it():
    payload = (
        b"~DGE:LOGO.GRF,8,1,FF00FF00FF00FF00\n^XA^DFE:FORM.ZPL^FS^FO1,1^FN1^FS^XGE:LOGO.GRF,1,1^FS^XZ"
        b"^XA^XFE:FORM.ZPL^FS^FN1^FDa^FS^XZ"
    )
    wire = wrap(payload)
    assert b"E:" not in wire
    out = []
    machine = PrinterMachine(PrinterBuild(print_s=0.0), out.append)
    machine.receive(wire, 0.0)
    machine.tick(0.0)
    machine.tick(1.0)
    assert len(out) == 1
    assert out[0].zpl.count(b"~DG") == out[0].zpl.count(b"^DF") == 1
    assert machine.memory.objects == {}
    assert machine.memory.modes.keys() == {b"^LL"}, "every label says its own length"


def test_a_logo_that_the_printer_has_already_is_left_where_it_is():
    assert b"^XGE:LOGO.GRF,1,1" in wrap(b"^XA^FO1,1^XGE:LOGO.GRF,1,1^FS^XZ")


def test_changed_prefixes_are_put_right_and_literal_prefixes_survive():
    wire = wrap(b"^XA^CC--CT!\n-FO10,10-A0N,30,30-FDa^b~c-FS-FO10,50-A0N,30,30-FH$-FD$41^-FS!HS\n-XZ")
    assert b"^FH_^FDa_5Eb_7Ec^FS" in wire
    assert b"^FH$^FD$41$5E^FS" in wire
    assert len(printed(wire)[0]) == 1


def test_binary_graphics_may_hold_anything():
    bits = b"^XZ~JA^XA\x00\x03\x1b\xff"
    payload = b"^XA^FO0,0^GFB,%d,%d,1,%s^FS^XZ" % (len(bits), len(bits), bits)
    assert bits in wrap(payload)
    (label,), _ = printed(wrap(payload))
    assert bits in label.zpl


# --- evidence ---


def test_every_label_is_reported_and_nothing_is_added_to_what_is_seen(plug, tmp_path, listener, journal):
    hub = DeviceHub(listener.sinks(), journal)
    printer = plug(ZplSim(tmp_path, PrinterBuild(print_s=0.0)))
    hub.add_printer(printer.url, "Printer")
    hub.start()
    two = b"^XA^FO1,1^FN999^FDone^FS^PQ2^XZ ^XA^FO1,1^FDtwo^FS^XZ"
    job = foreign_job("carrier.1", two, identity="1Z9")
    assert (job.labels, job.expected) == (3, 3)
    hub.print(Role.LABEL_PRINTER, job)
    report = listener.final("carrier.1")
    assert (report.state, report.level, report.detail) == (JobState.PRINTED, 3, "3 of 3 labels reported")
    assert [label.job for label in printer.labels] == ["carrier.1"] * 3
    seen = [re.findall(rb"\^FD([^^]*)", label.zpl) for label in printer.labels]
    assert seen == [[b"one", b" "], [b"one", b" "], [b"two", b" "]]
    assert hub.stop()


def test_copies_multiply_and_the_reports_are_understood():
    out, said = printed(with_evidence(wrap(b"^XA^FO1,1^FDone^FS^PQ2^XZ"), "j:1", 3))
    assert len(out) == 6
    assert ReplyStream().feed(said) == [Echo("j:1")] * 6


# --- the carriers' own ---


@carrier_labels
@pytest.mark.node
@pytest.mark.parametrize("file", sorted(path.name for path in CARRIERS.glob("*.zpl")))
def test_a_carriers_label_passes_the_pass_through_and_the_printer_unharmed(file):
    from tools.labels.decode import decode, render_all

    rows = map(json.loads, (CARRIERS / "expected-decodes.jsonl").read_text("utf-8").splitlines())
    expected = next(row["decoded_from_zpl_renderer_js_3.4.0"] for row in rows if row["file"] == file)
    out, said = printed(with_evidence(wrap((CARRIERS / file).read_bytes()), "job-1", 1))
    assert ReplyStream().feed(said) == [Echo("job-1")] * len(out)
    found = [decode(png) for label in out for png in render_all(label.zpl, "zebrash", height_mm=203.2)]
    assert {(kind, data.decode("utf-8", "replace")) for page in found for kind, data in page} == {
        (kind, data) for kind, data in expected
    }


def test_there_are_59_of_them():
    if not CARRIERS.exists():
        pytest.skip("the carriers' labels are not beside the repository")
    assert len(list(CARRIERS.glob("*.zpl"))) == 59


# --- anything at all ---

PIECES = st.sampled_from(
    [b"^XA", b"^XZ", b"^FO1,1", b"^FDx^FS", b"~JA", b"~HS", b"^CC-", b"^CT!", b"-XZ", b"^", b"~", b"! U1 do \"x\" \"\"\r\n", b"\n",
     b"~DGR:A.GRF,4,1,", b"^GFB,5,5,1,", b"^PQ3", b"^FH", b"^DFR:A^FS", b"^XFR:A^FS", b"\x00\xff\x1b[2J", b"^IDR:*.*"]
)  # fmt: skip


@given(st.lists(PIECES | st.binary(max_size=8), max_size=40).map(b"".join))
def test_whatever_comes_only_a_refusal_is_raised_and_what_passes_is_clean(payload):
    try:
        label = inspect(payload)
    except ForeignRefused:
        return
    names = [command.name for command in commands(label.wire)]
    assert names.count(b"^XA") == names.count(b"^XZ")
    assert not {b"~JA", b"~HS", b"! U", b"^CC", b"^CT"} & set(names)
    out, _ = printed(label.wire, OURS)
    assert len(out) == label.labels + 1
    assert inspect(label.wire).labels == label.labels, "what has passed once passes again"
    assert with_evidence(label.wire, "j", 1).count(b"job=j") == sum(name == b"^PQ" for name in names)


@given(st.lists(PIECES | st.binary(max_size=8), max_size=40).map(b"".join), st.randoms(use_true_random=False))
def test_commands_are_the_same_in_whatever_pieces_they_come(payload, dice):
    stream, found, rest = ZplStream(), [], payload
    while rest:
        size = dice.randint(1, 5)
        found += stream.feed(rest[:size])
        rest = rest[size:]
    found += stream.end()
    whole = commands(payload)
    assert b"".join(one.text for one in found) == b"".join(one.text for one in whole)
    assert [one.name for one in found if one.name] == [one.name for one in whole if one.name]


def test_a_large_label_in_small_pieces_is_read_once():
    stream = ZplStream()
    found = stream.feed(b"^XA^FD")
    for _ in range(20_000):
        found += stream.feed(b"x" * 100)
    assert len(found) == 1
    assert [one.name for one in stream.feed(b"^FS^XZ")] == [b"^FD", b"^FS", b"^XZ"]
    assert zpl_foreign.LONGEST >= 2_000_000
