"""The words for pallets, trucks and carriers' lists. Collected by `conftest.py` like all steps.

Parcels and pallets have names in a scenario (`P1`, `PAL-1`); what is read is the SSCC on their label. Parcels come to the dock packed.
"""

from pytest_bdd import given, parsers, then, when
from sqlalchemy import select

from app.core.views_load import ListState, LoadStep
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.packing.pallet_models import Load, LoadUnit, Pallet, PalletParcel
from oms.packing.pallets import make_pallets
from oms.shipping.actions import plan_parcel
from oms.shipping.carriers import labels, manifests
from oms.shipping.carriers.models import Label
from sync.contract.codes import OrderState, ParcelState
from sync.contract.rows import ParcelRow
from tests.scenarios.paper_printer import PaperPrinter
from tests.scenarios.person import until

STEPS = {
    "a pallet or a truck": LoadStep.LIST, "the pallet's label": LoadStep.LABEL, "parcels": LoadStep.BUILD,
    "the parcel that comes off": LoadStep.OFF, "nothing more on the pallet": LoadStep.WRAPPED, "what goes in": LoadStep.FILL,
    "what comes out": LoadStep.OUT, "whether they stay": LoadStep.LEAVE, "the driver": LoadStep.DRIVER,
    "the number plate": LoadStep.PLATE, "the seal": LoadStep.SEAL, "the signature": LoadStep.SIGN, "nothing more": LoadStep.GONE,
}  # fmt: skip
BUTTONS = {
    "close it": "close", "take off": "take_off", "take back": "undo", "open again": "reopen", "that is all": "close",
    "they stay here": "leave_behind", "none": "none", "handed over": "handed", "back": "cancel", "put down": "leave",
    "the list as a file": "paper", "a new label": "new_pallet", "the list again": "paper", "it is not there": "again:lost",
    "one more": "again:copy",
}  # fmt: skip
_NAME = r"(?P<name>[A-Z][a-z]+)"


def _listed(text):
    return text.replace(" and ", ", ").split(", ")


def _things(floor):
    """name -> SSCC of the parcels and pallets of this scenario."""
    if not hasattr(floor, "things"):
        floor.things = {}
    return floor.things


def _sscc(floor, name):
    return _things(floor).get(name, name)


def _names(floor, ssccs):
    by = {sscc: name for name, sscc in _things(floor).items()}
    return sorted(by.get(sscc, sscc) for sscc in ssccs)


# --- what is there ---


@given(
    parsers.re(
        r"the parcels? (?P<names>.+) of (?P<carrier>[A-Z]+) (?:is|are) (?P<how>packed|void|not labelled|on the list)"
    )
)
def parcels(floor, names, carrier, how):
    """`packed`: the label was scanned back; `on the list`: and the carrier's list is closed."""
    state = {"void": ParcelState.VOID, "not labelled": ParcelState.LABEL_PENDING}.get(how, ParcelState.SHIPPED)

    def do(w):
        for name in _listed(names):
            order = Order(
                site_id=w.site, number=f"O-{name}", state=OrderState.OPEN, placed_at=w.now, ship_name="Ada", priority=3,
                carrier=carrier, service="STD",
            )  # fmt: skip
            w.db.add(order)
            w.db.flush()
            parcel = plan_parcel(w, order)
            parcel.state, parcel.grams, parcel.shipped_at = state, 900, w.now
            w.db.flush()
            if state is ParcelState.SHIPPED:
                labels.want(w, parcel)
            _things(floor)[name] = parcel.sscc
        if how == "on the list":
            assert manifests.close(w, carrier, None)

    floor.hall.act(do)


@given(parsers.re(r"there are labels for the pallets? (?P<names>.+)"))
def pallet_labels(floor, names):
    wanted = _listed(names)
    made = floor.hall.act(lambda w: make_pallets(w, len(wanted)))
    _things(floor).update(zip(wanted, made, strict=True))


@given(parsers.re(r"there is a paper printer at the (?:dock|bench)"))
def paper_printer(floor):
    """Before anybody comes: it belongs to the devices of all who do."""
    floor.paper = PaperPrinter()
    floor.paper.on()


@given(parsers.re(r"the paper printer is (?P<how>on|off)"))
@when(parsers.re(r"the paper printer is switched (?P<how>on|off)"))
def switched(floor, how, expected_log):
    if how == "off":
        expected_log.append("Pages: no link")
    getattr(floor.paper, how)()


# --- what people do ---


@given(parsers.re(rf"{_NAME} is at the dock"))
@when(parsers.re(rf"{_NAME} is at the dock"))
def at_the_dock(floor, name):
    person = floor.person(name)
    person.quiet()
    packed = floor.hall.ask(select(Parcel.sscc).where(Parcel.site_id == floor.hall.site))
    person.until("the parcels", lambda: {row.sscc for row in person.client.look(_parcels)} >= set(packed))
    person.go("load")


def _parcels(u):
    return u.rows.all(ParcelRow)


@when(parsers.re(rf"{_NAME} reads (?P<names>.+)"))
def reads(floor, name, names):
    floor.person(name).scans(*(_sscc(floor, one) for one in _listed(names)))


@when(parsers.re(rf'{_NAME} says "(?P<button>[a-z ]+)"'))
def says_at_the_dock(floor, name, button):
    person = floor.person(name)
    person.presses(BUTTONS[button])
    person.until("the answer", lambda: not person.shell.presenter.busy)


@when(parsers.re(rf"{_NAME} fills the truck of (?P<carrier>[A-Z]+)"))
def fills(floor, name, carrier):
    person = floor.person(name)
    person.go("load")
    if person.view.step is LoadStep.FILL and person.view.carrier == carrier:
        return
    person.until(f"the truck of {carrier}", lambda: any(card.carrier == carrier for card in person.view.trucks))
    person.presses(f"truck:{carrier}")


@when(parsers.re(rf'{_NAME} types in "(?P<text>.*)"'))
def types_in(floor, name, text):
    floor.person(name).presses(f"typed:{text}")


@when(parsers.re(rf"the driver signs at {_NAME}"))
def signs(floor, name):
    floor.person(name).presses("strokes:10.0,20.5 30.2,8.1 55.0,21.0")


@when(parsers.re(rf"{_NAME} closes the list of (?P<carrier>[A-Z]+)"))
def closes_the_list(floor, name, carrier):
    person = floor.person(name)
    person.go("manifests")
    person.until("today's lists", lambda: not person.shell.presenter.busy and bool(person.view.day))
    person.presses(f"close_list:{carrier}", "sure")
    person.until("the answer", lambda: not person.shell.presenter.busy)


@when(parsers.re(rf"{_NAME} knows the list of (?P<carrier>[A-Z]+)"))
def knows_the_list(floor, name, carrier):
    """The closed list has come down to the handheld."""
    person = floor.person(name)
    person.until(
        "the list",
        lambda: all(row.manifest for row in person.client.look(_parcels) if row.carrier == carrier),
    )


# --- what is seen ---


@then(parsers.re(rf"the dock asks {_NAME} for (?P<what>.+)"))
def dock_asks(floor, name, what):
    person = floor.person(name)
    person.until(f"being asked for {what}", lambda: getattr(person.view, "step", None) is STEPS[what])


@then(parsers.re(rf"{_NAME} counts (?P<n>\d+) of them"))
def counts(floor, name, n):
    person = floor.person(name)
    person.until(f"{n} of them", lambda: person.view.count == int(n))


@then(parsers.re(rf"{_NAME} sees that (?P<names>.+) (?:is|are) missing"))
def sees_missing(floor, name, names):
    person = floor.person(name)
    wanted = sorted(_listed(names))
    person.until(f"{names} missing", lambda: _names(floor, (thing.sscc for thing in person.view.missing)) == wanted)


@then(parsers.re(rf"{_NAME} has the file (?P<start>\S+)"))
def has_the_file(floor, name, start):
    folder = floor.person(name).client.place.data / "papers"
    found = []

    def there():
        found[:] = folder.glob(f"{start}*.pdf")
        return found

    floor.person(name).until(f"the file {start}", there)
    [file] = found
    assert file.read_bytes().startswith(b"%PDF-")


@then(parsers.re(rf"{_NAME} sees that the list is (?P<how>owed|printed)"))
def sees_the_list(floor, name, how):
    person = floor.person(name)

    def papers():
        return [card.paper for card in getattr(person.view, "closed", ())] or [getattr(person.view, "paper", None)]

    person.until(f"a list that is {how}", lambda: papers() == [ListState(how)])


@then(parsers.re(r"(?P<n>no|one|two) lists? of (?P<what>\S+) came out"))
def lists_came_out(floor, n, what):
    start = f"pallet-list.{_sscc(floor, what)}." if what.startswith("PAL") else "manifest."
    wanted = ("no", "one", "two").index(n)
    until(lambda: len(_printed(floor, start)) >= wanted, lambda: f"only {floor.paper.printed} came out")
    found = _printed(floor, start)
    assert len(found) == len(set(found)) == wanted


def _printed(floor, start):
    return [name for name, pdf in floor.paper.printed if name.startswith(start) and pdf.startswith(b"%PDF-")]


# --- what the books say ---


@then(
    parsers.re(
        r"on (?P<pallet>PAL-\d) (?:stands?|stand) (?P<names>.+), and it is (?P<state>planned|open|closed|loaded|gone)"
    )
)
def on_the_pallet(floor, pallet, names, state):
    sscc = _sscc(floor, pallet)
    mine = (
        select(Parcel.sscc).join(PalletParcel, PalletParcel.parcel_id == Parcel.id).where(PalletParcel.pallet == sscc)
    )
    wanted = [] if names == "nothing" else sorted(_listed(names))

    def found():
        return _names(floor, floor.hall.ask(mine)), floor.hall.ask(select(Pallet.state).where(Pallet.sscc == sscc))[
            0
        ].value

    floor.books(found, (wanted, state), f"on {pallet}")


@then(
    parsers.re(r"(?P<driver>[A-Z][a-z]+) took (?P<names>.+) for (?P<carrier>[A-Z]+)(?: under the seal (?P<seal>\S+))?")
)
def took(floor, driver, names, carrier, seal):
    mine = select(LoadUnit.sscc).join(Load, Load.id == LoadUnit.load_id)
    mine = mine.where(Load.site_id == floor.hall.site, Load.carrier == carrier, Load.driver == driver)
    signed = select(Load.seal).where(
        Load.site_id == floor.hall.site, Load.carrier == carrier, Load.handed_at.is_not(None)
    )

    def found():
        return _names(floor, floor.hall.ask(mine)), floor.hall.ask(signed)

    floor.books(found, (sorted(_listed(names)), [seal or ""]), f"what {driver} took")


@then(parsers.re(r"(?P<n>\d+) parcels? of (?P<carrier>[A-Z]+) (?:is|are) on a list"))
def on_a_list(floor, n, carrier):
    listed = select(Label.id).where(
        Label.site_id == floor.hall.site, Label.carrier == carrier, Label.manifest_id.is_not(None)
    )
    floor.books(lambda: len(floor.hall.ask(listed)), int(n), f"listed of {carrier}")
