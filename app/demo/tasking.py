"""What people of the demonstration do about stock when the orders are out: goods go back to their bins, and bins are counted."""

from app.core.views_work import TaskCard, TaskStep, TaskView
from app.demo.people import Seat, Shift, scan
from app.demo.stage import Acting, pause
from sync.contract.codes import JobKind

#: What the supervisor calls when the last order is out: everything goes back first, then bins are counted.
PUT_BACK, COUNT = "all_out", "all_back"


class Stockkeeper:
    """One person with a handheld and the list of tasks."""

    def __init__(self, seat: Seat, shift: Shift) -> None:
        self._seat = seat
        self._world = shift.world
        #: Bins this person has counted: who doubts that count asks somebody else.
        self._counted: set[str] = set()

    @property
    def called(self) -> bool:
        """Whether the supervisor has said that the orders are out."""
        return self._world.tally(PUT_BACK) > 0

    def step(self) -> Acting:
        """The one thing to do now."""
        view = self._seat.view()
        if self._seat.screen() != "tasks":
            self._seat.press("door:tasks" if self._seat.screen() == "home" else "leave")
            yield pause(0.3)
        elif not isinstance(view, TaskView):
            yield pause(0.1)
        elif self._seat.refusal() is not None:
            self._seat.press("ok")
            if view.step is not TaskStep.LIST:
                self._seat.press("leave")
            yield pause(0.3)
        elif view.step is TaskStep.LIST:
            yield from self._choose(view)
        else:
            yield from _ACTS[view.step](self, view)

    def _choose(self, view: TaskView) -> Acting:
        task = next((task for task in view.tasks if self._mine(task)), None)
        if task:
            self._seat.press(f"start:{task.job}")
        yield pause(0.3)

    def _mine(self, task: TaskCard) -> bool:
        if task.kind != JobKind.COUNT:
            return True
        return self._world.tally(COUNT) > 0 and task.place not in self._counted

    def _bin(self, view: TaskView) -> Acting:
        yield from scan(self._seat, view.place or "")

    def _count(self, view: TaskView) -> Acting:
        """Each item once under the scanner, its number typed."""
        goods = self._world.goods(view.place or "")
        told = {tally.item.sku: tally.qty for tally in view.tallies}
        todo = next((sku for sku in goods if told.get(sku) != goods[sku]), None)
        if todo is None:
            self._counted.add(view.place or "")
            self._seat.press("finish" if view.can_finish else "empty")
        else:
            yield from scan(self._seat, self._world.articles[todo].barcode)
            self._seat.press("number")
        yield pause(0.2)

    def _number(self, view: TaskView) -> Acting:
        assert view.place
        assert view.item
        self._seat.press(f"typed:{self._world.goods(view.place)[view.item.sku]}")
        yield pause(0.2)

    def _unit(self, view: TaskView) -> Acting:
        """A unit out of where it lies now, into the hand."""
        assert view.item
        if self._world.goods(view.place or "")[view.item.sku] <= view.hand:
            self._seat.press("short")
            yield pause(0.2)
        else:
            yield from scan(self._seat, self._world.articles[view.item.sku].barcode)

    def _bring(self, view: TaskView) -> Acting:
        assert view.item
        yield from scan(self._seat, view.to or "")
        now = self._seat.view()
        brought = isinstance(now, TaskView) and (now.step is TaskStep.DONE or now.done > view.done)
        if brought and self._world.take(view.place or "", view.item.sku, view.hand):
            self._world.put(view.to or "", view.item.sku, view.hand)

    def _why(self, _view: TaskView) -> Acting:
        self._seat.press("short:not_found")
        yield pause(0.2)

    def _done(self, _view: TaskView) -> Acting:
        self._seat.press("leave")
        yield pause(0.2)


_ACTS = {
    TaskStep.BIN: Stockkeeper._bin,
    TaskStep.COUNT: Stockkeeper._count,
    TaskStep.NUMBER: Stockkeeper._number,
    TaskStep.FROM: Stockkeeper._bin,
    TaskStep.ITEM: Stockkeeper._unit,
    TaskStep.TO: Stockkeeper._bring,
    TaskStep.SHORT: Stockkeeper._why,
    TaskStep.DONE: Stockkeeper._done,
}
