"""Every line of every sample is in the report, and no order comes out of a spoilt file that is half of one in the file."""

import asyncio
import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from sqlalchemy import func, select

from oms.api.app import make_app
from oms.channels.adapters.choosing import Format, read
from oms.channels.sealing import Sealer
from oms.db.work import Actor
from oms.imports.report import BadLine
from oms.people.keys import Scope, add_key, new_key
from oms.sales.drafts import HoldCode
from oms.sales.models import CustomerOrder, CustomerOrderLine

DATA = Path(__file__).parents[2] / "data" / "channels"
REPORTS = Path(__file__).parents[2] / "data" / "channels_reports.json"
FILES = sorted(path for path in DATA.rglob("*.*"))
SHEETS = [path for path in FILES if path.suffix in (".csv", ".txt")]
GOOD_SHEETS = [path for path in SHEETS if path.name.startswith("good")]


def kind(path):
    return Format(path.suffix[1:]) if path.parent.name == "plain" else Format(path.parent.name)


def name(path):
    return f"{path.parent.name}/{path.name}"


class Desk:
    """A server; imports files as the administrator."""

    def __init__(self, shop, client):
        self.shop, self.client = shop, client
        key = new_key()
        shop.oms.works.run("MAIN", Actor("test"), lambda w: add_key(w, key, "k", [Scope.ADMIN], None))
        self.headers = {"Authorization": f"Bearer {key}"}
        self.channels = 0

    def channel(self):
        """A new one."""
        self.channels += 1
        code = f"web{self.channels}"
        said = json.dumps(
            {"code": code, "kind": "web", "name": code, "prefix": "W", "rules": {"likeness_minutes": 0}}
        ).encode()
        assert self.client.post("/v1/channels", content=said, headers=self.headers).status_code == 200
        return code

    def bring(self, body, format_, channel):
        """The report."""
        as_json = body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")
        headers = {**self.headers, "Content-Type": "application/json" if as_json else "text/csv"}
        path = f"/v1/import/customer-orders?channel={channel}&format={format_}"
        answer = self.client.post(path, content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def lines(self):
        """Number of lines of each order, by its number; and its reference."""
        mine = (
            select(CustomerOrder.number, CustomerOrder.reference, func.count(CustomerOrderLine.line_no))
            .outerjoin(CustomerOrderLine, CustomerOrderLine.order_no == CustomerOrder.number)
            .group_by(CustomerOrder.number, CustomerOrder.reference)
        )
        with self.shop.oms.sessions() as db:
            return {number: (reference, count) for number, reference, count in db.execute(mine)}


@pytest.fixture
def desk(shop):
    app = make_app(shop.oms, asyncio.Event(), ["h:1"], sealer=Sealer(b"k" * 32))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Desk(shop, client)


def told(report):
    """What a report says of each line, without numbers that are drawn."""
    return [
        " ".join(part for part in (str(one["line"]), one["result"], one["code"]) if part) for one in report["lines"]
    ]


@pytest.mark.postgres
def test_every_line_of_every_sample_is_in_the_report(desk):
    wanted = json.loads(REPORTS.read_text())
    found = {name(path): told(desk.bring(path.read_bytes(), kind(path), desk.channel())) for path in FILES}
    assert found == wanted


def counted(path, body):
    """The lines that a report must have: elements of JSON, messages of EDIFACT, rows of a sheet."""
    if path.suffix == ".edi":
        return len(re.findall(rb"(?:^|['~])\s*UNH[+*]", body))
    if path.suffix == ".json":
        value = json.loads(body.decode("utf-16" if body[:2] == b"\xff\xfe" else "utf-8"))
        if isinstance(value, dict) and "increment_id" not in value:
            value = value.get("orders", value.get("items", value))
        return len(value) if isinstance(value, list) else 1
    plain = body.decode("latin-1")
    sign = max(",;\t", key=plain.split("\n")[0].count)
    quoting = csv.QUOTE_NONE if path.suffix == ".txt" else csv.QUOTE_MINIMAL
    rows = csv.reader(io.StringIO(plain), delimiter=sign, quoting=quoting)
    return sum(1 for row in rows if any(cell.strip() for cell in row)) - 1


@pytest.mark.parametrize("path", FILES, ids=name)
def test_the_samples_have_so_many_lines_as_their_reports(path):
    # Beside messages an interchange has what stands outside of them, and its end.
    lines = [line for line in json.loads(REPORTS.read_text())[name(path)] if not line.startswith(("58 ", "61 "))]
    assert len(lines) == counted(path, path.read_bytes())


def spoilt_rows(body, at):
    """The file with the line at index `at` spoilt: each way that a row is lost by."""
    end = b"\r\n" if b"\r\n" in body else b"\n"
    lines = body.split(end)
    separator = max(b",;\t", key=lambda one: lines[0].count(bytes([one])))
    sign = bytes([separator])
    ways = {
        "longer": lines[at] + sign * 40 + b"more",
        "nul": lines[at].replace(sign, sign + b"\0", 1),
        "garbage": b"\0\xff\x01",
        "nameless": b"" + sign + lines[at].split(sign, 1)[-1],
        "open quote": lines[at].replace(sign, sign + b'"x', 1).replace(b'""', b'"'),
        "long": lines[at] + b"9" * 300_000,
    }
    for way, line in ways.items():
        yield way, end.join([*lines[:at], line, *lines[at + 1 :]])
    if at == len([line for line in lines if line.strip()]) - 1:
        for upto in range(1, len(lines[at]) - len(lines[at].rsplit(sign, 1)[-1])):
            yield f"cut at {upto}", end.join([*lines[:at], lines[at][:upto]])


@pytest.mark.parametrize("path", GOOD_SHEETS, ids=name)
def test_an_order_that_lost_a_row_is_not_taken_and_its_other_rows_are_told(path):
    whole = {draft.reference: len(draft.lines) for draft in read(kind(path), path.read_bytes(), "web").drafts}
    body = path.read_bytes()
    rows = len(body.rstrip().split(b"\n"))
    for at in range(1, rows):
        for way, spoilt in spoilt_rows(body, at):
            found = read(kind(path), spoilt, "web")
            for draft in found.drafts:
                if way not in ("longer", "nul", "long") and draft.reference == "302-1":
                    # Its rows do not stand together, and nothing is left that says whose the lost one was.
                    continue
                whose = (way, at, draft.reference)
                held = any(one.code == HoldCode.BAD_VALUE for one in draft.troubles)
                assert held or len(draft.lines) >= whole.get(draft.reference, 0), whose
            counts = {draft.reference: len(draft.lines) for draft in found.drafts}
            assert found.bad or counts == whole or any(draft.troubles for draft in found.drafts), (way, at)


def test_a_row_that_lacks_its_number_may_be_of_either_order_beside_it():
    body = b"reference,email,sku,qty\nA,a@b.nl,TEA,1\n,,CUP,1\nB,b@b.nl,TEA,1\nC,b@b.nl,TEA,1\n"
    found = read(Format.CSV, body, "web")
    assert [draft.reference for draft in found.drafts] == ["C"]
    assert [(line.line, line.code) for line in found.bad] == [(3, "missing"), (2, "not_whole"), (4, "not_whole")]


def test_a_quote_that_another_one_closes_hides_no_rows():
    head = b"reference,email,ship_name,ship_street,sku,qty,price,note\n"
    rows = [b'A,a@b.nl,Ada,"Kade 1,TEA,1,2.50,', *(b"%d,a@b.nl,Ada,Kade 1,TEA,1,2.50," % n for n in range(3)),
            b'C,a@b.nl,Ada,Plein 1",TEA,1,2.50,']  # fmt: skip
    found = read(Format.CSV, head + b"\n".join([*rows, b"D,a@b.nl,Ada,Kade 1,TEA,1,2.50,", b""]), "web")
    assert [draft.reference for draft in found.drafts] == ["D"]
    assert [(line.line, line.code) for line in found.bad] == [(line, "quote_not_closed") for line in range(2, 7)]


def test_pages_of_an_order_that_were_not_fetched_hold_it():
    value = json.loads((DATA / "shopify" / "good_graphql.json").read_text())

    def order(node):
        if isinstance(node, dict):
            if "lineItems" in node:
                node["lineItems"]["pageInfo"] = {"hasNextPage": True}
            for one in node.values():
                order(one)
        elif isinstance(node, list):
            for one in node:
                order(one)

    order(value)
    [draft] = read(Format.SHOPIFY, json.dumps(value).encode(), "web").drafts
    assert [(one.code, one.params["column"]) for one in draft.troubles] == [(HoldCode.BAD_VALUE, "line_items")]


def test_an_interchange_says_how_many_messages_it_has():
    body = (DATA / "edifact" / "good_d96a.edi").read_bytes()
    fewer = body.replace(b"UNZ+2+77", b"UNZ+3+77")
    assert [(line.line, line.code) for line in read(Format.EDIFACT, fewer, "web").bad] == [(41, "messages_missing")]
    open_ = body[: body.index(b"UNZ")]
    assert [line.code for line in read(Format.EDIFACT, open_, "web").bad] == ["cut_off"]
    twice = read(Format.EDIFACT, body + body[9:], "web")
    assert ([draft.reference for draft in twice.drafts], twice.bad) == (["PO-1", "PO-2"] * 2, [])
    other = body.replace(b"UNT+24+1'", b"UNT+24+2'")
    found = read(Format.EDIFACT, other, "web")
    assert ([draft.reference for draft in found.drafts], [line.code for line in found.bad]) == (
        ["PO-2"],
        ["segments_missing"],
    )


#: Characters that none of the sample's values has.
ODD = "#$%&*/;<=>@[]^_`{|}~!\x1c\x1d\x1e\x1f"


@settings(max_examples=80, deadline=None)
@given(st.permutations(ODD).map(lambda them: them[:4]), st.sampled_from(["", "\n", "\r\n"]))
def test_edifact_may_be_separated_by_anything(signs, between):
    component, element, release, end = signs
    plain = (DATA / "edifact" / "good_d96a.edi").read_text()[9:].replace("\n", "").replace("inkoop@example.org", "i")
    swapped = plain.translate({ord(":"): component, ord("+"): element, ord("?"): release, ord("'"): end})
    # What was released stands for itself now.
    swapped = swapped.replace(f"{release}{end}", "'").replace(end, end + between)
    found = read(Format.EDIFACT, f"UNA{component}{element}.{release} {end}{swapped}".encode("latin-1"), "web")
    wanted = read(Format.EDIFACT, f"UNA:+.? '{plain}".encode("latin-1"), "web")
    assert found == wanted
    assert len(found.drafts) == 2


#: What is put in, in every format.
BITS = [b"\0", b"'", b'"', b"\n", b"\r\n", b"\t", b",", b";", b"+", b":", b"?", b"{", b"}", b"[", b"]", b"null", b"-1",
        b"1e999", b"\xff\xfe", b"\xef\xbb\xbf", b"9" * 400, b"NaN", b"\xc3\x28", b"[" * 2000, b'{"a":' * 500, b"UNH+",
        b"UNT+1+1'", b"LIN+", b"99999999999999", b"\\u0000", b"\\ud800"]  # fmt: skip


@st.composite
def spoilt(draw):
    """(the sample, its bytes after somebody handled them)."""
    path = draw(st.sampled_from(FILES))
    body = path.read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        match draw(st.integers(0, 6)):
            case 0:
                body = body[:at] + draw(st.sampled_from(BITS)) + body[at + draw(st.integers(0, 3)) :]
            case 1:
                body = body[:at]
            case 2:
                body = body[:at] + body[at + draw(st.integers(1, 80)) :]
            case 3:
                body = body + body
            case 4:
                body = body.decode("latin-1").encode(draw(st.sampled_from(["utf-8", "utf-16", "utf-16-be", "utf-32"])))
            case 5:
                body = body[:at] + bytes([draw(st.integers(0, 255))]) + body[at + 1 :]
            case _:
                number = re.search(rb"[0-9]+", body[at:])
                if number:
                    huge = draw(st.sampled_from([b"-1", b"0", b"9" * 12, b"9" * 40, b"1e400", b"0.00000000000001"]))
                    body = body[: at + number.start()] + huge + body[at + number.end() :]
    return path, body


@pytest.mark.postgres
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoilt())
def test_a_spoilt_file_is_answered_and_its_orders_are_whole_or_not_there(desk, file):
    path, body = file
    before, channel = desk.lines(), desk.channel()
    report = desk.bring(body, kind(path), channel)
    fresh = {number: one for number, one in desk.lines().items() if number not in before}
    assert fresh.keys() <= {line["key"] for line in report["lines"] if line["result"] in ("created", "held")}
    assert report["totals"]["lines"] == len(report["lines"])
    try:
        drafts = read(kind(path), body, channel).drafts
    except BadLine:
        drafts = []
    reported = {line["line"] for line in report["lines"]}
    assert all({draft.at, *draft.rows, *(line.at for line in draft.lines if line.at)} <= reported for draft in drafts)
    wanted = {}
    for draft in drafts:
        wanted.setdefault(draft.reference or draft.number, len(draft.lines))
    assert dict(fresh.values()) == {reference: wanted[reference] for reference, _ in fresh.values()}
    assert_rows_are_told(path, body, reported)


def assert_rows_are_told(path, body, reported):
    """Counted without the adapter: elements of JSON that can be read at all, and rows that no quote hides."""
    if path.suffix == ".json":
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return
        if isinstance(value, list):
            assert reported >= set(range(1, len(value) + 1))
    elif path.suffix == ".csv" and body.isascii() and b"\0" not in body and b'"' not in body:
        lines = re.split(rb"\r\n|\r|\n", body)
        first = next((at for at, line in enumerate(lines) if line.strip()), 0)
        rows = {at for at, line in enumerate(lines, 1) if at > first + 1 and line.strip(b" ,;\t|")}
        assert rows <= reported
