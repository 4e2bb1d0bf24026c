"""What else a packer does: sets a tote aside, has missing units fetched, opens a parcel again. On a real database, through the ingest."""

import pytest
from sqlalchemy import select

from oms.catalog.models import Bin, Item, Zone
from oms.feed.rows import build
from oms.packing.codes import PalletState
from oms.packing.models import Weighing
from oms.packing.pallet_models import Pallet, PalletParcel
from oms.packing.reopen import Asker, reopen
from oms.people.models import Audit
from oms.shipping.carriers import manifests
from oms.shipping.carriers.models import Label, LabelState
from sync.contract import facts
from sync.contract.codes import (
    BinKind,
    JobState,
    OrderState,
    Outcome,
    ParcelState,
    ReopenReason,
    Substitution,
    WorkState,
)

BOSS = "boss"


def picked(floor, *lines, **words):
    """A station with the pack job of an order that was picked into T1; (station, items, parcel)."""
    floor.order("O1", *lines, **words)
    job = floor.release("O1").job
    picker = floor.device()
    picker.claim(job)
    for item in floor.items_of(job):
        picker.pick(item, item.qty_req)
    picker.drop(job)
    station = floor.device("station")
    [pack] = floor.jobs_of("O1", "pack")
    station.claim(pack.id)
    items = floor.items_of(pack.id)
    station.report(facts.PackOpen(job=pack.id, tote="T1", station="S1"))
    return station, items, floor.parcel_of("O1")


@pytest.fixture
def bench(floor):
    """(floor, station, pack items, parcel): 4 TEA and 2 CUP in T1."""
    return floor, *picked(floor, ("TEA", 4), ("CUP", 2))


def hot(station, item, missing, reason="not_found", other=""):
    body = facts.PackHot(
        job=item.job_id, sku=item.sku, missing=missing, tote=item.from_bin, reason=reason, other=other
    )  # fmt: skip
    return station.report(body, item.id)


def fetch(floor, tote="T2", short=0):
    """Somebody takes the hot pick and sets it down."""
    job = floor.jobs_of("O1", "pick")[-1]
    picker = floor.device()
    assert picker.claim(job.id)
    for item in floor.items_of(job.id):
        if item.qty_req - short:
            assert picker.pick(item, item.qty_req - short, tote).outcome is Outcome.APPLIED
        if short:
            assert picker.short(item, short, "not_found").outcome is Outcome.APPLIED
    picker.drop(job.id, tote)
    return job


def awaited(floor, job):
    with floor.oms.sessions() as db:
        return build(db, floor.site, "job", [job])[job].awaited


def ended(floor, *states):
    assert [floor.order_of("O1").state, *(job.state for job in floor.jobs_of("O1", "pack"))] == list(states)
    floor.check()
    floor.check_feed()


# --- aside ---


def test_a_tote_that_is_set_aside_is_on_the_supervisors_list_until_it_is_on_a_bench_again(bench):
    floor, station, items, _ = bench
    job = items[0].job_id
    hold = facts.PackHold(job=job, tote="T1", reason="question", place="P-1")
    assert station.report(hold).outcome is Outcome.APPLIED
    assert floor.device().report(hold).outcome is Outcome.APPLIED_LATE
    [asked] = floor.exceptions("pack_held")
    assert asked.params == {"order": "O1", "tote": "T1", "bin": "P-1", "reason": "question"}
    assert (floor.jobs_of("O1", "pack")[0].lane, floor.order_of("O1").state) == ("P-1", OrderState.PACKING)
    station.report(hold)
    assert len(floor.exceptions("pack_held")) == 1
    assert station.report(facts.PackResume(job=job, tote="T1", station="S2")).outcome is Outcome.APPLIED
    assert floor.exceptions("pack_held") == []
    assert floor.jobs_of("O1", "pack")[0].station == "S2"
    floor.check()
    floor.check_feed()


def test_nobody_asks_about_a_cancelled_order_that_was_set_aside(bench):
    floor, station, items, _ = bench
    station.report(facts.PackHold(job=items[0].job_id, tote="T1", reason="damaged", place="P-1"))
    floor.cancel("O1")
    assert floor.exceptions("pack_held") == []
    assert station.report(facts.PackHold(job="0" * 32, tote=None, reason="papers", place="P")).outcome is (
        Outcome.APPLIED_LATE
    )


# --- fetched ---


@pytest.mark.parametrize("reason", ["not_found", "damaged"])
def test_missing_units_are_fetched_and_join_the_packing(bench, reason):
    floor, station, (tea, cup), parcel = bench

    def quarantine(w):
        w.db.add(Zone(site_id=w.site, code="Q"))
        w.db.flush()
        w.db.add(Bin(site_id=w.site, code="Q-1", zone="Q", kind=BinKind.QUARANTINE, seq=999))

    floor.act(quarantine)
    station.pack(tea, parcel, 3)
    assert hot(station, tea, 1, reason).outcome is Outcome.APPLIED
    assert floor.has("tote:T1") == 0
    assert (floor.has("bin:Q-1"), floor.has("count_adjust")) == ((1, 0) if reason == "damaged" else (0, 1))
    assert len(floor.exceptions("count_bin")) == (reason == "not_found")
    assert (awaited(floor, tea.job_id), floor.jobs_of("O1", "pick")[-1].priority) == (1, 1)
    station.pack(cup, parcel, 2)
    assert floor.jobs_of("O1", "pack")[0].state is JobState.ACTIVE
    fetch(floor)
    [job] = floor.jobs_of("O1", "pack")
    assert awaited(floor, job.id) == 0
    new = next(item for item in floor.items_of(job.id) if item.from_bin == "T2")
    assert (new.qty_req, new.holder, new.state) == (1, station.id, WorkState.LEASED)
    station.tokens[new.id] = (new.tok_epoch, new.tok_n)
    assert station.pack(new, parcel).outcome is Outcome.APPLIED
    assert station.ship(parcel, job.id).outcome is Outcome.APPLIED
    assert [(line.picked, line.packed, line.short) for line in floor.lines_of("O1")] == [(4, 4, 0), (2, 2, 0)]
    ended(floor, OrderState.SHIPPED, JobState.DONE)


def test_what_the_house_has_not_is_left_to_the_packer(floor):
    station, (cup,), parcel = picked(floor, ("CUP", 10))
    station.pack(cup, parcel, 8)
    assert hot(station, cup, 2).outcome is Outcome.APPLIED
    assert (floor.items_of(cup.job_id)[0].qty_req, awaited(floor, cup.job_id)) == (10, 0)
    assert floor.has("tote:T1", "CUP") == 2
    station.pack_short(cup, 2)
    station.ship(parcel, cup.job_id)
    ended(floor, OrderState.SHIPPED, JobState.DONE)


def test_a_fetch_that_finds_nothing_leaves_the_parcel_with_what_is_in_it(bench):
    floor, station, (tea, cup), parcel = bench
    station.pack(tea, parcel, 3)
    station.pack(cup, parcel, 2)
    hot(station, tea, 1)
    fetch(floor, short=1)
    second = floor.jobs_of("O1", "pick")[-1]
    if second.state is JobState.OPEN:
        fetch(floor, short=1)
    assert awaited(floor, tea.job_id) == 0
    station.ship(parcel, tea.job_id)
    ended(floor, OrderState.SHIPPED, JobState.DONE)
    assert sum(line.short for line in floor.lines_of("O1")) == 1


def test_a_fetch_that_finds_nothing_for_an_empty_parcel_holds_the_order(floor):
    station, (tea,), _ = picked(floor, ("TEA", 1))
    hot(station, tea, 1)
    assert floor.order_of("O1").state is OrderState.PACKING
    while floor.jobs_of("O1", "pick")[-1].state is JobState.OPEN:
        fetch(floor, short=1)
    assert floor.order_of("O1").state is OrderState.HELD
    assert floor.jobs_of("O1", "pack")[0].state is JobState.DONE
    floor.check()


def test_a_fetch_that_finds_nothing_ends_an_order_whose_first_parcel_has_left(bench):
    floor, station, (tea, cup), parcel = bench
    station.pack(tea, parcel, 3)
    station.pack(cup, parcel, 2)
    hot(station, tea, 1)
    assert (
        station.report(facts.ParcelLeave(job=tea.job_id, parcel=parcel.id, sscc=parcel.sscc)).outcome is Outcome.APPLIED
    )
    assert floor.order_of("O1").state is OrderState.PACKING
    while floor.jobs_of("O1", "pick")[-1].state is JobState.OPEN:
        fetch(floor, short=1)
    ended(floor, OrderState.SHIPPED, JobState.DONE)


def test_short_beside_a_fetch_does_not_end_the_packing(floor):
    station, items, _ = picked(floor, ("TEA", 1), ("CUP", 1))
    tea, cup = items
    hot(station, tea, 1)
    station.pack_short(cup, 1)
    assert floor.order_of("O1").state is OrderState.PACKING


def test_another_item_is_fetched_when_customer_and_catalogue_allow_it(floor):
    def approve(w):
        w.db.get_one(Item, (w.site, "TEA")).substitutes = ["CUP"]

    floor.act(approve)
    station, (tea,), parcel = picked(floor, ("TEA", 2), substitution=Substitution.ALLOWED)
    station.pack(tea, parcel, 1)
    assert hot(station, tea, 1, other="JAR").outcome is Outcome.APPLIED
    assert awaited(floor, tea.job_id) == 0
    assert hot(station, tea, 1, other="CUP").outcome is Outcome.APPLIED
    fetch(floor)
    new = floor.items_of(tea.job_id)[-1]
    assert (new.sku, new.from_bin) == ("CUP", "T2")
    station.tokens[new.id] = (new.tok_epoch, new.tok_n)
    station.pack(new, parcel)
    station.ship(parcel, tea.job_id)
    assert [(line.sku, line.packed, line.short) for line in floor.lines_of("O1")] == [("TEA", 1, 1), ("CUP", 1, 0)]
    ended(floor, OrderState.SHIPPED, JobState.DONE)


def test_no_other_item_for_who_wants_none_and_nothing_from_a_stranger(bench):
    floor, station, (tea, _), _ = bench
    assert hot(station, tea, 1, other="CUP").outcome is Outcome.DIVERTED
    assert hot(floor.device(), tea, 1).outcome is Outcome.DIVERTED
    assert len(floor.jobs_of("O1", "pick")) == 1
    floor.check()


# --- opened again ---


@pytest.fixture
def closed(bench):
    """(floor, station, items, parcel): everything packed and weighed."""
    floor, station, items, parcel = bench
    for item in items:
        station.pack(item, parcel, item.qty_req)
    station.weigh(parcel, items[0].job_id)
    station.label(parcel, items[0].job_id)
    return floor, station, items, parcel


def again(floor, parcel, device, *, boss=False, why=ReopenReason.WRONG_GOODS):
    return floor.act(lambda w: reopen(w, parcel, Asker("W1", device, boss), why))


def test_a_packer_opens_the_parcel_on_the_bench_and_packs_it_anew(closed):
    floor, station, _, parcel = closed
    done = again(floor, parcel.sscc, station.id)
    assert (done.reason, done.tote) == (None, parcel.sscc)
    assert again(floor, parcel.id, station.id) == done
    assert floor.parcel_of("O1").state is ParcelState.VOID
    assert floor.ask(select(Label.state).where(Label.parcel_id == parcel.id)) == [LabelState.VOID]
    assert (floor.has(f"tote:{parcel.sscc}"), floor.has(f"parcel:{parcel.id}")) == (4, 0)
    assert [line.packed for line in floor.lines_of("O1")] == [0, 0]
    ended(floor, OrderState.PACKING, JobState.DONE, JobState.OPEN)
    station.claim(done.job)
    fresh = next(p for p in (floor.parcel_of("O1", n) for n in (2, 3)) if p.state is ParcelState.PLANNED)
    for item in floor.items_of(done.job):
        station.pack(item, fresh, item.qty_req)
    station.ship(fresh, done.job)
    ended(floor, OrderState.SHIPPED, JobState.DONE, JobState.DONE)
    assert floor.ask(select(Weighing.learned).where(Weighing.parcel_id == parcel.id)) == [True]
    assert "parcel.reopened" in floor.ask(select(Audit.what).where(Audit.site_id == floor.site))


def test_what_has_left_the_bench_is_opened_by_a_supervisor_only(closed):
    floor, station, items, parcel = closed
    station.ship(parcel, items[0].job_id)
    assert again(floor, parcel.id, station.id).reason == "needs_supervisor"
    done = again(floor, parcel.id, "office", boss=True)
    assert done.reason is None
    assert (floor.has("shipped"), floor.has(f"tote:{parcel.sscc}")) == (0, 4)
    assert floor.order_of("O1").shipped_at is None
    ended(floor, OrderState.PACKING, JobState.DONE, JobState.OPEN)
    late = station.ship(parcel, items[0].job_id)
    assert late.outcome is Outcome.DIVERTED
    assert floor.cancel("O1").reason is None
    assert {put.params["from_account"] for put in floor.exceptions("put_back")} == {f"tote:{parcel.sscc}"}
    floor.check()


def test_one_parcel_of_two_is_opened_again(bench):
    floor, station, (tea, cup), parcel = bench
    station.pack(tea, parcel, 3)
    station.report(facts.ParcelLeave(job=tea.job_id, parcel=parcel.id, sscc=parcel.sscc))
    done = again(floor, parcel.id, "office", boss=True)
    assert floor.has(f"tote:{parcel.sscc}") == 3
    second = floor.parcel_of("O1", 2)
    station.pack(tea, second, 1)
    station.pack(cup, second, 2)
    station.ship(second, tea.job_id)
    assert floor.order_of("O1").state is OrderState.PACKING
    other = floor.device()
    other.claim(done.job)
    third = floor.parcel_of("O1", 3)
    for item in floor.items_of(done.job):
        other.pack(item, third, item.qty_req)
    other.ship(third, done.job)
    ended(floor, OrderState.SHIPPED, JobState.DONE, JobState.DONE)


def test_another_bench_and_another_parcel_and_what_is_no_more_in_the_house(closed):
    floor, station, items, parcel = closed
    assert again(floor, parcel.id, "stranger").reason == "needs_supervisor"
    assert again(floor, "0" * 32, station.id).reason == "parcel_unknown"
    station.ship(parcel, items[0].job_id)

    def on_pallet(w):
        w.db.add(Pallet(sscc="3" * 18, site_id=w.site, state=PalletState.OPEN, made_at=w.now))
        w.db.flush()
        w.db.add(PalletParcel(parcel_id=parcel.id, pallet="3" * 18, site_id=w.site, at=w.now))

    floor.act(on_pallet)
    assert again(floor, parcel.id, "office", boss=True).reason == "parcel_on_pallet"
    floor.act(lambda w: w.db.delete(w.db.get_one(PalletParcel, parcel.id)))
    floor.act(lambda w: manifests.close(w, parcel.carrier, None))
    assert again(floor, parcel.id, "office", boss=True).reason == "parcel_manifested"
    floor.check()


def test_a_parcel_that_was_never_closed_and_one_that_is_void(bench):
    floor, station, _, parcel = bench
    assert again(floor, parcel.id, station.id).reason == "parcel_still_open"
    floor.cancel("O1")
    assert again(floor, parcel.id, station.id, boss=True).reason == "parcel_void"
