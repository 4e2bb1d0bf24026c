"""The words for the put wall, zones, waves and tasks on stock. Collected by `conftest.py` like all steps.

What a supervisor does to waves and tasks goes through the same functions as the API's; what people do goes through their screens.
"""

from datetime import timedelta
from uuid import uuid4

from pytest_bdd import given, parsers, then, when
from sqlalchemy import select, update

from app.core.views_work import SlotState, TaskStep, WallStep, Whereabouts, ZoneStep
from oms.feed.models import FloorException
from oms.floor import zones
from oms.floor.reclaim import preview, reclaim
from oms.orders.models import Order
from oms.picking.models import Job
from oms.picking.taskdesk import Wanted, ask, decide
from oms.waves import desk
from oms.waves.keeper import CHORES
from oms.waves.models import Wave
from sync.contract.board import ReclaimReason
from sync.contract.codes import JobKind, JobState, Method
from sync.contract.waves import (
    MakeWaveRequest,
    OrderFilter,
    ReleaseBy,
    ReleaseRule,
    Template,
    TemplateRequest,
    Thresholds,
    WaveAct,
    WaveActRequest,
)
from tests.scenarios.floor import same
from tests.scenarios.hall import METHODS
from tests.scenarios.person import code

WALL = {
    "a unit": WallStep.UNIT, "its slot": WallStep.SLOT, "a tote for what is too much": WallStep.EXTRA,
    "whether units are missing": WallStep.MISSING, "the empty tote": WallStep.CLOSE, "nothing more": WallStep.DONE,
}  # fmt: skip
SLOTS = {
    "is being filled": SlotState.FILLING, "waits": SlotState.WAITING, "is to be packed": SlotState.PACK,
    "belongs to nobody any more": SlotState.CANCELLED,
}  # fmt: skip
TASK = {
    "where to go": TaskStep.FROM, "the goods": TaskStep.ITEM, "where it goes": TaskStep.TO, "a reason": TaskStep.SHORT,
    "the bin": TaskStep.BIN, "what lies there": TaskStep.COUNT, "nothing more": TaskStep.DONE, "a task": TaskStep.LIST,
}  # fmt: skip
TASKS = {"count": JobKind.COUNT, "fill": JobKind.REPLENISH, "put back": JobKind.PUT_BACK, "put away": JobKind.PUT_AWAY}
BUTTONS = {
    "units are missing": "missing", "they are really missing": "really_missing", "it lies in its slot": "put",
    "back into the tote": "cancel", "the tote is empty": "close", "take back": "undo", "finish": "finish",
    "the bin is empty": "empty", "put down": "leave", "leave the zone": "leave_zone", "unload": "unload",
    "by route": "by:route",
}  # fmt: skip
ACTS = {
    "plans": WaveAct.PLAN, "releases": WaveAct.RELEASE, "calls off": WaveAct.CANCEL, "takes back": WaveAct.UNDO,
    "pauses": WaveAct.PAUSE, "holds": WaveAct.HOLD, "resumes": WaveAct.RESUME, "looks again for what lacks in": WaveAct.REPLAN_SHORTS,
}  # fmt: skip
TEMPLATES = {
    "goes before its trucks": Template(
        name="trucks", method=Method.SINGLE, auto_create=True, auto_plan=True, auto_release=True,
        release=ReleaseRule(by=ReleaseBy.CUT_OFF),
    ),
    "keeps the floor busy": Template(
        name="busy", method=Method.SINGLE, thresholds=Thresholds(max_orders=1), auto_create=True, auto_plan=True,
        auto_release=True, release=ReleaseRule(by=ReleaseBy.CONSTANT_WORK, below_units=3),
    ),
    "is all wrong": Template(
        name="", slots=99, active_from="25:00", lanes=["LANE-9"], orders=OrderFilter(zones=["X"], carriers=["NOBODY"]),
        thresholds=Thresholds(min_orders=5, max_orders=2),
    ),
}  # fmt: skip
_NAME = r"(?P<name>[A-Z][a-z]+)"


#: What is done leaves the screen with the next news from the office.
#: By kind of step: as texts, the two "done" are one.
_GONE_AFTER = {(WallStep, WallStep.DONE): WallStep.WAITING, (TaskStep, TaskStep.DONE): TaskStep.LIST}


def _until_seen(person, what, step):
    seen = (step, _GONE_AFTER.get((type(step), step), step))
    person.until(what, lambda: getattr(person.view, "step", None) in seen)


def _words(text):
    return text.replace(" and ", ", ").split(", ")


# --- the network, in the middle ---


@when(parsers.re(r"the network turns (?P<how>good|bad)"))
def network_turns(floor, how):
    """At once, and without waiting for anybody to notice."""
    (floor.mend if how == "good" else floor.cut)()


# --- the wall ---


@when(parsers.re(rf"{_NAME} takes (?P<tote>T-\S+) to the wall"))
def to_the_wall(floor, name, tote):
    person = floor.person(name)
    person.go("wall")
    person.until(f"{tote} at the wall", lambda: any(card.tote == tote for card in person.view.queue))
    _again(person, tote, lambda: person.view.step is WallStep.UNIT)


@when(parsers.re(rf"{_NAME} goes on with (?P<place>\S+) at the wall"))
def goes_on(floor, name, place):
    """Work that somebody else had is on no list any more; whoever stands in front of it scans it."""
    person = floor.person(name)
    person.go("wall")
    _again(person, place, lambda: person.view.step is WallStep.UNIT)


def _again(person, text, true):
    """Scans what opens work; again, as people do, while the office is too slow to give it."""
    for _ in range(5):
        person.scans(text)
        if true():
            return
        person.waits(1)
    raise AssertionError(f"{text} opens nothing: {person.story()}")


@when(parsers.re(rf"{_NAME} sorts (?P<units>.+ into .+)"))
def sorts(floor, name, units):
    person = floor.person(name)
    for one in _words(units):
        unit, place = one.split(" into ")
        person.scans(unit)
        assert person.view.step is WallStep.SLOT, f"{unit}: {person.story()}"
        assert person.view.slot.place == place, f"{unit} goes to {person.view.slot}, not {place}"
        person.scans(place)


@when(parsers.re(rf'{_NAME} uses the button "(?P<button>[a-z ]+)"'))
def uses(floor, name, button):
    floor.person(name).presses(BUTTONS[button])


@then(parsers.re(rf"the wall asks {_NAME} for (?P<what>.+)"))
def wall_asks(floor, name, what):
    _until_seen(floor.person(name), f"the wall asking for {what}", WALL[what])


@then(parsers.re(rf"{_NAME} sees that slot (?P<place>\S+) (?P<how>{'|'.join(SLOTS)})(?: for (?P<lacks>.+))?"))
def slot_shows(floor, name, place, how, lacks):
    """`for 1 TEA from A-03`: what it waits for, and from which bin; `for 1 TEA in vain` when nobody brings it."""
    person = floor.person(name)

    def so():
        slot = next((slot for slot in person.view.slots if slot.place == place), None)
        return (
            slot is not None
            and slot.state is SLOTS[how]
            and (lacks is None or [_lack(card) for card in slot.missing] == [lacks])
        )

    person.until(f"slot {place} that {how} for {lacks}", so)


def _lack(card):
    where = {Whereabouts.LOST: "in vain", Whereabouts.TOTE: "in the tote", Whereabouts.BIN: f"from {card.place}"}
    return f"{card.qty} {card.item.sku} {where[card.where]}"


# --- zones ---


@when(parsers.re(rf"{_NAME} works in zone (?P<zone>[A-Z])"))
def works_in(floor, name, zone):
    person = floor.person(name)
    person.go("zone")
    _again(person, zone, lambda: person.view.zone == zone)


@when(parsers.re(r"the supervisor (?P<does>stops|starts) zone (?P<zone>[A-Z])"))
def stops_zone(floor, does, zone):
    act = zones.stop if does == "stops" else zones.start
    done = floor.hall.act(lambda w: act(w, zone, "", ""))
    assert done.undo is not None, done


@when(parsers.re(rf"{_NAME} begins (?P<order>O\S+) at (?P<place>\S+)"))
def begins_at(floor, name, order, place):
    person = floor.person(name)
    person.until(f"the line of {order}", lambda: any((x.order, x.bin) == (order, place) for x in person.view.lines))
    _again(person, place, lambda: person.shell.screen_name() == "pick")
    person.until("the pick", lambda: getattr(person.view, "order", None) == order)


@then(parsers.re(rf"{_NAME} sees (?P<order>O\S+) to be picked at (?P<place>\S+)"))
def sees_line(floor, name, order, place):
    person = floor.person(name)
    person.until(f"the line of {order}", lambda: any((x.order, x.bin) == (order, place) for x in person.view.lines))


@then(parsers.re(rf"{_NAME} sees (?P<tote>T-\S+) waiting at (?P<place>\S+?)(?: and (?P<lacks>\d+) units? missing)?"))
def sees_waiting(floor, name, tote, place, lacks):
    person = floor.person(name)
    wanted = (tote, place, int(lacks or 0))

    def so():
        return wanted in [(card.tote, card.at, card.missing_units) for card in getattr(person.view, "waiting", ())]

    person.until(f"{wanted} to receive", so)


@then(parsers.re(rf"nothing waits for {_NAME}"))
def nothing_waits(floor, name):
    person = floor.person(name)
    person.until("nothing to receive", lambda: person.view.waiting == () and person.view.lines == ())


@when(parsers.re(rf"{_NAME} receives (?P<tote>T-\S+)"))
def receives(floor, name, tote):
    person = floor.person(name)
    person.until(f"{tote} to receive", lambda: any(card.tote == tote for card in getattr(person.view, "waiting", ())))
    _again(person, tote, lambda: person.shell.screen_name() == "pick")
    person.until("the pick", lambda: getattr(person.view, "tote", None) == tote)


@when(parsers.re(rf"{_NAME} unloads (?P<tote>T-\S+) at (?P<place>\S+)"))
def unloads(floor, name, tote, place):
    person = floor.person(name)
    person.go("zone")
    person.until("something to set down", lambda: any(card.tote == tote for card in person.view.mine))
    person.presses("unload")
    _until_seen(person, "the tote to set down", ZoneStep.UNLOAD)
    person.scans(tote, place)


@then(parsers.re(rf"{_NAME} sees (?P<here>\d) of (?P<of>\d) parts of (?P<tote>T-\S+) at (?P<lane>LANE-\d)"))
def parts_at(floor, name, here, of, tote, lane):
    person = floor.person(name)
    person.go("zone")
    wanted = (tote, int(here), int(of), lane)
    person.until(f"{wanted}", lambda: wanted in [(c.tote, c.parts_here, c.legs, c.lane) for c in person.view.mine])


@when(parsers.re(r"(?P<minutes>\d+) minutes pass on the way"))
def minutes_pass(floor, minutes):
    """Totes that were passed on have been on their way so long."""

    def do(w):
        ago = w.now - timedelta(minutes=int(minutes))
        w.db.execute(update(Job).where(Job.site_id == w.site, Job.passed_at.is_not(None)).values(passed_at=ago))

    floor.settle()
    floor.hall.act(do)


@then(parsers.re(r"the supervisor is told: (?P<kind>[a-z ]+)"))
def supervisor_told(floor, kind):
    """An exception is open now; whoever settles it is part of the scenario."""
    wanted = kind.replace(" ", "_")
    floor.books(lambda: wanted in floor.hall.loose_ends(), True, f"the supervisor's {kind}")


@when("the keeper of the floor makes a round")
def keeper(floor):
    floor.settle()
    keeper_meanwhile(floor)


@when("the keeper of the floor makes a round meanwhile")
def keeper_meanwhile(floor):
    for chore in CHORES:
        floor.hall.act(chore)


# --- waves ---


@given(parsers.re(r"(?P<number>O\S+) has to leave in (?P<minutes>\d+) minutes"))
def has_to_leave(floor, number, minutes):
    def do(w):
        order = w.db.get_one(Order, (w.site, number))
        order.cut_off = w.now + timedelta(minutes=int(minutes))
        w.touch("order", number)

    floor.hall.act(do)


@given(
    parsers.re(
        r"a wave of (?P<numbers>.+?) (?P<way>one by one|on one cart|for the put wall|from zone to zone|zone by zone)"
    )
)
def a_wave(floor, numbers, way):
    asked = MakeWaveRequest(name="by hand", method=METHODS[way], slots=8, orders=_words(numbers))
    done = floor.hall.act(lambda w: desk.make(w, asked))
    assert done.reason is None, done


@given(parsers.re(r"a template that (?P<what>.+)"))
def a_template(floor, what):
    problems = floor.hall.act(lambda w: desk.keep(w, TemplateRequest(template=TEMPLATES[what], dry_run=False)))
    assert problems == [], problems


@then(parsers.re(r"a template that (?P<what>.+?) is refused for: (?P<codes>.+)"))
def template_refused(floor, what, codes):
    problems = floor.hall.act(lambda w: desk.keep(w, TemplateRequest(template=TEMPLATES[what], dry_run=False)))
    same({one.code.replace("_", " ") for one in problems}, set(_words(codes)), "what is wrong with the template")


def _wave(floor):
    return floor.hall.ask(select(Wave).where(Wave.site_id == floor.hall.site).order_by(Wave.created_at))[0]


def _act(floor, what, numbers=""):
    if not floor.cut_off:
        floor.settle()
    wave = _wave(floor).id
    asked = WaveActRequest(wave=wave, act=what, orders=_words(numbers) if numbers else [])
    return floor.hall.act(lambda w: desk.act(w, asked))


@given(parsers.re(rf"the supervisor (?P<what>{'|'.join(ACTS)}) the wave"))
@when(parsers.re(rf"the supervisor (?P<what>{'|'.join(ACTS)}) the wave"))
def acts(floor, what):
    done = _act(floor, ACTS[what])
    assert done.reason is None, done


@when(parsers.re(r"the supervisor (?P<what>pulls|adds) (?P<numbers>O.+) (?:out of|to) the wave"))
def pulls(floor, what, numbers):
    done = _act(floor, WaveAct.PULL if what == "pulls" else WaveAct.ADD, numbers)
    assert done.reason is None, done


@then(parsers.re(rf"the supervisor who (?P<what>{'|'.join(ACTS)}) the wave is refused: (?P<why>.+)"))
def act_refused(floor, what, why):
    assert _act(floor, ACTS[what]).reason == why.replace(" ", "_")


@then(parsers.re(r"the wave is (?P<state>[a-z_]+)"))
def wave_is(floor, state):
    floor.books(lambda: _wave(floor).state.value, state, "the wave")


@then("there is no wave")
def no_wave(floor):
    floor.books(lambda: floor.hall.ask(select(Wave).where(Wave.site_id == floor.hall.site)), [], "waves")


@then(
    parsers.re(
        r"the plan has (?P<orders>\d+) orders? with (?P<units>\d+) units?(?:, leaves out (?P<out>O.+?))?(?: and says: (?P<says>.+))?"
    )
)
def plan_has(floor, orders, units, out, says):
    """`says`: every problem as its code and its words, such as `not enough stock O2 TEA 30`, in any order, with `;` between."""
    plan = floor.hall.ask(select(Wave).where(Wave.site_id == floor.hall.site))[0].plan
    found = {_problem(one) for one in plan["problems"]}
    wanted = (int(orders), int(units), _words(out) if out else [], set(says.split("; ")) if says else set())
    same((plan["orders"], plan["units"], plan["left_out"], found), wanted, "the plan")


def _problem(one):
    """How late it is depends on the time of the day of the test: no minutes are said."""
    words = [] if one["code"] == "too_late" else [str(word) for _, word in sorted(one["words"].items())]
    return " ".join([one["code"].replace("_", " "), *words])


@then(parsers.re(rf"{_NAME} gets no work"))
def gets_no_work(floor, name):
    person = floor.person(name)
    person.go("home")
    person.presses("next")
    person.was_told(code("no work"))


@then(parsers.re(r"(?P<n>\d+) picks? (?:is|are) free for anybody"))
def free_picks(floor, n):
    def asked():
        return sum(job.state is JobState.OPEN for job in floor.hall.jobs(JobKind.PICK))

    floor.books(asked, int(n), "picks that anybody may take")


# --- tasks on stock ---


@given(parsers.re(r"(?P<qty>\d+) (?P<sku>[A-Z]+) lies? at the dock"))
def at_the_dock(floor, qty, sku):
    floor.hall.act(lambda w: w.move(uuid4().hex, 0, sku, "", "supplier", "surplus:dock", int(qty)))


_TASK = (
    r"somebody is to (?P<kind>count|fill|put back|put away) (?:(?P<qty>\d+) )?(?P<sku>[A-Z]+)(?: from (?P<place>\S+))?"
    r" (?:in|to) (?P<to>\S+)"
)


@given(parsers.re(_TASK))
@when(parsers.re(_TASK))
def a_task(floor, kind, qty, sku, place, to):
    asked = Wanted(TASKS[kind], sku, place or to, int(qty or 0), to, "")
    _, why = floor.hall.act(lambda w: ask(w, asked))
    assert why is None, why


@when(parsers.re(rf"{_NAME} takes the task (?P<kind>count|fill|put back|put away) at (?P<place>\S+)"))
def takes_task(floor, name, kind, place):
    person = floor.person(name)
    person.go("tasks")
    wanted = (TASKS[kind].value, place)

    def mine():
        return [task for task in person.view.tasks if (task.kind, task.place) == wanted]

    if person.view.step is not TaskStep.LIST:
        person.presses("leave")
    person.until(f"the task {wanted}", mine)
    for _ in range(5):
        if person.view.step is TaskStep.LIST:
            person.presses(f"start:{mine()[0].job}")
    assert person.view.step is not TaskStep.LIST, person.story()
    floor.opened()


@when(parsers.re(rf"{_NAME} takes (?P<qty>\d+) by number"))
@when(parsers.re(rf"{_NAME} counts (?P<qty>\d+) by number"))
def by_number(floor, name, qty):
    person = floor.person(name)
    person.presses("number")
    _until_seen(person, "a number", TaskStep.NUMBER)
    person.presses(f"typed:{qty}")


@when(parsers.re(rf"{_NAME} cannot do it: (?P<reason>[a-z ]+)"))
def cannot(floor, name, reason):
    person = floor.person(name)
    person.presses("short")
    _until_seen(person, "the question why", TaskStep.SHORT)
    person.presses(f"short:{reason.replace(' ', '_')}")


@then(parsers.re(rf"the task asks {_NAME} for (?P<what>.+)"))
def task_asks(floor, name, what):
    _until_seen(floor.person(name), f"the task asking for {what}", TASK[what])


@then(parsers.re(rf"{_NAME} does not see what the books say"))
def is_blind(floor, name):
    view = floor.person(name).view
    assert (view.need, [task.qty for task in view.tasks if task.kind == "count"]) == (0, [0] * len(view.tasks))


@when(parsers.re(r"the supervisor (?P<what>believes the count|has it counted once more)"))
def decides(floor, what):
    floor.settle()

    def do(w):
        one = w.db.scalars(
            select(FloorException).where(FloorException.site_id == w.site, FloorException.kind == "recount_differs")
        ).one()
        return decide(w, one.id, believe=what == "believes the count")

    assert floor.hall.act(do) is None


@then(parsers.re(r"nothing lies at the dock"))
def dock_is_empty(floor):
    floor.books(lambda: floor.hall.holds("surplus:dock"), {}, "at the dock")


@when(parsers.re(rf"the supervisor takes back what {_NAME} has"))
def reclaims(floor, name):
    device = floor.people[name].device

    def do(w):
        shown = preview(w.db, w.site, device)
        return reclaim(w, device, shown.version, ReclaimReason.BATTERY_FLAT)[0]

    assert floor.hall.act(do)


@when(parsers.re(r"(?P<qty>\d+) (?P<sku>[A-Z]+) (?:is|are) brought to (?P<place>\S+)"))
def brought(floor, qty, sku, place):
    floor.hall.lay(place, sku, int(qty))


@then(parsers.re(r"what is left to be done is (?P<what>.+)"))
def all_that_is_left(floor, what):
    """Tasks and exceptions that are open, all of them: `count of A-02 and count_bin`."""
    floor.announced[:] = sorted(_words(what)) if what != "nothing" else []
    floor.books(floor.hall.loose_ends, floor.announced, "left to be done")
