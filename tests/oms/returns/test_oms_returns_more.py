"""What customers do by their link, what a person should look at, how much comes back, and what is drawn of it."""

import io
from datetime import timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select, text, update

from oms.customers.models import Customer
from oms.customers.privacy import erase, export
from oms.returns.links import take_photo
from oms.returns.models import ReturnLink, ReturnPhoto
from oms.returns.pictures import plain
from oms.returns.rules import RETURN, Terms, less_fee, payable
from oms.returns.stats import By
from oms.sales.models import CustomerOrder
from sync.contract import returns as wire
from sync.contract.returns import Disposition, Grade, ReturnReason, read_return, return_text

postgres = pytest.mark.postgres


def picture(kind="JPEG", size=(40, 30), **words):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **words)
    return out.getvalue()


def with_place():
    """As a phone makes it: with where it was taken, a thumbnail, and something behind its end."""
    exif = Image.Exif()
    exif[0x010F] = "Secret phone"
    return picture(exif=exif, comment=b"at home") + b"hidden archive"


# --- pictures ---


def test_only_the_picture_is_kept():
    kept = plain(with_place())
    assert kept is not None
    assert not any(word in kept for word in (b"Secret", b"at home", b"hidden"))
    with Image.open(io.BytesIO(kept)) as shown:
        shown.load()
        assert shown.size == (40, 30)
    assert plain(kept) == kept
    assert plain(picture(progressive=True)) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xd9", picture("PNG"), picture("GIF"), b"<svg/>", picture()[:-2], picture()[:60],
        picture(size=(1, 13_000)), b"\xff\xd8\xff\xe1\xff\xff" + b"x" * 100, picture() * 0 + b"\xff\xd8" + b"\xff" * 5000,
        picture().replace(b"\xff\xc0", b"\xff\xc9"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_not_kept(body):
    assert plain(body) is None


@given(st.binary(max_size=400), st.integers(0, 700))
def test_no_bytes_break_it(noise, at):
    whole = picture()
    for body in (noise, b"\xff\xd8\xff" + noise, whole[:at] + noise + whole[at:]):
        kept = plain(body)
        assert kept is None or (kept.startswith(b"\xff\xd8") and kept.endswith(b"\xff\xd9"))


# --- rules ---


@given(
    st.decimals(0, 1000, places=2), st.lists(st.tuples(st.integers(1, 5), st.sampled_from(Grade)), max_size=5),
    st.sampled_from(ReturnReason), st.dictionaries(st.sampled_from(Grade), st.integers(0, 100)),
)  # fmt: skip
def test_never_more_than_it_is_worth_and_never_below_nothing(worth, came, reason, percent):
    rows = [
        wire.ReturnReceive(box="", receipt="", sku="", qty=q, grade=g, disposition=Disposition.SCRAP) for q, g in came
    ]
    units = sum(q for q, _ in came)
    terms = Terms(percent={grade.value: share for grade, share in percent.items()})
    for counted in range(1, units + 1):
        assert 0 <= payable(worth, counted, rows, reason, terms, "EUR") <= worth


def test_a_fee_is_taken_off_once():
    assert less_fee({1: D(3), 2: D(5)}, D(4)) == {1: D(0), 2: D(4)}
    assert less_fee({1: D(3)}, D(9)) == {1: D(0)}


def test_only_a_closed_return_is_over():
    assert [state for state, then in RETURN.items() if not then] == ["closed"]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (return_text("RMA-000042"), "RMA-000042"), ("rma-000042 ", "RMA-000042"), ("RMA-", None), ("RMA-4x", None), ("N1", None),
        ("RMA-\u0664", None), ("RMA-" + "1" * 40, None),
    ],
)  # fmt: skip
def test_a_returns_barcode(said, number):
    assert read_return(said) == number


def test_the_drawing_is_that_of_todays_table():
    """Else: `python -m tools.order_drawings`."""
    from tools.order_drawings import HOME, RETURN_WORDS, drawings, table, with_table

    assert (HOME / "returns.svg").read_text() == drawings()["returns.svg"]
    page = (HOME / "returns.md").read_text()
    assert with_table(page, table(RETURN, RETURN_WORDS)) == page


# --- the customer's link ---


@postgres
def test_a_customer_asks_by_their_link_and_sends_a_picture(shop, counter):
    counter.sold("N1", ("TEA", 3, "10.00"), reference="#1001").rule(
        photo_reasons=["damaged"], approve_up_to="50", fee="2.00", customer_pays=["changed_mind"], kept_skus=["CUP"]
    )
    token = counter.post("customer-orders/N1/return-link")["token"]
    assert counter.post("customer-orders/N1/return-link")["token"] == token
    counter.web.headers = {}
    seen = counter.web.get(f"/v1/return-links/{token}").json()
    assert (seen["order"], seen["lines"][0]["left"], seen["late"], seen["fee"], seen["pays"], seen["photos"]) == (
        "#1001", 3, False, "2.00", ["changed_mind"], ["damaged"],
    )  # fmt: skip
    line = {"line": 1, "qty": 2, "reason": "damaged", "note": "it leaks\0"}
    said = counter.post(f"return-links/{token}", lines=[line])
    assert (said["done"], said["state"]) == (True, "asked")
    where = f"/v1/return-links/{token}/photos?number={said['number']}&line=1"
    bad = counter.web.post(where, content=picture("PNG")).json()
    assert (bad["kept"], bad["reason"]) == (False, "return_bad_photo")
    assert counter.web.post(where, content=b"x" * 7_000_000).status_code == 413
    assert (
        counter.web.post(where.replace("line=1", "line=2"), content=with_place()).json()["reason"]
        == "return_unknown_line"
    )
    kept = counter.web.post(where, content=with_place()).json()
    assert (kept["kept"], len(kept["sha256"])) == (True, 64)
    # The picture was all that was missing.
    [there] = counter.web.get(f"/v1/return-links/{token}").json()["returns"]
    assert (there["number"], there["state"]) == (said["number"], "approved")
    assert counter.post(f"return-links/{token}", lines=[line])["reason"] == "return_bad_quantity"
    assert shop.ask(select(ReturnPhoto.body)) == [plain(with_place())]


@postgres
def test_a_link_is_of_one_order_and_ends(shop, counter):
    counter.sold("N1").sold("N2")
    token = counter.post("customer-orders/N1/return-link")["token"]
    other = counter.ask("N2")["head"]["number"]
    assert counter.web.post("/v1/customer-orders/N9/return-link").status_code == 404
    where = f"/v1/return-links/{token}/photos?number={other}&line=1"
    assert counter.web.post(where, content=picture()).json()["reason"] == "return_unknown"
    for no in ("x", "0" * 32, token[:-1] + "-"):
        assert counter.web.get(f"/v1/return-links/{no}").status_code == 404
    shop.act(lambda w: w.db.execute(update(ReturnLink).values(ends_at=w.now - timedelta(seconds=1))))
    assert counter.web.get(f"/v1/return-links/{token}").status_code == 404


# --- what a person should look at ---


@postgres
def test_signs_stop_what_goes_on_by_itself_and_refuse_nothing(shop, counter):
    counter.rule(approve_up_to="1000", refund_up_to="1000", rate_sign=40)
    shop.act(lambda w: w.db.add(Customer(id="C1", number="1", name="Ada", email="ada@example.com")))
    counter.sold("N1", ("TEA", 6, "10.00"), customer_id="C1")
    first = counter.ask("N1", (1, 3, "other"))["head"]
    assert (first["state"], first["signs"]) == ("approved", [])
    assert counter.came(first["number"], ("TEA", 3, "a"))["head"]["state"] == "closed"
    second = counter.ask("N1", (1, 1, "other"))["head"]
    assert (second["state"], second["signs"]) == ("asked", [{"sign": "return_sign_rate", "share": 50, "units": 3}])
    row = {"sku": "TEA", "qty": 5, "grade": "a", "serial": "SN-1"}
    sheet = counter.good(
        f"returns/{second['number']}/receive", lines=[row, {"sku": "CUP", "qty": 1, "grade": "b"}], done=True
    )
    assert sheet["head"]["state"] == "graded"
    assert [one["sign"] for one in sheet["head"]["signs"]] == [
        "return_sign_rate", "return_sign_more", "return_sign_other_item", "return_sign_serial",
    ]  # fmt: skip
    # Five came, three are left of what was bought.
    assert counter.good(f"returns/{second['number']}/close", how="refund")["head"]["refund"] == "30.00"


@postgres
def test_a_light_box_and_an_empty_one(shop, counter):
    counter.sold("N1", ("TEA", 4, "10.00"))
    number = counter.ask("N1", (1, 2, "other"))["head"]["number"]
    hand = shop.warehouse.device()
    receive = wire.ReturnReceive(
        box="b" * 32,
        receipt="r" * 32,
        sku="TEA",
        qty=2,
        grade=Grade.A,
        disposition=Disposition.QUARANTINE,
        found=number,
    )
    assert hand.report(receive).outcome == "applied"
    assert hand.report(wire.ReturnDone(box="b" * 32, found=number, grams=120)).outcome == "applied"
    sheet = counter.web.get(f"/v1/returns/{number}").json()["sheet"]
    assert (sheet["head"]["state"], sheet["head"]["signs"]) == (
        "graded", [{"sign": "return_sign_weight", "grams": 120, "expected": 200}],
    )  # fmt: skip
    empty = counter.ask("N1", (1, 1, "other"))["head"]["number"]
    assert hand.report(wire.ReturnDone(box="c" * 32, found=empty)).outcome == "applied"
    sheet = counter.web.get(f"/v1/returns/{empty}").json()["sheet"]
    assert (sheet["head"]["state"], sheet["head"]["signs"]) == ("asked", [{"sign": "return_sign_empty"}])
    # Nothing was in it, and nobody knows whose it is: nothing is made of that.
    assert hand.report(wire.ReturnDone(box="d" * 32, found="")).outcome == "applied_late"


@postgres
def test_what_is_taken_back_after_the_end_goes_to_a_person(shop, counter):
    counter.sold()
    hand = shop.store.device()
    body = wire.ReturnReceive(
        box="b" * 32,
        receipt="r" * 32,
        sku="TEA",
        qty=1,
        grade=Grade.A,
        disposition=Disposition.RESTOCK,
        bin="A-09",
        found="N1",
    )
    assert hand.report(body).outcome == "applied"
    # A bin that is none: the goods are where such goods go.
    assert shop.store.has("bin:Q") == 1
    assert hand.report(body).outcome == "applied_late"
    hand.report(wire.ReturnDone(box="b" * 32, found="N1"))
    [head] = counter.web.get("/v1/returns").json()["returns"]
    counter.good(f"returns/{head['number']}/close", how="refund")
    undone = hand.report(wire.ReturnUndo(box="b" * 32, receipt="r" * 32))
    assert (undone.outcome, undone.notice.action) == ("diverted", "job_gone")
    assert hand.report(wire.ReturnUndo(box="b" * 32, receipt="x" * 32)).outcome == "applied_late"
    assert shop.store.has("bin:Q") == 1
    again = wire.ReturnReceive(
        box="b" * 32, receipt="s" * 32, sku="TEA", qty=1, grade=Grade.B, disposition=Disposition.QUARANTINE, found="N1"
    )
    assert hand.report(again).outcome == "applied"
    assert len(counter.web.get("/v1/returns").json()["returns"]) == 2


# --- how much comes back ---


@postgres
def test_figures_are_those_of_a_count_by_hand(shop, counter):
    counter.sold("N1", ("TEA", 4, "10.00"), ("CUP", 2, "3.33"), channel="web").sold(
        "N2", ("TEA", 1, "10.00"), channel="desk"
    )
    for line, qty, why, grade in ((1, 2, "damaged", "a"), (2, 1, "other", "b")):
        number = counter.brought("N1", (line, qty, why), grade=grade)
        counter.good(f"returns/{number}/close", how="refund")
    number = counter.ask("N2", (1, 1, "other"))["head"]["number"]
    counter.came(number, ("TEA", 1, "a"))
    counter.good(
        f"returns/{number}/undo", receipt=counter.web.get(f"/v1/returns/{number}").json()["sheet"]["receipts"][0]["id"]
    )

    def asked(**words):
        rows = counter.web.get("/v1/return-stats", params=words).json()["stats"]
        return [(one["key"], one["returned"], one["shipped"], one["percent"], one["refunds"]) for one in rows]

    assert asked(by="item") == [("TEA", 2, 5, 40.0, {"EUR": "20.00"}), ("CUP", 1, 2, 50.0, {"EUR": "3.33"})]
    assert asked(by="reason") == [
        ("damaged", 2, 7, 28.57, {"EUR": "20.00"}),
        ("other", 1, 7, 14.29, {"EUR": "3.33"}),
    ]
    assert asked(by="channel") == [("web", 3, 6, 50.0, {"EUR": "23.33"})]
    assert asked(by="item", channel="desk") == []
    assert asked(by="item", since="2001-01-01", through="2001-01-02") == []
    assert counter.web.get("/v1/return-stats?by=nothing").status_code == 400
    assert len(By) == 3


@postgres
def test_the_example_of_the_page(shop, counter):
    counter.sold("N1", ("TEA", 3, "10.00"), shipping=D("4.95"))
    counter.rule(percent={"c": 33}, fee="1.95", customer_pays=["changed_mind"])
    number = counter.brought("N1", (1, 2, "changed_mind"), grade="c")
    assert counter.good(f"returns/{number}/close", how="refund")["head"]["refund"] == "4.65"
    assert (shop.lines_of("N1")[0].withheld, shop.order_of("N1").total) == (D("15.35"), D("30.30"))
    # Nobody can withhold of what did not come back, whoever writes.
    with pytest.raises(Exception, match="withheld"):
        shop.act(lambda w: w.db.execute(text("UPDATE customer_order_line SET returned = 0")))
    assert shop.ask(select(CustomerOrder.state)) == ["shipped"]


@postgres
def test_what_a_customer_said_and_showed_is_handed_out_and_erased(shop, counter):
    shop.act(lambda w: w.db.add(Customer(id="C1", number="1", name="Ada", email="ada@example.com")))
    counter.sold("N1", ("TEA", 1, "10.00"), customer_id="C1")
    number = counter.ask("N1", (1, 1, "damaged"), note="call my mother")["head"]["number"]
    shop.act(lambda w: take_photo(w, number, 1, picture()))
    counter.came(number, ("TEA", 1, "a"))
    counter.good(f"returns/{number}/close", how="refund")
    told = shop.act(lambda w: export(w, "C1"))
    assert (told["returns"][0]["note"], len(told["return_photos"])) == ("call my mother", 1)
    shop.act(lambda w: erase(w, "C1", "asked"))
    sheet = counter.web.get(f"/v1/returns/{number}").json()["sheet"]
    assert (sheet["note"], sheet["lines"][0]["photos"], sheet["head"]["refund"]) == ("", [], "10.00")
