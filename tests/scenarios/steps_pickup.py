"""The words for orders that customers fetch in the store. Collected by `conftest.py` like all steps."""

from pytest_bdd import given, parsers, then, when
from sqlalchemy import select, update

from app.core.views_pickup import PickupStep
from oms.orders.models import Order
from oms.sales.pickup_models import PickUp
from sync.contract.pickup import code_text
from sync.contract.rows import OrderRow

_NAME = r"(?P<name>[A-Z][a-z]+)"
STEPS = {
    "an order": PickupStep.LIST, "the shelf": PickupStep.ASIDE, "nothing more of it": PickupStep.STANDS, "the name": PickupStep.NAME,
    "the bags": PickupStep.PIECES, "the signature": PickupStep.SIGN, "why not": PickupStep.WHY, "the next customer": PickupStep.GONE,
    "nothing that goes back": PickupStep.BACK,
}  # fmt: skip
BUTTONS = {
    "it is them": "name_right", "not taken": "not_wanted", "nobody came": "because:not_come", "does not want it": "because:refused",
    "never mind": "cancel", "take back": "undo", "signed": "signed", "to the list": "leave",
}  # fmt: skip


@given(parsers.re(r"(?P<number>O\d) is fetched by its customer"))
def fetched(floor, number):
    def do(w):
        mine = (Order.site_id == w.site, Order.number == number)
        w.db.execute(update(Order).where(*mine).values(pick_up=True, ship_name="Eva"))
        w.touch("order", number)

    floor.hall.act(do)


def _code(floor, number):
    mine = select(PickUp.code).where(PickUp.site_id == floor.hall.site, PickUp.order_no == number)
    [code] = floor.hall.ask(mine)
    return code


@given(parsers.re(rf"{_NAME} knows that (?P<number>O\d) is ready"))
@when(parsers.re(rf"{_NAME} knows that (?P<number>O\d) is ready"))
def knows(floor, name, number):
    """The row with the code's digest has come down."""
    person = floor.person(name)

    def here():
        row = person.client.look(lambda u: u.rows.get(OrderRow, number))
        return row is not None and row.ready_at is not None and bool(row.code_digest)

    person.until(f"{number} to be ready", here)
    floor.codes = {**getattr(floor, "codes", {}), number: _code(floor, number)}


@when(parsers.re(rf"{_NAME} is at the counter"))
def at_the_counter(floor, name):
    floor.person(name).go("pickup")


@when(parsers.re(rf"{_NAME} is shown (?P<which>the|a wrong) code of (?P<number>O\d)"))
def shown(floor, name, which, number):
    code = floor.codes[number] if which == "the" else "WRONG23456"
    floor.person(name).scans(code_text(number, code))


@when(parsers.re(rf"{_NAME} is told the code of (?P<number>O\d) aloud"))
def aloud(floor, name, number):
    said = floor.codes[number].lower()
    floor.person(name).presses("type_code", f"code:{said[:4]} {said[4:]}")


@when(parsers.re(rf'{_NAME} finds "(?P<button>[a-z ]+)"'))
def finds(floor, name, button):
    floor.person(name).presses(BUTTONS[button])


@when(parsers.re(rf"{_NAME} opens (?P<number>O\d) from the list"))
def opens_from_the_list(floor, name, number):
    floor.person(name).presses(f"open:{number}")


@when(parsers.re(rf"the customer signs at {_NAME}'s handheld"))
def signs(floor, name):
    floor.person(name).presses("strokes:10.0,20.5 30.2,8.1 55.0,21.0", "signed")


@then(parsers.re(rf"the counter asks {_NAME} for (?P<what>.+)"))
def counter_asks(floor, name, what):
    person = floor.person(name)
    person.until(f"being asked for {what}", lambda: getattr(person.view, "step", None) is STEPS[what])


@then(parsers.re(r"(?P<number>O\d) was handed to Eva (?P<how>with the code|with a signature)"))
def handed(floor, number, how):
    def found():
        mine = select(PickUp).where(PickUp.site_id == floor.hall.site, PickUp.order_no == number)
        return [(one.handed_to, one.by_code, bool(one.signature)) for one in floor.hall.ask(mine)]

    by_code = how == "with the code"
    floor.books(found, [("Eva", by_code, not by_code)], f"who has {number}")


@then(parsers.re(r"(?P<number>O\d) stands on (?P<shelf>\S+) in the books"))
def stands(floor, number, shelf):
    def found():
        mine = select(PickUp.shelf).where(PickUp.site_id == floor.hall.site, PickUp.order_no == number)
        ready = select(Order.ready_at).where(Order.site_id == floor.hall.site, Order.number == number)
        return floor.hall.ask(mine), floor.hall.ask(ready)[0] is not None

    floor.books(found, ([shelf if shelf != "nothing" else ""], shelf != "nothing"), f"where {number} stands")
