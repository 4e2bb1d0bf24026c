"""Two orders in one parcel: joined, packed, sent, taken apart, called off, opened again. On a real database, through the ingest."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from oms.catalog.models import Carton
from oms.documents import load
from oms.documents.dossier_sources import scope_of
from oms.feed.models import Lease
from oms.feed.rows import build
from oms.orders.models import Order
from oms.packing.content import scanned_for, scanned_into
from oms.packing.models import Parcel
from oms.packing.reopen import Asker, reopen
from oms.shipping.carriers.events import deliveries
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.models import Shipment
from sync.contract import facts
from sync.contract.codes import JobState, OrderState, Outcome, ParcelState, ReopenReason

HOME = {"ship_street": "Street 1", "ship_postcode": "1000", "ship_city": "Town", "ship_country": "NL"}


class Two:
    """A station with two orders of one customer picked: O1 (2 TEA, 1 CUP) in T1, O2 (1 TEA) in T2."""

    def __init__(self, floor, **other):
        self.floor = floor
        self.station = floor.device("station")
        self.jobs, self.items, self.parcels = {}, {}, {}
        for number, tote, lines, words in (
            ("O1", "T1", (("TEA", 2), ("CUP", 1)), HOME),
            ("O2", "T2", (("TEA", 1),), HOME | other),
        ):
            floor.order(number, *lines, **words)
            job, picker = floor.release(number).job, floor.device()
            picker.claim(job)
            for item in floor.items_of(job):
                picker.pick(item, item.qty_req, tote)
            picker.drop(job, tote)
            [pack] = floor.jobs_of(number, "pack")
            self.station.claim(pack.id)
            self.jobs[number], self.items[number] = pack.id, floor.items_of(pack.id)
            self.parcels[number] = floor.parcel_of(number)
        self.box = self.parcels["O1"]
        self.station.report(facts.PackOpen(job=self.jobs["O1"], tote="T1", station="S1"))

    def join(self, **words):
        body = {"job": self.jobs["O1"], "parcel": self.box.id, "order": "O2", "other": self.jobs["O2"], "tote": "T2"}
        return self.station.report(facts.PackJoin(**body | words))

    def part(self):
        return self.station.report(
            facts.PackPart(job=self.jobs["O1"], parcel=self.box.id, order="O2", other=self.jobs["O2"])
        )

    def pack(self, number):
        return [self.station.pack(item, self.box, item.qty_req).outcome for item in self.items[number]]

    def unpack(self, item):
        body = facts.PackUndo(job=item.job_id, sku=item.sku, qty=1, tote=item.from_bin, parcel=self.box.id)
        return self.station.report(body, item.id).outcome

    def send(self):
        self.station.weigh(self.box, self.jobs["O1"])
        self.station.label(self.box, self.jobs["O1"])
        body = facts.ParcelShip(job=self.jobs["O1"], parcel=self.box.id, sscc=self.box.sscc)
        return self.station.report(body)

    def states(self):
        return [self.floor.order_of(number).state for number in ("O1", "O2")]

    def ended(self, *states):
        assert self.states() == list(states)
        self.floor.check()
        self.floor.check_feed()


@pytest.fixture
def two(floor):
    return Two(floor)


def test_two_orders_go_in_one_parcel_with_one_label(two):
    floor, box = two.floor, two.box
    assert two.join().outcome is Outcome.APPLIED
    assert two.join().outcome is Outcome.APPLIED_LATE
    with floor.oms.sessions() as db:
        row = build(db, floor.site, "parcel", [box.id])[box.id]
    assert row.joined == [("O2", two.jobs["O2"])]
    assert two.pack("O1") + two.pack("O2") == [Outcome.APPLIED] * 3
    assert two.send().outcome is Outcome.APPLIED
    assert floor.has("shipped") == 3
    labels = floor.ask(select(Label).where(Label.site_id == floor.site))
    assert [(label.parcel_id, label.state) for label in labels] == [(box.id, LabelState.BOUGHT)]
    with floor.oms.sessions() as db:
        tracked = [[row.tracking for row in deliveries(db, floor.site, number)] for number in ("O1", "O2")]
        assert tracked == [[box.tracking], [box.tracking]]
        assert box.id in scope_of(db, floor.site, "O2").parcels
        slip, _ = load.packing_slip(db, floor.site, box.sscc)
        assert scanned_into(db, floor.site, [box.id]) == {box.id: {"TEA": 3, "CUP": 1}}
        assert scanned_for(db, floor.site, ["O2"], [box.id]) == {"TEA": 1}
    assert (slip.order, [(line.sku, line.packed) for line in slip.lines]) == ("O1", [("TEA", 2), ("CUP", 1)])
    assert [(one.order, [(line.sku, line.packed) for line in one.lines]) for one in slip.others] == [
        ("O2", [("TEA", 1)])
    ]
    assert floor.parcel_of("O2").state is ParcelState.VOID
    assert all(s.shipped_at for s in floor.ask(select(Shipment).where(Shipment.site_id == floor.site)))
    assert [floor.jobs_of(number, "pack")[0].state for number in ("O1", "O2")] == [JobState.DONE, JobState.DONE]
    assert not floor.cancel("O2").put_backs
    two.ended(OrderState.SHIPPED, OrderState.SHIPPED)


def test_the_plan_of_the_parcel_is_for_all_that_goes_in(two):
    floor = two.floor

    def boxed(w):
        sides = {f"{side}_{of}_mm": 300 for side in ("inner", "outer") for of in ("length", "width", "height")}
        w.db.add(Carton(site_id=w.site, code="M1", name="M1", tare_g=100, max_g=20_000, **sides))

    floor.act(boxed)
    two.join()
    assert floor.parcel_of("O1").plan["goods"] == {"TEA": 3, "CUP": 1}
    assert floor.parcel_of("O2").plan is None
    two.part()
    assert [floor.parcel_of(number).plan["goods"] for number in ("O1", "O2")] == [{"TEA": 2, "CUP": 1}, {"TEA": 1}]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"ship_street": "Street 2"}, "other_address"),
        ({"service": "express"}, "other_address"),
        ({"channel": "another shop"}, "other_address"),
    ],
    ids=["address", "service", "channel"],
)
def test_what_may_not_go_together_does_not(floor, other, reason):
    two = Two(floor, **other)
    diverted = two.join()
    assert (diverted.outcome, diverted.notice.action) == (Outcome.DIVERTED, "join_refused")
    [asked] = floor.exceptions("join_refused")
    assert asked.params == {"order": "O2", "reason": reason}
    # What is put in all the same belongs to nobody, and comes out again.
    [item] = two.items["O2"]
    assert two.station.pack(item, two.box).outcome is Outcome.DIVERTED
    assert floor.has("tote:T2") == 0
    assert two.unpack(item) is Outcome.DIVERTED
    two.part()
    assert (floor.has("tote:T2"), floor.exceptions("join_refused"), floor.exceptions("put_back")) == (1, [], [])
    two.pack("O1")
    two.send()
    two.ended(OrderState.SHIPPED, OrderState.PICKED)


def test_taken_apart_each_goes_in_its_own(two):
    floor = two.floor
    two.join()
    two.pack("O2")
    [item] = two.items["O2"]
    assert two.unpack(item) is Outcome.APPLIED
    assert two.part().outcome is Outcome.APPLIED
    assert floor.has("tote:T2") == 1
    two.pack("O1")
    two.send()
    assert two.states() == [OrderState.SHIPPED, OrderState.PACKING]
    own = two.parcels["O2"]
    two.station.pack(item, own)
    two.station.weigh(own, two.jobs["O2"])
    two.station.report(facts.ParcelShip(job=two.jobs["O2"], parcel=own.id, sscc=own.sscc))
    assert (floor.parcel_of("O2").state, floor.has("shipped")) == (ParcelState.SHIPPED, 3)
    two.ended(OrderState.SHIPPED, OrderState.SHIPPED)


def test_an_order_that_was_called_off_is_not_joined(two):
    two.floor.cancel("O2")
    assert two.join().notice.params == {"order": "O2", "reason": "cancelled"}
    two.pack("O1")
    two.send()
    two.ended(OrderState.SHIPPED, OrderState.CANCELLED)


def test_called_off_after_the_label_is_somebodys_question(two):
    floor = two.floor
    two.join()
    two.pack("O1")
    two.pack("O2")
    two.station.weigh(two.box, two.jobs["O1"])
    floor.cancel("O2")
    assert two.send().outcome is Outcome.APPLIED
    assert [one.params for one in floor.exceptions("order_cancelled")] == [{"order": "O2"}]
    assert (floor.has("shipped"), floor.exceptions("put_back")) == (3, [])
    two.ended(OrderState.SHIPPED, OrderState.CANCELLED)


def test_the_other_order_goes_when_the_first_was_called_off(two):
    floor = two.floor
    two.join()
    two.pack("O1")
    two.pack("O2")
    floor.cancel("O1")
    assert two.send().outcome is Outcome.DIVERTED
    two.ended(OrderState.CANCELLED, OrderState.SHIPPED)


def test_what_does_not_fit_leaves_with_the_next_parcel(two):
    floor = two.floor
    two.join()
    tea, cup = two.items["O1"]
    [other] = two.items["O2"]
    two.station.pack(tea, two.box, 2)
    two.station.pack(other, two.box)
    two.station.weigh(two.box, two.jobs["O1"])
    left = facts.ParcelLeave(job=two.jobs["O1"], parcel=two.box.id, sscc=two.box.sscc)
    assert two.station.report(left).outcome is Outcome.APPLIED
    assert two.states()[1] is OrderState.SHIPPED
    second = floor.parcel_of("O1", 2)
    assert second.state is ParcelState.PLANNED
    two.station.pack(cup, second)
    two.station.weigh(second, two.jobs["O1"])
    two.station.report(facts.ParcelShip(job=two.jobs["O1"], parcel=second.id, sscc=second.sscc))
    two.ended(OrderState.SHIPPED, OrderState.SHIPPED)


def test_opened_again_both_are_packed_anew(two):
    floor = two.floor
    two.join()
    two.pack("O1")
    two.pack("O2")
    two.send()
    who = Asker("boss", two.station.id, True)
    again = floor.act(lambda w: reopen(w, two.box.id, who, ReopenReason.WRONG_BOX))
    assert again.tote == two.box.sscc
    assert floor.act(lambda w: reopen(w, two.box.id, who, ReopenReason.WRONG_BOX)) == again
    jobs = {number: floor.jobs_of(number, "pack")[-1] for number in ("O1", "O2")}
    assert again.job == jobs["O1"].id
    assert [job.tote for job in jobs.values()] == [two.box.sscc] * 2
    assert (floor.has(f"tote:{two.box.sscc}"), floor.has("shipped")) == (3, 0)
    two.ended(OrderState.PACKING, OrderState.PACKING)
    with floor.oms.sessions() as db:
        words = {db.get(Order, (floor.site, n)).number: build(db, floor.site, "order", [n])[n].together for n in jobs}
    assert words["O1"] == words["O2"] != ""
    # They are joined once more, and go.
    two.jobs = {number: job.id for number, job in jobs.items()}
    mine = (Parcel.site_id == floor.site, Parcel.order_no == "O1", Parcel.state == ParcelState.PLANNED)
    two.box = floor.ask(select(Parcel).where(*mine).order_by(Parcel.number))[0]
    two.items = {number: floor.items_of(id) for number, id in two.jobs.items()}
    for id in two.jobs.values():
        two.station.claim(id)
    assert two.join(tote=again.tote).outcome is Outcome.APPLIED
    two.pack("O1")
    two.pack("O2")
    two.send()
    two.ended(OrderState.SHIPPED, OrderState.SHIPPED)


# --- another bench ---


def left_alone(two):
    """The bench is not heard of any more."""

    def do(w):
        past = w.now - timedelta(seconds=1)
        w.db.execute(update(Lease).where(Lease.site_id == w.site).values(until=past))

    two.floor.act(do)


def jobs_of(granted):
    return {lease.job for lease in granted}


@pytest.mark.parametrize("scanned", ["O1", "O2"])
def test_who_takes_one_of_the_totes_has_both_packings(two, scanned):
    two.join()
    two.station.pack(two.items["O1"][0], two.box, 2)
    left_alone(two)
    other = two.floor.device("other")
    assert jobs_of(other.claim(two.jobs[scanned])) == set(two.jobs.values())
    assert two.pack("O2") == [Outcome.DIVERTED]
    assert other.pack(two.items["O2"][0], two.box).outcome is Outcome.APPLIED


def test_the_guest_alone_is_given_to_nobody_while_the_box_is_to_be_packed(two):
    two.join()
    left_alone(two)
    first, second = two.floor.device("first"), two.floor.device("second")
    assert jobs_of(first.claim(kinds=("pack",))) == set(two.jobs.values())
    assert second.claim(kinds=("pack",), want=3) == []


def test_apart_each_is_given_out_alone(two):
    two.join()
    two.part()
    left_alone(two)
    first = two.floor.device("first")
    assert len(jobs_of(first.claim(two.jobs["O2"]))) == 1
    assert jobs_of(two.floor.device("second").claim(kinds=("pack",), want=3)) == {two.jobs["O1"]}


def test_what_another_bench_works_on_is_left_to_it(two):
    two.join()
    left_alone(two)
    with two.floor.oms.sessions.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        later = func.now() + timedelta(minutes=9)
        db.execute(update(Lease).where(Lease.job == two.jobs["O2"]).values(until=later))
    assert jobs_of(two.floor.device("other").claim(two.jobs["O1"])) == {two.jobs["O1"]}
