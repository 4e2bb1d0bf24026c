"""Tasks on stock through the service on a real store: the list, counts, moves, and what is there after a restart."""

import msgspec
import pytest

from app.core.messages import Code
from app.core.views_work import TaskStep
from app.services.tasks import TaskService
from sync.contract.codes import BinKind, JobKind, JobState, ShortReason, WorkState
from sync.contract.rows import BinRow, JobRow, WorkRow

CUP, CASE, TEA, MILK = "4006381333931", "14006381333938", "5000000000012", "5000000000029"


class Tasks:
    """Tasks beside the floor of a test."""

    def __init__(self, floor, reader):
        self.floor, self.reader = floor, reader
        floor.pull(BinRow(id="R-1", zone="R", kind=BinKind.RESERVE, seq=70))

    @property
    def service(self):
        if getattr(self, "_of", None) is not self.floor.store:
            self._of = self.floor.store
            self._service = TaskService(self.floor.store, self.reader, self.floor.clock, self.floor.centre)
        return self._service

    def task(self, job, kind, place, sku="CUP", qty=0, to=None, lease=True, priority=3, **more):
        work = WorkRow(id=f"{job}-w1", job=job, kind=kind, order="", sku=sku, qty_req=qty, qty_done=0,
                       state=WorkState.LEASED if lease else WorkState.OPEN, seq=1, from_bin=place, to_place=to, **more)  # fmt: skip
        row = JobRow(
            id=job, kind=kind, method="task", state=JobState.OPEN, priority=priority, orders=[], lines=1, units=qty
        )
        self.floor.pull(row, work)
        if lease:
            self.floor.lease(job, work.id)
        return row, work

    def scan(self, *texts):
        return self.floor.scans(*texts, service=self.service)


@pytest.fixture
def tasks(floor, reader):
    floor.person("picker")
    return Tasks(floor, reader)


def test_the_list_shows_no_quantity_of_a_count(tasks):
    tasks.task("c1", JobKind.COUNT, "B-1", lease=False)
    tasks.task("r1", JobKind.REPLENISH, "R-1", qty=12, to="B-2", priority=1)
    tasks.task("p1", JobKind.PUT_BACK, "tote:T-66", sku="TEA", qty=2, to="B-3")
    cards = tasks.service.view().view.tasks
    assert [(c.job, c.kind, c.place, c.to, c.qty, c.urgent, c.mine) for c in cards] == [
        ("r1", "replenish", "R-1", "B-2", 12, True, True),
        ("p1", "put_back", "T-66", "B-3", 2, False, True),
        ("c1", "count", "B-1", None, 0, False, False),
    ]


def test_a_pick_face_is_filled(tasks, floor):
    tasks.task("r1", JobKind.REPLENISH, "R-1", qty=12, to="B-2")
    opened = tasks.service.start_next()
    assert (opened.state, opened.view.place, opened.view.to, opened.view.need) == (TaskStep.FROM, "R-1", "B-2", 12)
    assert tasks.scan("B-2").message.code is Code.WRONG_BIN
    assert tasks.scan("R-1", CASE).view.hand == 6
    assert tasks.service.ask_number().state == TaskStep.NUMBER
    assert tasks.service.number(12).state == TaskStep.TO
    done = tasks.scan("B-2")
    assert (done.state, done.message.code) == (TaskStep.DONE, Code.GOODS_MOVED)
    assert floor.facts("move.confirm") == [{
        "job": "r1", "sku": "CUP", "qty": 12, "from_account": "bin:R-1", "to_account": "bin:B-2", "lot": None, "serial": None,
        "scan": "B-2",
    }]  # fmt: skip
    assert tasks.service.view().state == TaskStep.LIST
    assert tasks.service.view().view.tasks == ()


@pytest.mark.parametrize("leaves", [False, True])
def test_a_finished_task_can_be_taken_back_until_the_next(tasks, floor, leaves):
    tasks.task("r1", JobKind.REPLENISH, "R-1", qty=6, to="B-2")
    assert tasks.scan("R-1", CASE, "B-2").view.can_undo
    if leaves:
        assert tasks.service.leave().view.can_undo
    assert tasks.scan("FH:UNDO").message.words == {"n": 6, "bin": "R-1"}
    assert floor.facts("move.undo") == [{
        "job": "r1", "sku": "CUP", "qty": 6, "from_account": "bin:R-1", "to_account": "bin:B-2", "lot": None, "serial": None,
    }]  # fmt: skip
    assert tasks.service.undo().message.code is Code.NOTHING_TO_UNDO
    assert not tasks.service.view().view.can_undo
    tasks.task("p1", JobKind.PUT_BACK, "tote:T-66", qty=1, to="B-3")
    tasks.scan("T-66", CUP, "B-3")
    tasks.service.start("nothing")
    assert tasks.service.undo().message.code is Code.NOTHING_TO_UNDO


def test_it_goes_on_after_the_power_was_gone(tasks, floor):
    tasks.task("r1", JobKind.REPLENISH, "R-1", qty=3, to="B-2")
    tasks.scan("R-1", CUP)
    floor.restart()
    back = tasks.service.view()
    assert (back.state, back.view.hand, back.view.confirmed) == (TaskStep.ITEM, 1, True)
    assert tasks.scan("B-2").message.words == {"n": 1, "bin": "B-2"}
    with floor.store.unit() as u:
        u.flows.keep("r1", "task", 99, b"{}")
    assert tasks.service.view().view.need - tasks.service.view().view.done == 2


def test_the_label_a_task_begins_at_opens_it_and_counts(tasks):
    tasks.task("c1", JobKind.COUNT, "B-1")
    opened = tasks.scan("B-1")
    assert (opened.state, opened.message.code) == (TaskStep.COUNT, Code.BIN_RIGHT)
    tasks.service.leave()
    tasks.task("p1", JobKind.PUT_BACK, "tote:T-66", sku="TEA", qty=2, to="B-3")
    assert tasks.scan("T-66").state == TaskStep.ITEM
    tasks.service.leave()
    assert tasks.scan(TEA).view.job == "p1"
    tasks.service.leave()
    assert tasks.scan("4711").message.code is Code.UNKNOWN_CODE
    assert tasks.scan("B-4").message.code is Code.NOT_NOW


def test_goods_in_somebodys_hands_are_brought_back(tasks, floor):
    tasks.task("p1", JobKind.PUT_BACK, "surplus:dev-1", qty=2, to="B-1")
    opened = tasks.service.start("p1")
    assert (opened.state, opened.view.place) == (TaskStep.ITEM, None)
    done = tasks.scan(CUP, CUP, "B-1")
    assert done.state == TaskStep.DONE
    assert floor.facts("move.confirm")[0]["from_account"] == "surplus:dev-1"


def test_goods_without_a_place_go_into_any_stock_bin(tasks, floor):
    tasks.task("a1", JobKind.PUT_AWAY, "tote:T-5", qty=1)
    tasks.scan("T-5", CUP)
    assert tasks.scan("LANE-1").message.code is Code.NOT_NOW
    assert tasks.scan("R-1").state == TaskStep.DONE
    assert floor.facts("move.confirm")[0]["to_account"] == "bin:R-1"


def test_a_bin_is_counted_blind(tasks, floor):
    tasks.task("c1", JobKind.COUNT, "B-1")
    view = tasks.scan("B-1").view
    assert (view.need, view.done, view.tallies, view.item.name, view.can_empty) == (0, 0, (), "Cup", True)
    counted = tasks.scan(CUP, CASE, TEA).view
    assert [(t.item.sku, t.qty, t.current) for t in counted.tallies] == [("TEA", 1, True), ("CUP", 7, False)]
    assert tasks.service.undo().view.done == 7
    done = tasks.service.finish()
    assert (done.state, done.message.words) == (TaskStep.DONE, {"bin": "B-1"})
    assert floor.facts("count.observed") == [{"job": "c1", "bin": "B-1", "sku": "CUP", "qty": 7, "lot": None}]
    assert tasks.service.view().view.tasks == ()


def test_lots_are_asked_for_and_history_wants_two_counts(tasks, floor):
    tasks.task("c1", JobKind.COUNT, "B-1", sku="MILK", lot="L1", careful=True)
    tasks.scan("B-1")
    assert tasks.scan(MILK).message.code is Code.SCAN_LOT
    assert tasks.scan("L1").view.tallies[0].item.lot == "L1"
    again = tasks.service.finish()
    assert (again.message.code, again.view.round, again.view.done) == (Code.COUNT_AGAIN, 2, 0)
    tasks.service.ask_number()
    assert tasks.service.cancel().state == TaskStep.COUNT
    assert tasks.service.empty().message.code is Code.COUNTS_DIFFER
    assert tasks.service.empty().state == TaskStep.DONE
    assert floor.facts("count.observed")[0]["qty"] == 0


def test_what_cannot_be_done_has_a_reason(tasks, floor):
    tasks.task("r1", JobKind.REPLENISH, "R-1", qty=3, to="B-2")
    tasks.service.start("r1")
    assert tasks.service.ask_short().state == TaskStep.SHORT
    assert tasks.service.cancel().state == TaskStep.FROM
    tasks.service.ask_short()
    assert tasks.service.short(ShortReason.NOT_FOUND).state == TaskStep.DONE
    assert floor.facts("task.short")[0]["missing"] == 3
    tasks.task("r2", JobKind.REPLENISH, "R-1", qty=1, to="B-2")
    tasks.service.start("r2")
    assert tasks.scan("FH:SHORT:DAMAGED").state == TaskStep.DONE


@pytest.mark.parametrize(
    ("card", "state"),
    [("FH:UNDO", TaskStep.ITEM), ("FH:OK", TaskStep.ITEM), ("FH:SKIP", TaskStep.ITEM), ("FH:SHORT", TaskStep.SHORT),
     ("FH:BACK", TaskStep.LIST)],
)  # fmt: skip
def test_command_cards(tasks, card, state):
    tasks.task("r1", JobKind.REPLENISH, "R-1", qty=3, to="B-2")
    tasks.scan("R-1")
    assert tasks.scan(card).state == state


def test_a_task_nobody_holds_is_asked_for(tasks, floor):
    tasks.task("c1", JobKind.COUNT, "B-1", lease=False)
    assert tasks.service.start("c1").message.code is Code.TASK_GONE
    assert tasks.service.start_next().message.code is Code.NO_WORK_OFFLINE
    floor.centre.answers["claim_job"] = floor.claim_reply([], reason="taken", holder="Bo")
    assert tasks.service.start("c1").message.code is Code.TAKEN_BY
    floor.centre.answers["claim_job"] = floor.claim_reply([], reason="own_count")
    assert tasks.service.start("c1").message.code is Code.OWN_COUNT
    floor.centre.answers["claim_job"] = lambda job: floor.claim_reply(floor.lease(job, f"{job}-w1"))
    assert tasks.service.start_next().state == TaskStep.BIN


def test_called_off_while_in_hand(tasks, floor):
    _, work = tasks.task("r1", JobKind.REPLENISH, "R-1", qty=3, to="B-2")
    tasks.scan("R-1", CUP)
    floor.pull(msgspec.structs.replace(work, state=WorkState.CANCELLED))
    assert tasks.scan(CUP).message.code is Code.TASK_GONE
    assert tasks.service.acknowledge().view.hand == 1


def test_signing_out_puts_the_task_down(tasks, floor):
    tasks.task("r1", JobKind.REPLENISH, "R-1", qty=3, to="B-2")
    tasks.scan("R-1", CUP)
    floor.sign_in.sign_out()
    assert tasks.service.view().state == TaskStep.LIST


def test_home_counts_what_waits_behind_its_doors(tasks, floor):
    tasks.task("c1", JobKind.COUNT, "B-1", lease=False)
    tasks.task("r1", JobKind.REPLENISH, "R-1", qty=12, to="B-2")
    picker = floor.home.view(floor.person("picker")).view
    assert picker.doors == ("pick", "zone", "tasks", "wall", "returns", "reports", "settings")
    assert picker.counts == {"tasks": 2, "wall": 0}
    packer = floor.home.view(floor.person("packer")).view
    assert (packer.doors, packer.counts) == (("pack", "wall", "load", "returns", "reports", "settings"), {"wall": 0})
