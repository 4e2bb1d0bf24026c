"""A running wave on a real database: which orders will miss the truck, since when, and the moves a supervisor does by one tap."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.api.app import make_app
from oms.foresight import actions as rescuing
from oms.foresight.foreseeing import foresee
from oms.orders.models import Order
from oms.people.actions import add_worker
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import Audit
from oms.picking.models import Job
from oms.shipping.carriers.models import RateTable
from oms.shipping.carriers.tables import Step, Table, Zone
from oms.waves import actions, desk
from oms.waves.models import Wave, WaveOrder
from sync.contract.codes import Method, OrderState, Role
from sync.contract.rescue import MoveKind, RescueActReply, RescueActRequest, RescueReply
from sync.contract.waves import MakeWaveRequest, WaveAct

RUNS = 20


def soon(minutes):
    return datetime.now(UTC) + timedelta(minutes=minutes)


@pytest.fixture
def wave(floor):
    """Three orders, a trip each; the last, of one unit, has the next truck."""
    floor.stock("A-01", "TEA", 50).stock("A-02", "CUP", 50)
    for number, units, minutes in (("O1", 8, 600), ("O2", 8, 600), ("O3", 1, 4)):
        lines = [("TEA", units), ("CUP", units)] if units > 1 else [("TEA", 1)]
        # Urgent by its truck only: everything else goes before it.
        floor.order(
            number, *lines, cut_off=soon(minutes), priority=5 if units == 1 else 1, carrier="ACME", service="DAY"
        )
    made = floor.act(
        lambda w: desk.make(w, MakeWaveRequest(orders=["O1", "O2", "O3"], name="noon", method=Method.SINGLE))
    ).wave
    for what in (WaveAct.PLAN, WaveAct.RELEASE):
        assert floor.act(lambda w, what=what: actions.act(w, made, what, [])).reason is None
    return made


def seen(floor, wave):
    found, reason = foresee(floor.oms.sessions, floor.site, wave, RUNS)
    assert (reason, found is not None) == ("", True)
    return found


def do(floor, wave, move, *orders, service=""):
    return floor.act(lambda w: rescuing.do(w, wave, move, list(orders), service))


def begun_ago(floor, wave, minutes):
    """The wave was let go so long ago."""
    floor.act(
        lambda w: w.db.execute(
            update(Wave).where(Wave.id == wave).values(released_at=w.now - timedelta(minutes=minutes))
        )
    )


def today_until_late():
    """A carrier's service that leaves long after now, on the same day where it is."""
    hours = 6 - datetime.now(UTC).hour
    hours += 24 if hours < -12 else 0
    name = f"Etc/GMT{-hours:+d}" if hours else "UTC"
    return Table(
        carrier="ACME", service="NIGHT", zones=[Zone(country="NL", zone="1", days=1)],
        steps=[Step(zone="1", up_to_g=30_000, price=Decimal(9))], leaves="1234567", arrives="1234567",
        cut_off="23:00", time_zone=name,
    )  # fmt: skip


def with_table(floor, table):
    body = msgspec.to_builtins(table)
    floor.act(
        lambda w: w.db.add(
            RateTable(
                site_id=w.site, carrier=table.carrier, service=table.service, valid_from=date(2020, 1, 1), body=body
            )
        )
    )


def test_the_order_behind_the_others_is_late_and_pulling_it_out_saves_it(floor, wave):
    found = seen(floor, wave)
    [late] = found.late
    assert (late.order, late.percent > 50, late.stops_left, late.units_left) == ("O3", True, 1, 1)
    assert late.cut_off < late.ready <= late.ready_late
    assert found.people == 1
    pull = next(move for move in found.moves if move.kind is MoveKind.PULL)
    assert (pull.orders, pull.saved, pull.endangered) == (["O3"], ["O3"], [])
    assert pull.late_after < pull.late_before


def test_what_is_in_hand_is_said_with_who_has_it_and_what_is_picked_is_not_left(floor, wave):
    picker = floor.device()
    picker.claim()
    [job] = floor.ask(select(Job).where(Job.wave_id == wave, Job.holder == picker.id))
    items = floor.items_of(job.id)
    number = items[0].order_no

    def late_and_with_bo(w):
        w.db.execute(update(Order).where(Order.site_id == w.site, Order.number == number).values(cut_off=w.now))
        bo = add_worker(w, "7", "Bo", [Role.PICKER])
        w.db.execute(update(Job).where(Job.id == job.id).values(worker_id=bo.id))

    floor.act(late_and_with_bo)

    def left():
        late = {one.order: one for one in seen(floor, wave).late}
        assert late["O3"].with_people == []
        return late[number].stops_left, late[number].units_left, late[number].with_people

    assert left() == (2, 16, ["Bo"])
    picker.pick(items[0], 3)
    assert left() == (2, 13, ["Bo"])
    picker.pick(items[0], items[0].qty_req - 3)
    assert left() == (1, 8, ["Bo"])


def test_it_became_likely_when_rehearsals_of_that_moment_first_said_so(floor, wave):
    begun_ago(floor, wave, 30)
    # Half an hour ago the truck was half an hour further away.
    [late] = seen(floor, wave).late
    assert late.likely_since is not None
    released = floor.ask(select(Wave.released_at).where(Wave.id == wave))[0].strftime("%Y-%m-%dT%H:%M")
    assert released < late.likely_since <= seen(floor, wave).at


def test_pulled_out_by_one_tap_it_is_picked_first(floor, wave):
    assert do(floor, wave, MoveKind.PULL, "O3").done == ["O3"]
    assert [late.order for late in seen(floor, wave).late] == []
    picker = floor.device()
    picker.claim()
    [job] = floor.ask(select(Job).where(Job.holder == picker.id))
    assert [item.order_no for item in floor.items_of(job.id)] == ["O3"]
    floor.check()
    floor.check_feed()


def test_left_for_the_next_truck_it_is_open_again_and_audited(floor, wave):
    assert do(floor, wave, MoveKind.DROP, "O3", "O9") == rescuing.Moved(["O3"], {"O9": "orders_not_in_wave"})
    assert floor.order_of("O3").state is OrderState.OPEN
    assert floor.ask(select(WaveOrder.order_no).where(WaveOrder.wave_id == wave, WaveOrder.left_at.is_(None))) == [
        "O1",
        "O2",
    ]
    [entry] = floor.ask(select(Audit).where(Audit.site_id == floor.site, Audit.what == "rescue.drop"))
    assert entry.words["order"] == "O3"
    floor.check()
    floor.check_feed()


def test_another_service_of_its_carrier_that_leaves_later_is_offered_and_taken(floor, wave):
    with_table(floor, today_until_late())
    move = next(move for move in seen(floor, wave).moves if move.kind is MoveKind.SERVICE)
    assert (move.orders, move.to_service, move.saved) == (["O3"], "NIGHT", ["O3"])
    assert do(floor, wave, MoveKind.SERVICE, "O3", service="NIGHT").done == ["O3"]
    order = floor.order_of("O3")
    assert (order.service, order.cut_off > soon(120)) == ("NIGHT", True)
    assert seen(floor, wave).late == []
    assert do(floor, wave, MoveKind.SERVICE, "O3", service="NIGHT").refused == {"O3": "no_later_service"}
    floor.check_feed()


@pytest.mark.parametrize(
    ("move", "code"),
    [(MoveKind.BORROW, "only_advice"), (MoveKind.SERVICE, "no_later_service")],
    ids=["borrow", "service"],
)
def test_what_cannot_be_done_is_refused_with_a_code(floor, wave, move, code):
    assert do(floor, wave, move, "O3", service="NONE").refused == {"O3": code}


def test_a_wave_that_does_not_run_has_nothing_to_rescue(floor, wave):
    floor.act(lambda w: actions.act(w, wave, WaveAct.PAUSE, []))
    assert foresee(floor.oms.sessions, floor.site, wave, RUNS) == (None, "not_in_this_state")
    assert do(floor, wave, MoveKind.DROP, "O3").refused == {"O3": "not_in_this_state"}
    assert foresee(floor.oms.sessions, floor.site, "none", RUNS) == (None, "unknown_wave")
    assert do(floor, "none", MoveKind.DROP, "O3") is None


@pytest.mark.parametrize("method", [Method.CLUSTER, Method.WALL, Method.LEGS, Method.ZONES], ids=str)
def test_every_way_of_picking_is_foreseen(floor, method):
    for number in ("O1", "O2"):
        floor.order(number, ("TEA", 3), ("CUP", 2), cut_off=soon(1))
    made = floor.act(lambda w: desk.make(w, MakeWaveRequest(orders=["O1", "O2"], name="any", method=method))).wave
    for what in (WaveAct.PLAN, WaveAct.RELEASE):
        assert floor.act(lambda w, what=what: actions.act(w, made, what, [])).reason is None
    found = seen(floor, made)
    assert {late.order for late in found.late} == {"O1", "O2"}
    assert found.picked <= found.packed
    assert MoveKind.DROP not in {
        move.kind for move in found.moves if not move.saved and move.late_after >= move.late_before
    }


def test_every_move_on_the_wire_is_one_of_the_kinds():
    asked = msgspec.json.decode(b'{"wave":"w","move":"drop","orders":["O1"]}', type=RescueActRequest)
    assert (asked.move, asked.session, asked.to_service) == (MoveKind.DROP, "", "")
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"wave":"w","move":"sink","orders":[]}', type=RescueActRequest)


def test_over_the_wire_it_is_asked_and_done(floor, wave):
    key = new_key()
    floor.act(lambda w: add_key(w, key, "desk", [Scope.ORDERS]))
    mine = {"Authorization": f"Bearer {key}"}
    with TestClient(make_app(replace(floor.oms, site=floor.site), asyncio.Event(), ["h:1"])) as client:

        def post(path, body, reply):
            answer = client.post(path, json=body, headers=mine)
            assert answer.status_code == 200, answer.text
            return msgspec.json.decode(answer.content, type=reply)

        found = post("/v1/waves/rescue", {"wave": wave}, RescueReply)
        assert ([late.order for late in found.rescue.late], found.reason) == (["O3"], None)
        done = post("/v1/waves/rescue/act", {"wave": wave, "move": "drop", "orders": ["O3", "O9"]}, RescueActReply)
        assert (done.done, done.refused) == (["O3"], {"O9": "orders_not_in_wave"})
        assert post("/v1/waves/rescue", {"wave": wave}, RescueReply).rescue.late == []
        assert client.post("/v1/waves/rescue", json={"wave": "none\x00"}, headers=mine).status_code == 404
