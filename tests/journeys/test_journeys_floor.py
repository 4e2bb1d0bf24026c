"""A handheld goes dark with work in its hands; a supervisor at a real desk takes the work back over TCP; the handheld comes home with a
pick it made unheard and is told what to do with the goods."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.messages import Code
from app.core.scan import ScanInput
from app.core.views import LinkStatus, PickView
from oms.catalog.models import ItemCode
from oms.feed.models import Lease
from oms.floor.models import Contact
from oms.orders.models import Order, OrderLine
from oms.people.models import Audit, Device, Worker
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import need
from oms.picking.models import Job, WorkItem
from sync.contract.board import BoardTab, DeviceState, WaitsFor
from sync.contract.codes import JobKind, JobState, OrderState

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]
LONGEST_MS = 20_000
CODES = {"TEA": "4006381333931", "CUP": "4006381333948"}


@pytest.fixture
def warehouse(served):
    house, _ = served

    def codes(w):
        for sku, code in CODES.items():
            w.db.add(ItemCode(site_id=w.site, sku=sku, code=code, qty=1))
            w.touch("item", sku)

    house.act(codes)
    return house


@pytest.fixture
def places(hands):
    """Opens real clients."""
    return lambda name, **options: hands(name, **options).client


@pytest.fixture
def until(qtbot):
    return lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=LONGEST_MS)


def scan(client, text):
    client.shell.on_scan(ScanInput(text, client.clock.mono()))


def sign_in(client, until):
    until(lambda: client.shell.screen_name() == "signin" and client.centre.online())
    scan(client, "B-1")
    until(lambda: client.shell.screen_name() not in ("", "signin"))


def pick_to(client, until, *texts):
    """Scans, each when the one before has its answer."""
    for text in texts:
        before = client.shell.answered()
        scan(client, text)
        until(lambda before=before: client.shell.answered() > before)


def go_dark(warehouse, device, minutes=9):
    """The server has not heard of the device for so long."""

    def do(w):
        ago = w.now - timedelta(minutes=minutes)
        w.db.execute(update(Device).where(Device.id == device).values(last_seen=ago))
        w.db.execute(update(Contact).where(Contact.device_id == device).values(seen_at=ago))

    warehouse.act(do)


def test_a_dark_handhelds_work_is_taken_back_from_the_desk_and_its_late_pick_is_put_back(warehouse, places, until):
    warehouse.order("50231", ("TEA", 2), ("CUP", 1))
    handheld = places("Handheld 7")
    sign_in(handheld, until)
    until(lambda: getattr(handheld.shell.service_view(), "jobs", ()))
    handheld.shell.press("next")
    until(lambda: handheld.shell.screen_name() == "pick")
    pick_to(handheld, until, "T-0417", "A-01", CODES["TEA"])
    until(lambda: [i.qty_done for i in warehouse.ask(select(WorkItem).where(WorkItem.sku == "TEA"))] == [1])
    device = warehouse.ask(select(Lease.device))[0]

    # Its radio dies; the picker goes on and picks the second TEA unheard.
    handheld.sync.stop()
    pick_to(handheld, until, CODES["TEA"])
    view = handheld.shell.service_view()
    assert isinstance(view, PickView)
    assert view.lines_done == 1
    handheld.stop()
    go_dark(warehouse, device)

    desk = places("Desk", desk=True)
    sign_in(desk, until)
    desk.shell.press("home")
    until(lambda: "floor" in getattr(desk.shell.service_view(), "doors", ()))
    desk.shell.press("door:floor")
    until(lambda: desk.shell.screen_name() == "floor" and any(row.jobs for row in rows(desk)))
    dark = rows(desk)[0]
    assert (dark.label, dark.state, dark.person, dark.jobs[0].tote) == (
        "Handheld 7", DeviceState.DARK, "Ada", "T-0417",
    )  # fmt: skip
    assert "Handheld 7" in words(desk)

    desk.shell.press(f"row:{dark.id}")
    until(lambda: desk.shell.presenter.state().current is not None)
    desk.shell.press("reclaim")
    until(lambda: desk.shell.presenter.state().panel.kind == "reclaim")
    shown = desk.shell.presenter.state().panel.preview
    assert (shown.lines_back, shown.lines_begun, shown.units_picked, shown.units_open) == (2, 1, 1, 2)
    assert [(tote.tote, tote.units, tote.bin) for tote in shown.totes] == [("T-0417", 1, "A-01")]
    desk.shell.press("go_on")
    desk.shell.press("reason:battery_flat")
    until(lambda: not any(row.jobs for row in rows(desk)))
    assert warehouse.ask(select(Lease.id).where(Lease.ended_at.is_(None))) == []
    [entry] = warehouse.ask(select(Audit).where(Audit.what == "floor.reclaimed"))
    assert entry.words["reason"] == "battery_flat"
    assert entry.words["from_device"] == device
    ada, here = warehouse.ask(select(Worker.id))[0], warehouse.ask(select(Device.id).where(Device.label == "Desk"))[0]
    assert (entry.worker_id, entry.device) == (ada, here)

    # It comes home: the pick it made unheard counts for nobody, and the person is told to put it back.
    again = places("Handheld 7", paired=True)
    until(lambda: again.shell.notices is not None and again.shell.notices.first is not None)
    notice = again.shell.notices.first
    assert notice.code is Code.PUT_BACK
    assert (notice.words["qty"], notice.words["bin"]) == (1, "A-01")
    with again.store.look() as u:
        held = u.leases.held()
    assert [lease for lease in held if not lease.started] == []
    kinds = sorted(one.kind for one in warehouse.exceptions())
    assert kinds == ["find_tote", "put_back"]

    # The board shows both to the supervisor, and settles them.
    desk.shell.press(f"tab:{BoardTab.EXCEPTIONS}")
    until(lambda: {row.kind for row in rows(desk)} == {"find_tote", "put_back"})
    found = next(row for row in rows(desk) if row.kind == "find_tote")
    desk.shell.press(f"row:{found.id}")
    until(lambda: getattr(desk.shell.presenter.state().current, "id", "") == found.id)
    desk.shell.press("settle")
    desk.shell.press("settle:done")
    until(lambda: {row.kind for row in rows(desk)} == {"put_back"})
    desk.shell.press("undo")
    until(lambda: {row.kind for row in rows(desk)} == {"find_tote", "put_back"})
    warehouse.check()


def test_without_the_centre_nothing_is_taken_back_and_the_desk_says_why(warehouse, places, until):
    warehouse.order("50231", ("TEA", 2))
    desk = places("Desk", desk=True)
    sign_in(desk, until)
    desk.shell.go("floor")
    until(lambda: rows(desk))
    desk.sync.stop()
    desk.shell.on_link(LinkStatus(online=False, since_s=5, waiting=0, oldest_s=None, data_age_s=5))
    state = desk.shell.presenter.state()
    assert state.frame.prompt.code is Code.NEEDS_CENTRE
    assert not any(act.enabled for act in state.acts)
    # What was known stays in sight, and says that it is not fresh.
    assert rows(desk)
    assert not state.fresh


def rows(desk):
    return list(getattr(desk.shell.service_view(), "rows", ()))


def words(desk):
    model = desk.shell._views["floor"].model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_the_boards_jobs_are_kept_for_somebody_and_go_first(warehouse, places, until):
    jobs = [warehouse.order(f"5023{n}", ("TEA", 1)) for n in range(3)]
    desk = places("Desk", desk=True)
    sign_in(desk, until)
    desk.shell.go("floor")
    desk.shell.press("tab:jobs")
    until(lambda: len(rows(desk)) == 3)
    last = next(row for row in rows(desk) if row.id == jobs[2])
    desk.shell.press(f"row:{last.id}")
    until(lambda: getattr(desk.shell.presenter.state().current, "id", "") == last.id)
    desk.shell.press("first")
    until(lambda: rows(desk)[0].id == last.id and rows(desk)[0].priority == 1)
    desk.shell.press("undo")
    until(lambda: {row.priority for row in rows(desk)} == {3})

    # A new handheld gets the job that is kept for it, not the most urgent.
    handheld = places("Handheld 1")
    until(lambda: handheld.centre.online())
    desk.shell.press("give")
    until(lambda: any(option.text == "Handheld 1" for option in desk.shell.presenter.state().panel.options))
    mine = next(o for o in desk.shell.presenter.state().panel.options if o.text == "Handheld 1")
    desk.shell.press(mine.intent)
    until(lambda: any(row.kept_for == "Handheld 1" for row in rows(desk)))
    sign_in(handheld, until)
    until(lambda: warehouse.ask(select(Lease.job)))
    assert warehouse.ask(select(Lease.job).order_by(Lease.granted_at).limit(1)) == [last.id]
    until(lambda: any(row.device == "Handheld 1" and row.person == "Ada" for row in rows(desk)))


def test_the_search_narrows_while_it_is_typed(warehouse, places, until, qtbot):
    for n in range(3):
        warehouse.order(f"5023{n}", ("TEA", 1))
    desk = places("Desk", desk=True)
    sign_in(desk, until)
    desk.shell.go("floor")
    desk.shell.press("tab:jobs")
    until(lambda: len(rows(desk)) == 3)
    desk.shell.press("find")
    qtbot.keyClicks(desk.shell._views["floor"].search, "50231")
    until(lambda: [row.orders for row in rows(desk)] == [["50231"]])


def free_orders(warehouse, *numbers):
    """Orders that nobody has released."""

    def do(w):
        for number in numbers:
            w.db.add(Order(site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada"))
            w.db.flush()
            w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=1, sku="TEA", qty=2))
            w.touch("order", number)

    warehouse.act(do)


def test_a_wave_is_made_planned_let_go_and_one_order_pulled_out_from_the_desk(warehouse, places, until):
    free_orders(warehouse, "50231", "50232", "50233")
    desk = places("Desk", desk=True)
    sign_in(desk, until)
    desk.shell.go("floor")

    def state():
        return desk.shell.presenter.state()

    desk.shell.press("tab:planned")
    desk.shell.press("search:50231 50232")
    desk.shell.press("new_wave")
    until(lambda: state().panel.kind == "new_wave")
    desk.shell.press("of_orders:cluster")
    until(lambda: state().current is not None and state().current.orders == ["50231", "50232"])
    desk.shell.press("wave:plan")
    until(lambda: state().current.state == "planned")
    assert (state().current.plan.units, [zone.zone for zone in state().current.plan.zones]) == (4, ["A"])

    # Its work is made and waits.
    desk.shell.press("tab:jobs")
    until(lambda: [row.waits_for for row in rows(desk)] == [WaitsFor.WAVE])
    desk.shell.press("tab:planned")
    until(lambda: state().current is not None)
    desk.shell.press("wave:release")
    until(lambda: state().current.state == "released")
    [job] = warehouse.ask(select(Job).where(Job.kind == JobKind.PICK))
    assert job.state is JobState.OPEN
    desk.shell.press("wave:pull")
    until(lambda: state().panel.kind == "wave_pull")
    desk.shell.press("wave_pull:50232")
    until(lambda: state().current.orders == ["50231"])
    desk.shell.press("wave:cancel")
    until(lambda: state().panel.kind == "wave_cancel")
    desk.shell.press("wave_cancel")
    until(lambda: rows(desk) == [])
    states = {order.number: order.state for order in warehouse.ask(select(Order))}
    assert states == {"50231": OrderState.OPEN, "50232": OrderState.RELEASED, "50233": OrderState.OPEN}
    warehouse.check()


def test_a_count_that_differs_is_done_once_more_when_the_supervisor_says_so(warehouse, places, until):
    words = {"bin": "A-01", "sku": "TEA", "n": -7, "count": "op-1"}
    warehouse.act(lambda w: need(w, ExceptionKind.RECOUNT_DIFFERS, words))
    desk = places("Desk", desk=True)
    sign_in(desk, until)
    desk.shell.go("floor")
    desk.shell.press("tab:exceptions")
    until(lambda: [row.kind for row in rows(desk)] == ["recount_differs"])
    desk.shell.press(f"row:{rows(desk)[0].id}")
    until(lambda: desk.shell.presenter.state().current is not None)
    desk.shell.press("recount")
    until(lambda: rows(desk) == [])
    [job] = warehouse.ask(select(Job))
    assert (job.kind, job.state) == (JobKind.COUNT, JobState.OPEN)
