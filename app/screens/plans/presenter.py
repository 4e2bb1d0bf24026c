"""Plans of a wave's walks: making them, looking at them, comparing, using one; and what saves orders of a wave that runs. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import LinkStatus
from app.screens.charts import Charts
from app.screens.floor.words import FloorWord
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.plans.known import Known
from app.screens.plans.pages import (
    MAPPED,
    PAGES,
    QUESTIONS,
    Item,
    Option,
    Page,
    Question,
    against_options,
    differently,
    key_of,
    move_options,
    rows_of,
    tour_of,
    which_options,
)
from app.screens.plans.words import PlansWord
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word
from app.services.floor_port import WaveRow
from app.services.plans_port import (
    FloorDrawing,
    MoveKind,
    PlanAsked,
    PlanBatch,
    PlanOutcomeReply,
    PlanRow,
    Plans,
    PlansAgainstReply,
    PlanState,
    Rescue,
)

_CLOSE: Final = Action("close", FloorWord.LEAVE_IT, "Esc")
#: What needs no centre.
_ALWAYS: Final = frozenset({"close", "map", "which"})
_CHOOSE: Final = {
    Page.WALKS: PlansWord.CHOOSE_WALK,
    Page.ORDERS: PlansWord.CHOOSE_ORDER,
    Page.REHEARSAL: PlansWord.SEE_REHEARSAL,
    Page.COMPARE: PlansWord.SEE_COMPARE,
    Page.OUTCOME: PlansWord.SEE_OUTCOME,
    Page.RESCUE: PlansWord.SEE_RESCUE,
}


@dataclass(frozen=True, slots=True)
class PlansState:
    """What the screen of plans draws. `opened`: on a handheld the row covers the list; `large`: the map covers it; `tour` and `order` are
    drawn on the map; `in_use`: the wave's work is as the plan says; `charts`: curves can be drawn; `fresh`: the centre answers;
    `loading`: it has not yet."""

    frame: Frame
    page: Page
    wave: WaveRow | None
    plan: PlanRow | None
    in_use: bool
    numbers: dict[str, int]
    rows: tuple[Item, ...]
    current: Item | None
    question: Question
    options: tuple[Option, ...]
    acts: tuple[Action, ...]
    opened: bool
    large: bool
    drawing: FloorDrawing | None
    tour: PlanBatch | None
    order: str
    other: int
    against: PlansAgainstReply | None
    outcome: PlanOutcomeReply | None
    rescue: Rescue | None
    charts: bool
    fresh: bool
    loading: bool


class PlansPresenter(Presenter[PlansState]):
    """Owns the wave that is looked at, the page, and the row one stands on. `load_charts` makes curves drawable and takes its time: it runs
    on the network worker when the first curve is wanted."""

    name = "plans"

    def __init__(self, stage: Stage, plans: Plans, load_charts: Callable[[], None]) -> None:
        super().__init__(stage)
        self._plans = plans
        self._known = Known(stage, plans, self.show)
        self._wave: WaveRow | None = None
        self._page = Page.WALKS
        self._row: dict[Page, str] = {}
        self._question = Question()
        self._opened = self._large = False
        self._waiting = False
        self._charts = Charts(stage.network, load_charts, self.show)

    def of_wave(self, wave: WaveRow) -> None:
        """Which wave is meant; told before the screen comes to the front. One that runs is looked at for its rescue first."""
        if self._wave is None or wave.id != self._wave.id:
            self._known.open(wave.id)
            self._row.clear()
        self._wave = wave
        self._page = Page.RESCUE if self._released else Page.WALKS

    # its time on the glass

    def enter(self) -> None:
        """Its plans as they are now."""
        self._question, self._opened, self._large = Question(), False, False
        self._known.listed = False
        super().enter()

    def refresh(self) -> None:
        """Shows what is known and asks for more."""
        self._ask()
        self.show()

    def on_link(self, link: LinkStatus) -> None:
        """Comes every second or so: the beat of a plan that is being thought out."""
        before = self.link
        super().on_link(link)
        if self.in_front:
            if before is None or before.online != link.online:
                self.show()
            self._ask()

    def on_changes(self, changes: Any) -> None:
        """The feed says nothing of plans."""

    def on_fault(self) -> None:
        """See Presenter.on_fault."""
        self._waiting = False
        self._charts.fail()
        self._known.stop_waiting()
        super().on_fault()

    def forget(self) -> None:
        """See Presenter.forget."""
        super().forget()
        self._known.forget()
        self._wave, self._waiting, self._question = None, False, Question()

    def scan(self, scan: ScanInput) -> None:
        """The code of an order finds why it is where it is."""
        plan = self._known.plan
        orders = [why.order for why in plan.result.why] if plan is not None and plan.result is not None else []
        if scan.text in orders:
            self._page, self._opened, self._question = Page.ORDERS, True, Question()
            self._row[Page.ORDERS] = scan.text
            self.show()
        self.stage.answered(scan, None)

    def _ask(self) -> None:
        self._known.ask(self._page, released=self._released)
        if self._page in (Page.REHEARSAL, Page.OUTCOME):
            self._charts.want()

    # intents

    def intent(self, name: str, argument: str) -> None:
        """One act; unknown ones are ignored."""
        act = self._INTENTS.get(name)
        if act is not None:
            act(self, argument)

    def _to_page(self, argument: str) -> None:
        self._page, self._opened, self._question = Page(argument), False, Question()
        if self._page not in MAPPED:
            self._large = False
        self._ask()
        self.show()

    def _to_row(self, argument: str, *, opened: bool = False) -> None:
        if self._row.get(self._page) != argument or opened != self._opened:
            self._row[self._page], self._opened, self._question = argument, opened, Question()
            self.show()

    def _close(self, _argument: str) -> None:
        if self._question.asks:
            self._question = Question()
        elif self._large:
            self._large = False
        elif self._opened:
            self._opened = False
        else:
            self.stage.go("floor")
            return
        self.show()

    def _toggle_map(self, _argument: str) -> None:
        self._large = not self._large and self._page in MAPPED
        self.show()

    def _put(self, question: Question) -> None:
        self._question = question
        self.show()

    def _make(self, _argument: str) -> None:
        if self._wave is not None:
            self._want(PlanAsked(method=self._wave.method, slots=self._wave.slots))

    def _again(self, argument: str) -> None:
        plan = self._known.plan
        if plan is None:
            return
        wishes = differently(plan)
        if not argument:
            self._put(Question("again", tuple(option for option, _ in wishes)))
        elif argument.isdecimal() and int(argument) < len(wishes):
            self._want(wishes[int(argument)][1])

    def _want(self, asked: PlanAsked) -> None:
        wave = self._known.wave
        self._do(lambda: self._plans.make(wave, asked), self._took_plan)

    def _stop(self, _argument: str) -> None:
        plan = self._known.plan_id
        self._do(lambda: self._plans.cancel(plan), self._took_plan)

    def _use(self, _argument: str) -> None:
        if self._usable:
            self._put(Question("use"))

    def _use_now(self, _argument: str) -> None:
        plan = self._known.plan_id
        if self._question.kind == "use":
            self._do(lambda: self._plans.apply(plan), self._took_plan)

    def _which(self, _argument: str) -> None:
        self._put(Question("which", which_options(self._known.numbers, self._known.plan_id)))

    def _to_plan(self, argument: str) -> None:
        if argument in self._known.numbers:
            self._question = Question()
            self._known.stand_on(argument)
            self.refresh()

    def _against(self, argument: str) -> None:
        if argument in self._known.numbers:
            self._known.compare_with(argument)
            self.refresh()

    def _move(self, argument: str) -> None:
        rescue = self._known.rescue
        if rescue is not None and argument.isdecimal() and int(argument) < len(rescue.moves):
            self._put(Question("move", move=rescue.moves[int(argument)]))

    def _move_now(self, _argument: str) -> None:
        move, wave = self._question.move, self._known.wave
        if move is None or move.kind is MoveKind.BORROW:
            return

        def took(_outcome: Outcome[None]) -> None:
            self._known.again(Page.RESCUE)

        self._do(lambda: self._plans.move(wave, move), took)

    def _took_plan(self, outcome: Outcome[PlanRow | None]) -> None:
        if outcome.view is not None:
            self._known.take(outcome.view)

    def _do(self, job: Callable[[], Outcome[Any]], took: Callable[[Outcome[Any]], None]) -> None:
        """An act at the centre, one at a time; then what is so now."""
        if self._waiting:
            return
        if not self._online:
            self.stage.say(say(Code.NEEDS_CENTRE))
            return

        def answered(outcome: Outcome[Any]) -> None:
            self._waiting = False
            self.hear(outcome.message)
            if outcome.state == "done":
                self._question = Question()
            else:
                # It may have been done all the same: what is so is asked for anew.
                self._known.listed = False
                self._known.again("list")
            took(outcome)
            self.refresh()

        self._waiting = True
        self.show()
        self.stage.network.submit(job, answered)

    # what is drawn

    @property
    def _online(self) -> bool:
        return self._plans.online() and (self.link is None or self.link.online)

    @property
    def _released(self) -> bool:
        return self._wave is not None and self._wave.released_at is not None

    @property
    def _usable(self) -> bool:
        plan = self._known.plan
        ready = plan is not None and plan.state is PlanState.DONE and plan.result is not None
        return ready and not self._released

    def state(self) -> PlansState:
        """The screen now."""
        known, page = self._known, self._page
        rows = rows_of(page, known.plan, known.against, known.outcome, known.rescue)
        current = next((row for row in rows if key_of(row) == self._row.get(page)), rows[0] if rows else None)
        return PlansState(
            frame=self.frame(),
            page=page,
            wave=self._wave,
            plan=known.plan,
            in_use=known.in_use,
            numbers=known.numbers,
            rows=rows,
            current=current,
            question=self._question,
            options=self._options(),
            acts=self._acts(),
            opened=self._opened,
            large=self._large,
            drawing=known.drawing,
            tour=tour_of(known.plan, current),
            order=key_of(current) if page is Page.ORDERS and current is not None else "",
            other=known.numbers.get(known.other_id, 0),
            against=known.against,
            outcome=known.outcome,
            rescue=known.rescue,
            charts=self._charts.ready,
            fresh=self._online and known.trouble is None,
            loading=not known.listed and self._wave is not None,
        )

    def frame(self) -> Frame:
        """What stands around it."""
        plan = self._known.plan
        name = self._wave.name if self._wave is not None else ""
        pages = (
            ()
            if self._question.asks
            else tuple(Action(f"page:{page}", word, str(i)) for i, (page, word) in enumerate(PAGES.items(), 1))
        )
        options = tuple(Action(one.intent, one.word, one.key, n=one.n) for one in self._options() if one.key)
        return Frame(
            title=phrase(PlansWord.TITLE),
            subtitle=phrase(PlansWord.OF_WAVE, name=name) if name else None,
            prompt=self._prompt(),
            progress=plan.percent * 10 if plan is not None and self._known.thinking else None,
            choices=(*self._acts(), *options, *pages),
            refusal=Refusal(self.refusal) if self.refusal else None,
            busy=phrase(Word.ONE_MOMENT) if self._waiting else None,
            help=(PlansWord.HELP,),
            leave="close",
        )

    def _prompt(self) -> Message | Phrase:
        if not self._online:
            return say(Code.NEEDS_CENTRE)
        if self._known.trouble is not None:
            return self._known.trouble
        if self._question.asks:
            return phrase(QUESTIONS[self._question.kind])
        plan = self._known.plan
        if self._page is Page.RESCUE:
            return phrase(_CHOOSE[self._page])
        if plan is None:
            return phrase(PlansWord.NO_PLAN if self._known.listed else Word.LOADING)
        if plan.state is PlanState.QUEUED:
            return phrase(PlansWord.WAITS_TURN)
        if self._known.thinking:
            return phrase(PlansWord.THINKING, n=plan.percent)
        if plan.state is not PlanState.DONE:
            return phrase(PlansWord.FAILED if plan.state is PlanState.FAILED else PlansWord.CANCELLED)
        return phrase(_CHOOSE[self._page])

    def _options(self) -> tuple[Option, ...]:
        if self._question.asks:
            return self._question.options
        known = self._known
        if self._page is Page.COMPARE:
            return against_options(known.numbers, known.plan_id)
        return move_options(known.rescue) if self._page is Page.RESCUE else ()

    def _acts(self) -> tuple[Action, ...]:
        may = self._online and not self._waiting
        return tuple(replace(act, enabled=may or act.intent in _ALWAYS) for act in self._acts_of_page())

    def _acts_of_page(self) -> tuple[Action, ...]:
        question = self._question
        if question.kind == "use":
            return (Action("use_now", PlansWord.USE, "F5", main=True), _CLOSE)
        if question.move is not None and question.move.kind is not MoveKind.BORROW:
            return (Action("move_now", PlansWord.DO_IT, "F5", main=True), _CLOSE)
        if question.asks:
            return (_CLOSE,)
        if self._page in (Page.COMPARE, Page.RESCUE):
            return ()
        return (*self._acts_of_plan(), *self._acts_of_map())

    def _acts_of_plan(self) -> tuple[Action, ...]:
        plan = self._known.plan
        if self._known.thinking:
            return (Action("stop", PlansWord.STOP, "F5"),)
        if plan is None:
            return (Action("make", PlansWord.MAKE, "F5", main=True),) if self._known.listed else ()
        acts = []
        if self._usable:
            acts.append(Action("use", PlansWord.USE, "F5", main=not self._known.in_use))
        if not self._released:
            acts.append(Action("again", PlansWord.AGAIN, "F6", main=plan.state is not PlanState.DONE))
        if len(self._known.rows) > 1:
            acts.append(Action("which", PlansWord.WHICH, "F7"))
        return tuple(acts)

    def _acts_of_map(self) -> tuple[Action, ...]:
        drawing = self._known.drawing
        if self._page not in MAPPED or drawing is None or not drawing.bins:
            return ()
        return (Action("map", PlansWord.SMALL if self._large else PlansWord.LARGE, "F8"),)

    _INTENTS: Final[dict[str, Callable[[PlansPresenter, str], None]]] = {
        "page": _to_page,
        "row": _to_row,
        "open": lambda self, argument: self._to_row(argument, opened=True),
        "close": _close,
        "map": _toggle_map,
        "make": _make,
        "again": _again,
        "stop": _stop,
        "use": _use,
        "use_now": _use_now,
        "which": _which,
        "plan": _to_plan,
        "against": _against,
        "move": _move,
        "move_now": _move_now,
    }
