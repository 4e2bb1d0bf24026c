"""The words for trouble at the bench: printer, scale, and a carrier that gives its own labels. Collected by `conftest.py` like all steps.

The carrier is a real one over HTTP; its desk at the office works when a sentence says so.
"""

import re

from pytest_bdd import given, parsers, then, when
from sqlalchemy import select, update

from app.core.messages import Code
from app.core.views import PackStep
from devices.model import Reason
from devices.simulated.chaos import ChaosPlan
from oms.accounts import Account
from oms.packing.models import Parcel
from oms.shipping.carriers.desk import Desk
from oms.shipping.carriers.http import HttpCarrier, Patience
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.carriers.open import enrol
from sync.contract.codes import ParcelState, Role
from tests.scenarios.person import until
from tools.carrier_server import CarrierServer

_NAME = r"(?P<name>[A-Z][a-z]+)"
TROUBLE = {
    "runs out of labels": Reason.MEDIA_EMPTY, "jams": Reason.MEDIA_JAM, "runs out of ribbon": Reason.MARKER_SUPPLY_EMPTY,
    "is opened": Reason.COVER_OPEN,
}  # fmt: skip
_NUMBER = re.compile(rb"\^BC[^^]*\^FD([^^]+)\^FS")


class Counter:
    """A carrier, and the desk of the office that asks it."""

    def __init__(self, hall, code):
        self.hall = hall
        self.server = CarrierServer()
        self.server.__enter__()
        self.carrier = HttpCarrier(Account(code, self.server.url, self.server.key), Patience(again_s=0.01))
        self.desk = Desk(hall.oms.works, hall.site, {code: self.carrier})
        hall.act(lambda w: enrol(w, [code]))
        hall.ships = (code, "std")

    def close(self):
        self.carrier.close_connections()
        self.server.__exit__()

    def labels(self):
        """Every purchase of this hall that was not given back."""
        return self.hall.ask(select(Label).where(Label.site_id == self.hall.site, Label.state != LabelState.VOID))

    def works(self):
        """Asks for what is wanted, now."""
        self.hall.act(lambda w: w.db.execute(update(Label).where(Label.site_id == w.site).values(due_at=w.now)))
        self.desk.step()


# --- given ---


@given(parsers.re(r"the carrier (?P<code>[A-Z]+) gives its own labels"))
def own_labels(floor, code):
    floor.carrier = Counter(floor.hall, code)
    floor.closing.callback(floor.carrier.close)


@given(parsers.re(rf"{_NAME} stands at a bench with a scale"))
def at_a_bench_with_a_scale(floor, name):
    person = floor.person(name, desk=True, printer=True, scale=True, roles=(Role.PACKER,))
    person.go("pack")
    person.until("the scale to speak", lambda: _device(person, "scale").ready)


@given(
    parsers.re(r"the printer (?P<trouble>runs out of labels|jams|runs out of ribbon) in the middle of the next label")
)
@when(
    parsers.re(r"the printer (?P<trouble>runs out of labels|jams|runs out of ribbon) in the middle of the next label")
)
def trouble_half_out(floor, trouble):
    floor.printer.next_label_fails(TROUBLE[trouble])


# --- when ---


@when(parsers.re(r"the printer (?P<trouble>runs out of labels|jams|is opened)"))
def printer_trouble(floor, trouble):
    floor.printer.fault(TROUBLE[trouble], True)


@when("the line to the printer breaks in the middle of the next label")
def line_breaks(floor, expected_log):
    expected_log.append("Printer: no link")
    floor.printer.line.trouble(ChaosPlan(cut_after_received=400))


@when("somebody puts the printer right")
def put_right(floor):
    floor.printer.line.trouble(ChaosPlan())
    floor.printer.repair()
    for person in floor.people.values():
        for info, _, _ in person.client.hub.devices():
            person.client.hub.retry(info.key)


@when("the scale is unplugged")
def scale_away(floor, expected_log):
    expected_log.append("Scale: no link")
    floor.scale.stop()
    for person in floor.people.values():
        person.until("the scale being gone", lambda person=person: not _device(person, "scale").ready)


@when("the scale is plugged in again")
def scale_back(floor):
    floor.scale.start()


@when(parsers.re(rf"{_NAME} puts the parcel on the scale"))
def on_the_scale(floor, name):
    person = floor.person(name)
    person.until("the scale", lambda: person.view.step is PackStep.WEIGHT)
    floor.scale.load(person.view.weight.expected or 500)


@when("the carrier is asked in vain")
def in_vain(floor):
    carrier = floor.carrier
    until(lambda: bool(carrier.labels()), lambda: "no label was asked for")
    # It asks more than once before it gives up for now.
    carrier.server.misbehave(*["error"] * 9)
    carrier.works()
    carrier.server.ordered.clear()
    assert [one for one in carrier.labels() if one.problem], "the carrier was not asked"


@when(parsers.re(r"the carrier gives (?P<n>\d) labels?"))
def gives(floor, n):
    carrier = floor.carrier

    def given_out():
        bought = [one for one in carrier.labels() if one.state is LabelState.BOUGHT]
        return len(bought) == int(n) or bool(carrier.works())

    until(given_out, lambda: f"the carrier has given {carrier.labels()}")
    assert not carrier.server.books.charged_twice()


@when(parsers.re(rf"{_NAME} goes on with (?P<tote>T-\d)"))
def goes_on(floor, name, tote):
    person = floor.person(name)
    person.scans(tote)
    person.until(f"{tote} on the bench", lambda: person.view.tote == tote)


@when(parsers.re(rf"{_NAME} scans the carrier's label of (?P<number>O\d)"))
def scans_carriers_label(floor, name, number):
    person = floor.person(name)
    [parcel] = _labelled(floor, number)
    came_out(floor, number, 1)
    [label] = _out(floor, parcel.id)
    read = _NUMBER.search(label.zpl)[1].decode()
    assert read == parcel.tracking
    person.scans(read)


@when(parsers.re(rf"{_NAME} scans the label that (?:she|he) took off"))
def scans_the_old_label(floor, name):
    floor.person(name).scans(f"00{floor.person(name).labels[0]}")


@when(parsers.re(rf"{_NAME} scans the label of the parcel in hand"))
def scans_own_number(floor, name):
    person = floor.person(name)
    person.scans(f"00{person.view.sscc}")


@when(parsers.re(rf"{_NAME} holds the label in (?:her|his) hand"))
def holds_the_label(floor, name):
    person = floor.person(name)
    person.until("a label", lambda: person.view.step is PackStep.SCAN_BACK)
    person.labels.append(person.view.sscc)


# --- then ---


@then(parsers.re(rf"the bench tells {_NAME} that the label comes later"))
def later(floor, name):
    person = floor.person(name)
    person.until("the label to be late", lambda: person.view.prompt.code is Code.LABEL_PENDING)


@then(parsers.re(rf"{_NAME} sees the label of (?P<tote>T-\d) (?P<how>missing|printed)"))
def label_shown(floor, name, tote, how):
    words = {"missing": ("pending", "problem", "fetching"), "printed": ("printed",)}[how]
    person = floor.person(name)
    person.until(f"{tote} {how}", lambda: any(j.tote == tote and j.label in words for j in person.view.queue))


@then(parsers.re(rf"{_NAME} sees what is wrong with the (?P<role>printer|scale)"))
@when(parsers.re(rf"{_NAME} sees what is wrong with the (?P<role>printer|scale)"))
def sees_device(floor, name, role):
    person = floor.person(name)
    person.until(f"a word on the {role}", lambda: _device(person, role).message is not None)


@then(parsers.re(r"(?P<n>\d) labels? of (?P<number>O\d) (?:has|have) come out"))
@when(parsers.re(r"(?P<n>\d) labels? of (?P<number>O\d) (?:has|have) come out"))
def came_out(floor, number, n):
    ids = [parcel.id for parcel in _parcels(floor, number)]

    def out():
        return sum(len(_out(floor, id)) for id in ids)

    until(lambda: out() >= int(n), lambda: f"{out()} labels of {number} have come out")
    assert out() == int(n)


@then(parsers.re(r"the carrier is paid once for (?P<number>O\d)"))
def paid_once(floor, number):
    paid = floor.carrier.server.books.paid_for()
    assert [len(some) for reference, some in paid.items() if reference.startswith(f"{number}/")] == [1]


def _device(person, role):
    return next(one for one in person.client._board.statuses() if one.role.endswith(role))


def _out(floor, parcel):
    return [label for label in list(floor.printer.labels) if label.job.startswith(f"{parcel}.")]


def _parcels(floor, number):
    hall = floor.hall
    return hall.ask(select(Parcel).where(Parcel.site_id == hall.site, Parcel.order_no == number))


def _labelled(floor, number):
    return [one for one in _parcels(floor, number) if one.state not in (ParcelState.PLANNED, ParcelState.VOID)]
