"""The words of every scenario: orders and rules that are there before, what people and the office do, what is seen and what the books say.

Steps are plain functions found by pytest-bdd; `conftest.py` collects them from every module here that is called `steps...`.
"""

import time
from uuid import uuid4

from pytest_bdd import given, parsers, then, when
from sqlalchemy import select

from oms.feed.models import FloorException
from oms.floor import settling
from oms.inventory.models import BinHistory
from oms.orders.actions import cancel
from oms.orders.changes import take_less
from oms.picking.exceptions import acknowledge
from sync.contract.codes import Policy, SlotProof, Substitution
from tests.scenarios.floor import NETWORKS
from tests.scenarios.hall import METHODS, units
from tests.scenarios.person import ASKED, BUTTONS, code

RULES = {
    "bins need not be scanned": {"bin_scan_required": False},
    "the tote proves the slot": {"slot_proof": SlotProof.TOTE},
    "slots need no proof": {"slot_proof": SlotProof.NONE},
    "the earliest date goes first without exception": {"fefo": Policy.FORCE},
    "dates do not matter": {"fefo": Policy.NONE},
    "empty bins are not asked about": {"ask_empty": False},
}
GOODS = r"(?:\d+ [A-Z]+(?:, | and )?)+|nothing"


def listed(text):
    """The words of "O1, O2 and O3"."""
    return text.replace(" and ", ", ").split(", ")


# --- given ---


@given(parsers.re(rf"(?P<urgent>the urgent |the )order (?P<number>\S+) wants (?P<said>{GOODS})"))
def an_order(floor, urgent, number, said):
    floor.hall.wants(number, said, urgent="urgent" in urgent)


@given(parsers.re(rf"the order (?P<number>\S+) wants (?P<said>{GOODS}), or other goods instead"))
def an_order_with_a_choice(floor, number, said):
    floor.hall.wants(number, said, substitution=Substitution.ALLOWED)


@given(parsers.re(rf"the order (?P<number>\S+) wants (?P<said>{GOODS}), or what its customer says when asked"))
def an_order_that_asks(floor, number, said):
    floor.hall.wants(number, said, substitution=Substitution.ASK)


@when(parsers.re(r"the customer (?P<says>takes something else|takes nothing else)"))
def customer_says(floor, says):
    floor.tick()
    act = settling.substitute if says == "takes something else" else settling.approve
    asked = select(FloorException.id).where(
        FloorException.site_id == floor.hall.site,
        FloorException.kind == "substitute_asked",
        FloorException.state == "open",
    )
    floor.hall.act(lambda w: act(w, w.db.scalars(asked).one(), "", ""))


@given(parsers.re(r"the orders? (?P<numbers>.+?) (?:is|are) let onto the floor (?P<way>.+)"))
@when(parsers.re(r"the orders? (?P<numbers>.+?) (?:is|are) let onto the floor (?P<way>.+)"))
def let_onto_the_floor(floor, numbers, way):
    floor.hall.release(listed(numbers), METHODS[way])


@given(parsers.re(r"bin (?P<place>\S+) holds (?P<qty>\d+) (?P<sku>\S+)"))
def a_bin_holds(floor, place, qty, sku):
    floor.hall.lay(place, sku, int(qty))


@given(parsers.parse("the rule that {rule}"))
def a_rule(floor, rule):
    floor.hall.rule(**RULES[rule])


@given(parsers.re(r"(?P<sku>\S+) in (?P<place>\S+) has gone wrong often"))
def goes_wrong(floor, sku, place):
    floor.hall.act(lambda w: w.db.add(BinHistory(site_id=w.site, bin=place, sku=sku, wrong=10)))


@given(parsers.parse("the network is {network}"))
def the_network(floor, network):
    assert network in NETWORKS, network
    floor.network = network


# --- when: people ---


@given(parsers.re(r"(?P<name>[A-Z][a-z]+) opens the pick(?: of (?P<order>\S+))?"))
@when(parsers.re(r"(?P<name>[A-Z][a-z]+) opens the pick(?: of (?P<order>\S+))?"))
def opens(floor, name, order):
    floor.person(name).open(order)
    floor.opened()


@given(parsers.re(r"(?P<name>[A-Z][a-z]+) is on the floor too"))
@when(parsers.re(r"(?P<name>[A-Z][a-z]+) is on the floor too"))
def is_there(floor, name):
    floor.person(name)


@when(parsers.parse("{name} goes to the screen {screen}"))
def goes(floor, name, screen):
    floor.person(name).go(screen)


@when(parsers.re(r"(?P<name>[A-Z][a-z]+) scans (?P<what>.+)"))
def scans(floor, name, what):
    floor.person(name).scans(*listed(what))


@when(parsers.parse('{name} presses "{button}"'))
def presses(floor, name, button):
    floor.person(name).presses(BUTTONS[button])


@when(parsers.re(r"(?P<name>[A-Z][a-z]+) gives up the rest: (?P<reason>[a-z ]+)"))
def gives_up(floor, name, reason):
    floor.person(name).presses("short", f"short:{reason.replace(' ', '_')}")


@when(parsers.re(r"(?P<name>[A-Z][a-z]+) gives up the rest: damaged, (?P<broken>\d+) of them"))
def gives_up_damaged(floor, name, broken):
    floor.person(name).presses("short", "short:damaged", f"number:{broken}")


@when(parsers.re(r'(?P<name>[A-Z][a-z]+) gives up the rest and notes "(?P<note>.+)"'))
def gives_up_with_a_note(floor, name, note):
    floor.person(name).presses("short", "short:other", f"note:{note}")


@when(parsers.re(r"(?P<name>[A-Z][a-z]+) has the tote closed with room for (?P<fits>\d+)"))
def closes_the_tote(floor, name, fits):
    floor.person(name).presses("ask:fits", f"number:{fits}")


@when(parsers.parse("{name} types {number:d}"))
def types(floor, name, number):
    floor.person(name).presses("ask:qty", f"number:{number}")


# --- when: the world ---


@when("the network goes away")
def goes_away(floor):
    floor.cut_off = True
    floor.cut()


@when(parsers.re(r"(?P<name>[A-Z][a-z]+)'s network goes away"))
def one_goes_away(floor, name):
    floor.person(name).cut()


@when(parsers.re(r"(?P<name>[A-Z][a-z]+)'s network comes back"))
def one_comes_back(floor, name):
    floor.person(name).mend()
    floor.person(name).quiet()


@when(parsers.re(r"(?P<name>[A-Z][a-z]+)'s work has reached the office"))
def one_has_reached(floor, name):
    floor.person(name).quiet()


@when("the network comes back")
def comes_back(floor):
    floor.settle()


@when(parsers.re(r"everything (?:that was done )?has reached the office"))
def reached(floor):
    floor.settle()


@when(parsers.parse("the office cancels {number}"))
def cancels(floor, number):
    floor.tick()
    done = floor.hall.act(lambda w: cancel(w, number))
    assert done.reason is None, done


@when(parsers.re(r"the office lets (?P<number>\S+) have only (?P<qty>\d+) (?P<sku>\S+)"))
def changes(floor, number, qty, sku):
    floor.tick()
    line = floor.hall.line_no(number, sku)
    done = floor.hall.act(lambda w: take_less(w, number, line, int(qty)))
    assert done.reason is None, done


@when("the office settles what is to be put back")
def settles(floor):
    floor.tick()
    floor.hall.act(lambda w: [acknowledge(w, one, uuid4().hex) for one in open_put_backs(w)])


def open_put_backs(w):
    """The instructions to put goods back that nobody has followed yet."""
    mine = (FloorException.site_id == w.site, FloorException.kind == "put_back", FloorException.state == "open")
    return w.db.scalars(select(FloorException).where(*mine)).all()


@when("a quarter of an hour passes without a word")
def runs_out(floor):
    # What was on its way when the network went is with the office long before that, and is a word too.
    for _ in range(3):
        floor.hall.let_leases_run_out()
        time.sleep(0.3)


# --- then: what is seen and heard ---


@then(parsers.re(rf"(?P<name>[A-Z][a-z]+) is asked for (?P<what>{'|'.join(sorted(ASKED, key=len, reverse=True))})"))
@when(parsers.re(rf"(?P<name>[A-Z][a-z]+) is asked for (?P<what>{'|'.join(sorted(ASKED, key=len, reverse=True))})"))
def is_asked(floor, name, what):
    floor.person(name).sees(ASKED[what])


@then(parsers.re(r"(?P<name>[A-Z][a-z]+) is sent to (?P<place>\S+)"))
def is_sent(floor, name, place):
    person = floor.person(name)
    person.until(f"being sent to {place}", lambda: getattr(person.view, "bin", None) == place)


@then(parsers.re(r"(?P<name>[A-Z][a-z]+) is to take (?P<qty>\d+)"))
def is_to_take(floor, name, qty):
    person = floor.person(name)
    person.until(f"{qty} to take", lambda: person.view.take == int(qty))


@then(parsers.re(r"(?P<name>[A-Z][a-z]+) is refused: (?P<words>[a-z -]+)"))
def is_refused(floor, name, words):
    person = floor.person(name)
    person.until(f"the refusal {words}", lambda: person.refused is code(words))


@then(parsers.re(r"(?P<name>[A-Z][a-z]+) is told: (?P<words>[a-z -]+)"))
@when(parsers.re(r"(?P<name>[A-Z][a-z]+) is told: (?P<words>[a-z -]+)"))
def is_told(floor, name, words):
    floor.person(name).was_told(code(words))


@then(parsers.re(r"(?P<name>[A-Z][a-z]+) is instructed: (?P<words>[a-z -]+)"))
def is_instructed(floor, name, words):
    person = floor.person(name)

    def instructed():
        first = person.shell.notices.first
        return first is not None and first.code is code(words)

    person.until(f"the instruction {words}", instructed)


# --- then: what the books say ---


@then(parsers.re(rf"(?P<number>\S+) has (?P<picked>{GOODS})(?: and lacks (?P<short>{GOODS}))?"))
def order_has(floor, number, picked, short):
    wanted = (units(picked), units(short or "nothing"))
    floor.books(lambda: floor.hall.lines(number), wanted, f"picked and short of {number}")


@then(parsers.re(rf"(?P<kind>bin|tote) (?P<place>\S+) holds (?P<said>{GOODS})"))
def place_holds(floor, kind, place, said):
    floor.books(lambda: floor.hall.holds(f"{kind}:{place}"), units(said), f"in {kind} {place}")


@then(
    parsers.re(
        r"(?P<number>\S+) is (?P<state>open|released|picking|picked|packing|label_pending|shipped|cancelled) in the books"
    )
)
def order_is(floor, number, state):
    floor.books(lambda: floor.hall.state(number), state, f"the state of {number}")


@then(parsers.re(r"(?P<number>\S+) waits to be packed (?:in (?P<totes>.+) )?at (?P<lane>\S+)"))
def waits_to_be_packed(floor, number, totes, lane):
    floor.books(lambda: floor.hall.packing(number), [(set(listed(totes)), lane)], f"the packing of {number}")


@then(parsers.parse("it is left to somebody: {what}"))
def is_left(floor, what):
    if what == "nothing":
        # A row of examples where nothing is; that nothing is left but what was named is looked at in the end anyway.
        return
    floor.announced.append(what)
    floor.books(lambda: what in floor.hall.loose_ends(), True, f"left to be done, {what}")


@then(parsers.re(r"(?P<n>\d+) facts? counts? for nobody"))
def counts_for_nobody(floor, n):
    floor.uncounted = int(n)
    floor.books(floor.hall.uncounted, int(n), "facts that count for nobody")
