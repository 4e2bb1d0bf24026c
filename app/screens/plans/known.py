"""What is known of a wave's plans, and when it is asked for again. Part of the presenter of plans. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from app.core.messages import Message
from app.core.outcome import Outcome
from app.screens.plans.pages import Page
from app.screens.presenter import Stage
from app.services.plans_port import (
    FloorDrawing,
    PlanOutcomeReply,
    PlanRow,
    Plans,
    PlansAgainstReply,
    PlanState,
    Rescue,
)

#: How often a page is asked for again, seconds: a plan that is being thought out, and what changes while people work.
THINKING_S: Final = 0.5
RUNNING_S: Final = 15.0
_UNDER_WAY: Final = frozenset({PlanState.QUEUED, PlanState.RUNNING})


class Known:
    """Owns the plans of one wave and what was told about them. Calls `show` when there is something new to see."""

    def __init__(self, stage: Stage, plans: Plans, show: Callable[[], None]) -> None:
        self._stage, self._plans, self._show = stage, plans, show
        self.drawing: FloorDrawing | None = None
        self._asking: set[str] = set()
        self._asked_at: dict[str, float] = {}
        self._visit = 0
        self.open("")

    def open(self, wave: str) -> None:
        """Another wave: nothing is known of it, and what is still on its way is not for it."""
        self.wave = wave
        self.rows: tuple[PlanRow, ...] = ()
        self.listed = False
        self.plan_id = self.other_id = ""
        self._full: dict[str, PlanRow] = {}
        self.against: PlansAgainstReply | None = None
        self.outcome: PlanOutcomeReply | None = None
        self.rescue: Rescue | None = None
        #: Why the centre did not answer when it was last asked.
        self.trouble: Message | None = None
        self._visit += 1
        self.stop_waiting()

    def forget(self) -> None:
        """Nothing of it is the next person's."""
        self.open("")
        self.drawing = None

    def stop_waiting(self) -> None:
        """What was awaited will not come."""
        self._asking.clear()
        self._asked_at.clear()

    # what is looked at

    @property
    def numbers(self) -> dict[str, int]:
        """The plans by the order in which they were made, the newest first."""
        return {row.id: len(self.rows) - i for i, row in enumerate(self.rows)}

    @property
    def plan(self) -> PlanRow | None:
        """The plan in front, with its result once it is fetched."""
        row = next((row for row in self.rows if row.id == self.plan_id), None)
        return self._full.get(self.plan_id, row)

    @property
    def in_use(self) -> bool:
        """Whether the plan in front is the one that was used last: the work is as it says."""
        used = [(row.applied.at, row.id) for row in self.rows if row.applied is not None]
        return bool(used) and max(used)[1] == self.plan_id

    @property
    def thinking(self) -> bool:
        """Whether the plan in front is not ready."""
        return self.plan is not None and self.plan.state in _UNDER_WAY

    def stand_on(self, plan: str) -> None:
        """Another plan in front."""
        self.plan_id = plan
        self.against = self.outcome = None
        if self.other_id == plan:
            self.other_id = ""
        self._asked_at.clear()

    def compare_with(self, plan: str) -> None:
        """The other of two plans."""
        self.other_id, self.against = plan, None
        self._asked_at.pop(Page.COMPARE, None)

    def take(self, plan: PlanRow) -> None:
        """A plan as it is now; a new one comes to the front."""
        if plan.id not in self.numbers:
            self.rows = (plan, *self.rows)
            self.stand_on(plan.id)
        else:
            self.rows = tuple(plan if row.id == plan.id else row for row in self.rows)
        if plan.result is not None:
            self._full[plan.id] = plan
        else:
            self._full.pop(plan.id, None)

    # asking

    def ask(self, page: Page, *, released: bool) -> None:
        """Asks for what the page in front lacks or what is due, each thing once at a time. `released`: the wave runs."""
        if not self.wave or not self._plans.online():
            return
        wave, plan = self.wave, self.plan
        if not self.listed:
            self._get("list", lambda: self._plans.plans(wave), self._listed)
        if self.drawing is None:
            self._get("floor", self._plans.floor, self._drew)
        if plan is not None and (self.thinking or (plan.state is PlanState.DONE and plan.result is None)):
            plan_id = plan.id
            self._get("look", lambda: self._plans.look(plan_id), self._looked, THINKING_S)
        if page is Page.RESCUE and released:
            self._get(page, lambda: self._plans.rescue(wave), self._rescue, RUNNING_S)
        elif plan is not None and plan.state is PlanState.DONE:
            self._ask_about(plan, page)

    def _ask_about(self, plan: PlanRow, page: Page) -> None:
        one, other = plan.id, self._other()
        if page is Page.OUTCOME and plan.applied is not None:
            self._get(page, lambda: self._plans.outcome(one), self._outcome, RUNNING_S)
        elif page is Page.COMPARE and other and self.against is None:
            self._get(page, lambda: self._plans.against(one, other), self._compared, RUNNING_S)

    def _other(self) -> str:
        if not self.other_id:
            done = [row.id for row in self.rows if row.state is PlanState.DONE and row.id != self.plan_id]
            self.other_id = done[0] if done else ""
        return self.other_id

    def again(self, what: str) -> None:
        """It has changed: the next `ask` asks at once."""
        self._asked_at.pop(what, None)
        self._asking.discard(what)

    def _get(
        self, what: str, job: Callable[[], Outcome[Any]], took: Callable[[Any], None], every_s: float = 2.0
    ) -> None:
        now, visit = self._stage.clock.mono(), self._visit
        if what in self._asking or now - self._asked_at.get(what, -1e9) < every_s:
            return
        self._asking.add(what)
        self._asked_at[what] = now

        def answered(outcome: Outcome[Any]) -> None:
            if visit != self._visit:
                return
            self._asking.discard(what)
            self.trouble = outcome.message
            if outcome.message is None:
                took(outcome.view)
            self._show()

        self._stage.network.submit(job, answered)

    def _listed(self, rows: tuple[PlanRow, ...]) -> None:
        self.rows, self.listed = rows, True
        # What a plan was when it was fetched may be over.
        self._full.clear()
        self.again("look")
        if self.plan_id not in self.numbers:
            used = max(((row.applied.at, row.id) for row in rows if row.applied is not None), default=("", ""))[1]
            self.stand_on(used or (rows[0].id if rows else ""))

    def _drew(self, drawing: FloorDrawing) -> None:
        self.drawing = drawing

    def _looked(self, plan: PlanRow | None) -> None:
        if plan is not None:
            self.take(plan)

    def _rescue(self, rescue: Rescue | None) -> None:
        self.rescue = rescue

    def _outcome(self, outcome: PlanOutcomeReply | None) -> None:
        self.outcome = outcome

    def _compared(self, against: PlansAgainstReply | None) -> None:
        self.against = against
