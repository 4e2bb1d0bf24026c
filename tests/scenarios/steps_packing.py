"""The words for the bench. Collected by `conftest.py` like all steps.

Picking is told elsewhere: here the goods stand at the lane already, reported by a device that needs no window.
"""

from collections import Counter
from datetime import date
from decimal import Decimal
from uuid import uuid4

from pytest_bdd import given, parsers, then, when
from sqlalchemy import select

from app.core.views import PackStep
from app.services.api import Weight
from oms.catalog.models import Carton, Site
from oms.orders.models import Order, OrderLine
from oms.packing.content import scanned_into
from oms.packing.models import Parcel
from oms.people.models import Device
from oms.picking.models import Job
from oms.shipping.carriers import manifests
from oms.shipping.carriers.events import deliveries
from oms.shipping.carriers.models import Label, LabelState
from sync.contract.chain import chain_start
from sync.contract.codes import JobKind, JobState, Method, ParcelState, Role, Substitution
from tests.oms.floors import Handheld
from tests.scenarios.hall import units
from tests.scenarios.steps import GOODS, listed

_NAME = r"(?P<name>[A-Z][a-z]+)"
BENCH = {
    "a tote": PackStep.WAITING, "units": PackStep.UNITS, "a box": PackStep.CARTON, "the scale": PackStep.WEIGHT,
    "the label": PackStep.SCAN_BACK, "whether the label came out": PackStep.LABEL_UNSURE, "goods that are fetched": PackStep.GOODS,
    "the next parcel": PackStep.NEXT_PARCEL, "why or where it stands aside": PackStep.HOLD, "nothing more": PackStep.DONE,
    "a label that does not come": PackStep.LABEL,
}  # fmt: skip
KEYS = {
    "take back": "undo", "parcel full": "close_parcel", "without a box": "carton", "put down": "leave", "missing": "missing",
    "fetch it": "fetch:not_found", "broken, fetch another": "fetch:damaged", "other goods": "fetch_other", "put aside": "aside",
    "a question": "aside:question", "damaged": "aside:damaged", "papers are missing": "aside:papers", "open again": "reopen",
    "wrong goods in it": "reopen:wrong_goods", "wrong box": "reopen:wrong_box", "print again": "reprint",
    "it did not come out": "came_out:no", "it came out": "came_out:yes", "papers": "papers", "not found": "missing:not_found",
    "let it pass": "let_pass", "counted again": "let_pass:counted_again", "read": "ok", "back": "cancel",
    "take apart": "part", "add an order": "join",
}  # fmt: skip


def _hand(hall):
    """A device that reports without a window."""
    made = Handheld(hall, f"hand-{uuid4().hex[:8]}")

    def do(w):
        w.db.add(
            Device(id=made.id, site_id=w.site, label="H", pubkey="", created_at=w.now, chain=chain_start(made.id))
        )  # fmt: skip

    hall.act(do)
    return made


def _address(hall, number, whom):
    def do(w):
        order = w.db.get_one(Order, (w.site, number))
        street = "Street 2" if "address" in whom else "Street 1"
        order.ship_street, order.ship_city, order.ship_country = street, "Town", "NL"
        order.promised = date(2030, 1, 2) if "day" in whom else None
        order.carrier, order.service = hall.ships
        w.touch("order", number)
        site = w.db.get_one(Site, w.site)
        site.ship_from = ["We", "Here"]
        w.touch("site", w.site)

    hall.act(do)


# --- given ---


@given(
    parsers.re(
        rf"the order (?P<number>O\d) of (?P<said>{GOODS})(?P<other>, or other goods instead,)? stands picked in "
        r"(?P<totes>.+?)(?P<whom> for another (?:address|day))?$"
    )
)
def stands_picked(floor, number, said, other, totes, whom=None):
    """In several totes: the first has the first unit, the last one the others."""
    hall, names = floor.hall, listed(totes)
    hall.wants(number, said, substitution=Substitution.ALLOWED if other else Substitution.NEVER)
    _address(hall, number, whom or "")
    hall.release([number], Method.SINGLE)
    hand = _hand(hall)
    [job] = {item.job_id for item in _items(hall, number)}
    assert hand.claim(job)
    for item in hall.items_of(job):
        first = 1 if len(names) > 1 and item.qty_req > 1 else 0
        lot = {"lot": item.lot} if item.lot else {}
        if first:
            hand.pick(item, first, names[0], **lot)
        hand.pick(item, item.qty_req - first, names[-1], **lot)
    hand.drop(job, names[-1])


def _items(hall, number):
    jobs = hall.jobs(JobKind.PICK)
    return [item for job in jobs for item in hall.items_of(job.id) if item.order_no == number]


@given(parsers.parse("the shop has the box {code}"))
def a_box(floor, code):
    def do(w):
        sides = {f"{side}_{of}_mm": 300 for side in ("inner", "outer") for of in ("length", "width", "height")}
        w.db.add(Carton(site_id=w.site, code=code, name=code, tare_g=100, max_g=20_000, **sides))
        w.touch("carton", code)

    floor.hall.act(do)


@given(parsers.re(rf"{_NAME} stands at a bench(?P<bare> without a printer)?"))
def at_a_bench(floor, name, bare):
    person = floor.person(name, desk=True, printer=not bare, roles=(Role.PACKER,))
    person.go("pack")


@given(parsers.re(rf"{_NAME} leads the shift"))
def leads(floor, name):
    floor.hall.hire(name, f"B-9{len(name):03d}")


# --- when ---


@when(parsers.re(rf"{_NAME} opens (?P<what>\S+) at the bench"))
def opens_at_bench(floor, name, what):
    person = floor.person(name)
    person.quiet()
    person.scans(what)
    person.until(f"{what} on the bench", lambda: person.view.job is not None)


@when(parsers.re(rf'{_NAME} uses "(?P<key>.+)"'))
def presses_at_bench(floor, name, key):
    floor.person(name).presses(KEYS[key])


@when(parsers.re(rf"{_NAME} weighs it(?P<light>, 90 g too light)?"))
def weighs(floor, name, light):
    person = floor.person(name)
    person.until("the scale", lambda: person.view.step is PackStep.WEIGHT)
    person.heard.clear()
    expected = person.view.weight.expected or 500
    person.loads = getattr(person, "loads", 0) + 1
    grams = Decimal(expected - (90 if light else 0))
    person.shell.bridge.on_weight(Weight(grams, True, person.client.clock.mono(), load=person.loads))


@when(parsers.re(rf"{_NAME} scans the label"))
def scans_the_label(floor, name):
    person = floor.person(name)
    person.until("a label", lambda: person.view.step in (PackStep.SCAN_BACK, PackStep.LABEL))
    person.labels.append(person.view.sscc)
    person.scans(f"00{person.view.sscc}")


@when(parsers.re(rf"{_NAME} scans the label of the parcel that (?P<which>left)"))
def scans_an_old_label(floor, name, which):
    person = floor.person(name)
    person.scans(f"00{person.labels[0]}")


@when(parsers.re(rf"{_NAME} packs the rest(?P<skus> [A-Z0-9, /]+)? and sends it off"))
def packs_the_rest(floor, name, skus):
    person = floor.person(name)
    person.scans(*(listed(skus.strip()) if skus else ()))
    person.presses("carton")
    weighs(floor, name, None)
    scans_the_label(floor, name)
    person.until("the parcel gone", lambda: person.view.step in (PackStep.DONE, PackStep.WAITING))


@when(parsers.re(rf"(?P<boss>[A-Z][a-z]+) shows (?:her|his) badge at {_NAME}'s bench"))
def shows_badge(floor, boss, name):
    floor.person(name).scans(f"B-9{len(boss):03d}")


@when(parsers.re(rf"{_NAME} scans the old label"))
def scans_the_opened_tote(floor, name):
    person = floor.person(name)
    person.scans(f"00{person.view.tote}")


@when(parsers.re(r"somebody fetches (?P<qty>\d+) (?P<sku>[A-Z]+) for (?P<number>\S+) into (?P<tote>\S+)"))
def somebody_fetches(floor, qty, sku, number, tote):
    job, hand = _hot_job(floor, number)
    [item] = floor.hall.items_of(job)
    assert (item.sku, item.qty_req) == (sku, int(qty))
    hand.pick(item, item.qty_req, tote)
    hand.drop(job, tote)


@when(parsers.re(r"nobody finds what is fetched for (?P<number>\S+)"))
def nobody_finds(floor, number):
    while True:
        job, hand = _hot_job(floor, number)
        for item in floor.hall.items_of(job):
            hand.short(item, item.qty_req, "not_found")
        hand.drop(job, None)
        if not any(one.state is JobState.OPEN for one in floor.hall.jobs(JobKind.PICK)):
            return


def _hot_job(floor, number):
    floor.settle()
    [job] = {
        item.job_id for item in _items(floor.hall, number) if item.state in ("open", "leased")
    }  # fmt: skip
    hand = _hand(floor.hall)
    assert hand.claim(job)
    return job, hand


@when("the carrier takes the parcels")
def carrier_takes(floor):
    floor.settle()
    assert floor.hall.act(lambda w: manifests.close(w, "DHL", None))


@when(parsers.re(rf"{_NAME}'s bench is switched off and on"))
def off_and_on(floor, name):
    person = floor.start_again(name)
    person.until("the first screen", lambda: person.shell.screen_name() != "")
    if person.shell.screen_name() in ("signin", "lock"):
        person.scans(person.badge)
    person.go("pack")


# --- then ---


@then(parsers.re(rf"the bench asks {_NAME} for (?P<what>{'|'.join(sorted(BENCH, key=len, reverse=True))})"))
@when(parsers.re(rf"the bench asks {_NAME} for (?P<what>{'|'.join(sorted(BENCH, key=len, reverse=True))})"))
def bench_asks(floor, name, what):
    person = floor.person(name)
    person.until(f"the bench asking for {what}", lambda: person.view.step is BENCH[what])


@then(parsers.re(rf"{_NAME} sees that (?P<tote>\S+) (?P<how>stands aside|waits for goods|has its goods here)"))
def queue_shows(floor, name, tote, how):
    word = {"stands aside": "aside", "waits for goods": "fetching", "has its goods here": "goods_here"}[how]
    person = floor.person(name)
    person.until(f"{tote} {how}", lambda: any(j.tote == tote and word in j.flags for j in person.view.queue))


@then(parsers.re(rf"(?P<number>\S+) went out with (?P<said>{GOODS}) in (?P<n>\d) parcels?"))
def went_out(floor, number, said, n):
    hall = floor.hall

    def so():
        lines = hall.ask(select(OrderLine).where(OrderLine.site_id == hall.site, OrderLine.order_no == number))
        packed = Counter()
        for line in lines:
            packed[line.sku] += line.packed
        mine = (Parcel.site_id == hall.site, Parcel.order_no == number, Parcel.state == ParcelState.SHIPPED)
        return dict(+packed), len(hall.ask(select(Parcel.id).where(*mine))), hall.state(number)

    floor.books(so, (units(said), int(n), "shipped"), f"what went out of {number}")


@then(parsers.re(r"(?P<number>\S+) has (?P<n>\d) labels? that (?:is|are) void"))
def void_labels(floor, number, n):
    hall = floor.hall
    mine = (Parcel.site_id == hall.site, Parcel.order_no == number, Parcel.state == ParcelState.VOID)
    # Parcels that were planned ahead and not needed are void too, but have no weight.
    floor.books(
        lambda: len(hall.ask(select(Parcel.id).where(*mine, Parcel.grams.is_not(None)))), int(n), "void parcels"
    )  # fmt: skip


@then(parsers.re(r"(?P<number>\S+) is on a bench in the books"))
def on_a_bench(floor, number):
    hall = floor.hall
    packing = select(Job.state).where(Job.site_id == hall.site, Job.kind == JobKind.PACK, Job.state == JobState.ACTIVE)
    floor.books(lambda: (hall.state(number), hall.ask(packing)), ("packing", [JobState.ACTIVE]), f"{number}")


@then(parsers.re(rf"{_NAME} sees that (?P<number>O\d|the other order) may go along"))
def may_go_along(floor, name, number):
    person = floor.person(name)
    person.until(
        f"{number} on offer", lambda: any(number in (card.order, "the other order") for card in person.view.offers)
    )


@then(parsers.re(rf"{_NAME} has (?P<orders>.+) in one parcel with (?P<n>\d) units? in it"))
def has_in_one_parcel(floor, name, orders, n):
    person = floor.person(name)
    wanted = (set(listed(orders)), int(n))
    person.until(f"{orders} in one parcel", lambda: (set(person.view.orders), person.view.in_parcel) == wanted)


@then(parsers.re(rf"(?P<number>\S+) and (?P<other>\S+) went out in one parcel of (?P<said>{GOODS}), charged once"))
def went_out_together(floor, number, other, said):
    hall = floor.hall

    def so():
        mine = (Parcel.site_id == hall.site, Parcel.state == ParcelState.SHIPPED)
        [*sent] = hall.ask(select(Parcel).where(*mine))
        with hall.oms.sessions() as db:
            inside = [Counter(scanned_into(db, hall.site, [one.id]).get(one.id, {})) for one in sent]
        bought = hall.ask(select(Label.parcel_id).where(Label.site_id == hall.site, Label.state == LabelState.BOUGHT))
        return [dict(one) for one in inside], bought == [one.id for one in sent], hall.state(number), hall.state(other)

    floor.books(so, ([units(said)], True, "shipped", "shipped"), "what went out")


@then(parsers.re(r"everybody can see where (?P<number>\S+) is"))
def can_see(floor, number):
    hall = floor.hall
    [tracking] = hall.ask(
        select(Parcel.tracking).where(Parcel.site_id == hall.site, Parcel.state == ParcelState.SHIPPED)
    )
    with hall.oms.sessions() as db:
        assert [row.tracking for row in deliveries(db, hall.site, number)] == [tracking]


@then(parsers.re(r"(?P<one>\S+) is at nobody's bench, and neither is (?P<other>\S+)"))
def at_nobodys_bench(floor, one, other):
    hall = floor.hall
    open_jobs = select(Job.tote).where(Job.site_id == hall.site, Job.kind == JobKind.PACK, Job.state == JobState.ACTIVE)
    floor.books(lambda: hall.ask(open_jobs), [], f"{one} and {other}")
