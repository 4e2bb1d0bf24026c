"""What devices see of each entity."""

from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest

from oms.catalog.models import Carton, Item, ItemCode
from oms.customers.models import Customer
from oms.feed.models import FloorException
from oms.feed.rows import build, stamp
from oms.orders.models import Order
from oms.people.actions import NumberTaken, add_worker
from oms.people.models import Worker
from oms.people.rules import BadPin, pin_matches
from sync.contract.codes import JobKind, JobState, OrderState, Role, WorkState
from sync.contract.rows import ENTITIES, CartonRow, ItemRow, OrderLineRow, OrderRow, PackCode, WorkerRow


def row(floor, entity, id):
    """The row as it travels: encoded and decoded."""
    with floor.oms.sessions() as db:
        made = build(db, floor.site, entity, [id])[id]
    assert type(made) is ENTITIES[entity]
    return msgspec.json.decode(msgspec.json.encode(made), type=ENTITIES[entity])


def test_site_and_bin(floor):
    site = row(floor, "site", floor.site)
    assert (site.name, site.bin_scan_required, site.weight_tolerance_g) == ("Test", True, 30)
    bin = row(floor, "bin", "A-02")
    assert (bin.zone, bin.kind, bin.seq) == ("A", "pick", 20)


def test_an_item_with_its_codes_smallest_pack_first(floor):
    def do(w):
        item = w.db.get_one(Item, (floor.site, "TEA"))
        item.length_mm, item.width_mm, item.height_mm, item.colour = 10, 20, 30, "#00ff00"
        for code, qty in (("14012345678901", 12), ("04012345678901", 1)):
            w.db.add(ItemCode(site_id=floor.site, code=code, sku="TEA", qty=qty))

    floor.act(do)
    assert row(floor, "item", "TEA") == ItemRow(
        id="TEA",
        name="Tea",
        codes=[PackCode(gtin="04012345678901", qty=1), PackCode(gtin="14012345678901", qty=12)],
        weight_g=100,
        size_mm=(10, 20, 30),
        colour="#00ff00",
    )
    assert row(floor, "item", "CUP").size_mm is None


def test_a_carton(floor):
    sizes = {f"{side}_{what}_mm": n for n, (side, what) in enumerate(
        [(side, what) for side in ("inner", "outer") for what in ("length", "width", "height")], 1
    )}  # fmt: skip
    floor.act(lambda w: w.db.add(Carton(site_id=floor.site, code="C1", name="Small", tare_g=80, max_g=5000, **sizes)))
    assert row(floor, "carton", "C1") == CartonRow(
        id="C1", name="Small", inner_mm=(1, 2, 3), outer_mm=(4, 5, 6), tare_g=80, max_g=5000
    )


def test_an_order_with_its_lines(floor):
    floor.order("O1", ("TEA", 2), ("CUP", 1), note="ring", flags=["gift"], ship_country="NL", carrier="post")

    def do(w):
        w.db.add(Customer(id=f"c-{floor.site}", number="77", name="Vos & Co"))
        w.db.flush()
        order = w.db.get_one(Order, (floor.site, "O1"))
        order.customer_id, order.ship_postcode, order.ship_city = f"c-{floor.site}", "1011 AA", "Amsterdam"
        order.ship_street = "Kade 1"
        order.placed_at = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))

    floor.act(do)
    assert row(floor, "order", "O1") == OrderRow(
        id="O1",
        state=OrderState.OPEN,
        customer="Vos & Co",
        ship_to=["Ada", "Kade 1", "1011 AA Amsterdam"],
        country="NL",
        lines=[OrderLineRow(line=1, sku="TEA", qty=2), OrderLineRow(line=2, sku="CUP", qty=1)],
        priority=3,
        carrier="post",
        service="",
        note="ring",
        flags=["gift"],
        placed_at="2030-01-02T01:04:05Z",
    )


def test_a_job_and_its_work(floor):
    floor.order("O1", ("TEA", 11), ("CUP", 1))
    job_id = floor.release("O1").job
    device = floor.device()
    device.claim(job_id)
    job = row(floor, "job", job_id)
    assert (job.kind, job.state, job.orders, job.lines, job.units) == (JobKind.PICK, JobState.ACTIVE, ["O1"], 3, 12)
    assert job.holder == device.id
    item = floor.items_of(job_id)[0]
    work = row(floor, "work", item.id)
    assert (work.order, work.sku, work.qty_req, work.from_bin, work.lot) == ("O1", "TEA", 10, "A-01", None)
    assert (work.state, work.token, work.holder) == (WorkState.LEASED, (1, 1), device.id)


def test_work_of_a_lot_names_its_expiry(new_floor):
    floor = new_floor().build(skus=("MILK",), expiry_tracked=True)
    floor.stock("A-01", "MILK", 5, "L1", date(2999, 1, 31)).order("O1", ("MILK", 1))
    [item] = floor.items_of(floor.release("O1").job)
    work = row(floor, "work", item.id)
    assert (work.lot, work.expiry) == ("L1", "2999-01-31")


def test_a_parcel(floor):
    floor.order("O1", ("TEA", 1)).release("O1")
    parcel = floor.parcel_of("O1")
    sent = row(floor, "parcel", parcel.id)
    assert (sent.order, sent.number, sent.sscc, sent.tracking, sent.grams) == (
        "O1",
        1,
        parcel.sscc,
        parcel.tracking,
        None,
    )


def test_an_exception_has_words_for_the_person_only(floor):
    floor.order("O1", ("TEA", 1))
    job = floor.release("O1").job
    device = floor.device()
    device.pick(floor.items_of(job)[0])
    [exception] = floor.exceptions("put_back")
    sent = row(floor, "exception", exception.id)
    assert sent.params == {"qty": 1, "sku": "TEA", "bin": "A-01", "lot": "", "tote": "T1"}
    assert (sent.action, sent.state, sent.device, sent.op_id) == ("put_back", "open", device.id, exception.op_id)
    assert floor.ask(FloorException.__table__.select().where(FloorException.id == exception.id))


def test_a_worker_without_any_secret(floor):
    worker = floor.act(
        lambda w: add_worker(w, "7", "Ada", [Role.PICKER, Role.PACKER], badge="B-7", pin="0417", language="nl")
    )
    assert row(floor, "worker", worker.id) == WorkerRow(
        id=worker.id, name="Ada", number="7", roles=[Role.PACKER, Role.PICKER], language="nl"
    )
    [kept] = floor.ask(Worker.__table__.select().with_only_columns(Worker.pin_hash).where(Worker.id == worker.id))
    assert pin_matches(kept, "0417")
    floor.act(lambda w: setattr(w.db.get_one(Worker, worker.id), "active", False))
    with floor.oms.sessions() as db:
        assert build(db, floor.site, "worker", [worker.id]) == {}


@pytest.mark.parametrize("again", [{"number": "7", "badge": None}, {"number": "8", "badge": "B-7"}])
def test_numbers_and_badges_are_one_persons(floor, again):
    floor.act(lambda w: add_worker(w, "7", "Ada", [], badge="B-7"))
    with pytest.raises(NumberTaken):
        floor.act(lambda w: add_worker(w, again["number"], "Bo", [], badge=again["badge"]))
    floor.act(lambda w: add_worker(w, "9", "Cy", []))
    floor.act(lambda w: add_worker(w, "10", "Di", []))
    with pytest.raises(BadPin):
        floor.act(lambda w: add_worker(w, "11", "Ed", [], pin="12"))


def test_what_is_not_there_is_left_out(floor):
    with floor.oms.sessions() as db:
        for entity in ENTITIES:
            assert build(db, floor.site, entity, ["nobody"]) == {}


def test_other_sites_are_not_seen(floor, new_floor):
    other = new_floor().build()
    with floor.oms.sessions() as db:
        assert build(db, other.site, "site", [floor.site]) == {}


def test_times_travel_in_utc():
    assert stamp(datetime(2030, 6, 1, 12, 0, tzinfo=UTC)) == "2030-06-01T12:00:00Z"
