"""The supervisor's board: which list, which row, what is asked before an act, and the act that can be taken back. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput
from app.core.views import LinkStatus
from app.screens.floor.panels import (
    QUESTIONS,
    REASONS,
    SETTLED,
    TABS,
    URGENT,
    USUAL,
    Option,
    Panel,
    acts_of,
    job_options,
    keyed,
    order_options,
    plans_act,
    reclaim_options,
    settle_options,
    zone_options,
)
from app.screens.floor.watch import Watch
from app.screens.floor.waving import Waving
from app.screens.floor.words import FloorWord
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.presenter import Presenter, Stage
from app.screens.words import Vocabulary, Word
from app.services.floor_port import (
    ActReply,
    BoardAct,
    BoardCounts,
    BoardTab,
    DeviceLine,
    Floor,
    FloorPage,
    JobLine,
    ReclaimPreview,
    ReclaimReason,
    ReclaimReply,
    Row,
    UndoAct,
    WaveReply,
    WaveRow,
)

_NEWS: Final = frozenset({"job", "work", "order", "exception", "worker"})


@dataclass(frozen=True, slots=True)
class FloorState:
    """What the floor screen draws. `opened`: the row is looked at, which on a handheld covers the list; `find` counts the wishes to type
    a search."""

    frame: Frame
    tab: BoardTab
    page: FloorPage | None
    counts: BoardCounts
    current: Row | None
    panel: Panel
    search: str
    acts: tuple[Action, ...]
    opened: bool
    find: int
    fresh: bool


class FloorPresenter(Presenter[FloorState]):
    """Asks for the list in front every two seconds, off the GUI thread, and shows what differs."""

    name = "floor"

    def __init__(self, stage: Stage, floor: Floor, plans_of: Callable[[WaveRow], None] | None = None) -> None:
        super().__init__(stage)
        self._floor, self._plans_of = floor, plans_of
        self._watch = Watch(stage, floor, self.show, lambda: self.in_front)
        self._waving = Waving(floor, self._watch, self._ask_first, self._ask_waves, self._do)
        self._panel = Panel()
        self._undo: UndoAct | None = None
        self._opened = False
        self._find = 0
        self._busy: Vocabulary | None = None

    @property
    def view(self) -> FloorPage | None:
        """The list as it is shown."""
        return self._watch.page

    # its time on the glass

    def enter(self) -> None:
        """The list as it was left, and a fresh one."""
        self._panel, self._opened = Panel(), False
        super().enter()

    def refresh(self) -> None:
        """Shows what is known and asks for more."""
        self._watch.narrow()
        self._watch.ask()

    def on_link(self, link: LinkStatus) -> None:
        """Comes every second or so: the beat of the board."""
        before = self.link
        super().on_link(link)
        if not self.in_front:
            return
        if before is None or before.online != link.online:
            self.show()
        if link.online:
            self._watch.beat()

    def on_changes(self, changes: Changes) -> None:
        """News from the feed."""
        if self.in_front and changes.entities & _NEWS:
            self._watch.news()

    def on_fault(self) -> None:
        """See Presenter.on_fault."""
        self._busy = None
        self._watch.stop_waiting()
        super().on_fault()

    def forget(self) -> None:
        """See Presenter.forget."""
        super().forget()
        self._watch.forget()
        self._panel, self._undo, self._opened, self._busy = Panel(), None, False, None

    def scan(self, scan: ScanInput) -> None:
        """The code of an order, tote or device finds its row."""
        self._watch.to_search(scan.text)
        self.stage.answered(scan, None)

    # intents

    def intent(self, name: str, argument: str) -> None:
        """One act; unknown ones are ignored."""
        act = self._INTENTS.get(name)
        if act is not None:
            act(self, argument)

    def _to_tab(self, argument: str) -> None:
        self._panel, self._opened = Panel(), False
        self._watch.to_tab(BoardTab(argument))

    def _to_search(self, argument: str) -> None:
        self._watch.to_search(argument)

    def _to_row(self, argument: str, *, opened: bool = False) -> None:
        if argument == self._watch.current_id and opened == self._opened:
            return
        self._panel, self._opened = Panel(), opened
        self._watch.to_row(argument)

    def _open(self, argument: str) -> None:
        self._to_row(argument, opened=True)

    def _find_rows(self, _argument: str) -> None:
        self._find += 1
        self.show()

    def _close(self, _argument: str) -> None:
        if self._panel.asks:
            self._panel = Panel()
        elif self._opened:
            self._opened = False
        else:
            self.stage.go("home")
            return
        self.show()

    # taking work back

    def _reclaim(self, _argument: str) -> None:
        row = self._watch.current
        if isinstance(row, DeviceLine):
            self._look_ahead(row.id, None)
        elif isinstance(row, JobLine) and row.device_id:
            self._look_ahead(row.device_id, row.id)

    def _one_job(self, argument: str) -> None:
        row = self._watch.current
        if not isinstance(row, DeviceLine):
            return
        if argument:
            self._look_ahead(row.id, argument)
        else:
            self._ask_first(Panel("one_job", options=job_options(row)))

    def _look_ahead(self, device: str, job: str | None) -> None:
        def took(outcome: Outcome[ReclaimPreview | None]) -> None:
            self._busy = None
            self.hear(outcome.message)
            if outcome.view is not None:
                self._panel = Panel("reclaim", outcome.view, job)
            self.show()

        self._ask_centre(Word.ONE_MOMENT, lambda: self._floor.preview(device, job), took)

    def _go_on(self, _argument: str) -> None:
        """The consequences are read; the reason is the second word, and the one that does it."""
        panel = self._panel
        if panel.kind == "reclaim" and panel.preview is not None and panel.preview.jobs:
            self._ask_first(replace(panel, kind="why", changed=False, options=reclaim_options()))

    def _for_reason(self, argument: str) -> None:
        panel = self._panel
        shown = panel.preview
        if panel.kind != "why" or shown is None or argument not in REASONS:
            return

        def took(outcome: Outcome[ReclaimReply | None]) -> None:
            self._busy = None
            self.hear(outcome.message)
            reply = outcome.view
            if reply is not None and not reply.done:
                self._panel = Panel("reclaim", reply.preview, panel.job, changed=True)
            elif reply is not None:
                self._panel, self._undo = Panel(), None
            self._again()

        reason = ReclaimReason(argument)
        self._ask_centre(
            FloorWord.TAKING_BACK, lambda: self._floor.reclaim(shown.device, panel.job, shown.version, reason), took
        )

    # acts on jobs, orders, exceptions

    def _first(self, _argument: str) -> None:
        self._act(BoardAct.PRIORITISE, self._watch.current_id, str(URGENT))

    def _usual(self, _argument: str) -> None:
        self._act(BoardAct.PRIORITISE, self._watch.current_id, str(USUAL))

    def _give(self, argument: str) -> None:
        if argument:
            self._act(BoardAct.REASSIGN, self._watch.current_id, "" if argument == "anybody" else argument)
            return

        def took(outcome: Outcome[FloorPage]) -> None:
            devices = [row for row in outcome.view.rows if isinstance(row, DeviceLine) and row.state == "live"]
            named = [
                Option(f"give:{row.id}", FloorWord.GIVE_TO, " · ".join(filter(None, (row.label, row.person))))
                for row in devices
            ]
            self._busy = None
            self._ask_first(Panel("give", options=(Option("give:anybody", FloorWord.ANYBODY), *named)))

        def ask() -> Outcome[FloorPage]:
            self._floor.fetch(BoardTab.DEVICES)
            return self._floor.page(BoardTab.DEVICES, "", "")

        self._ask_centre(Word.ONE_MOMENT, ask, took)

    def _zones(self, _argument: str) -> None:
        self._ask_first(Panel("zones", options=zone_options(self._watch.counts)))

    def _stop_zone(self, argument: str) -> None:
        self._act(BoardAct.STOP_ZONE, argument)

    def _start_zone(self, argument: str) -> None:
        self._act(BoardAct.START_ZONE, argument)

    def _pull(self, argument: str) -> None:
        row = self._watch.current
        if argument:
            self._act(BoardAct.PULL_OUT, argument)
        elif isinstance(row, JobLine):
            self._ask_first(Panel("pull", options=order_options(row)))

    def _settle(self, argument: str) -> None:
        if argument in SETTLED:
            self._act(BoardAct.RESOLVE, self._watch.current_id, reason=argument)
        else:
            self._ask_first(Panel("settle", options=settle_options(self._watch.current)))

    def _approve(self, _argument: str) -> None:
        self._act(BoardAct.APPROVE, self._watch.current_id)

    def _withdraw(self, _argument: str) -> None:
        self._act(BoardAct.WITHDRAW, self._watch.current_id)

    def _reallocate(self, _argument: str) -> None:
        self._act(BoardAct.REALLOCATE, self._watch.current_id)

    def _substitute(self, _argument: str) -> None:
        self._act(BoardAct.SUBSTITUTE, self._watch.current_id)

    def _take_back_last(self, _argument: str) -> None:
        if self._undo is not None:
            undo = self._undo
            reason = "mistake" if undo.act is BoardAct.RESOLVE else ""
            self._act(undo.act, undo.id, undo.value, reason)

    def _act(self, act: BoardAct, id: str, value: str = "", reason: str = "") -> None:
        self._do(lambda: self._floor.act(act, id, value, reason))

    def _do(self, job: Callable[[], Outcome[Any]]) -> None:
        """An act, and what is to be seen after it; a wave that was made is stood on."""

        def took(outcome: Outcome[Any]) -> None:
            self._busy = None
            self.hear(outcome.message)
            reply = outcome.view
            if outcome.state == "done":
                self._undo, self._panel = reply.undo if isinstance(reply, ActReply) else None, Panel()
            if isinstance(reply, WaveReply) and reply.wave is not None:
                self._watch.current_id = reply.wave.id
            self._again()

        self._ask_centre(Word.ONE_MOMENT, job, took)

    def _ask_waves(
        self, busy: Vocabulary, job: Callable[[], Outcome[Any]], took: Callable[[Outcome[Any]], None]
    ) -> None:
        """A question whose answer is nothing done yet."""

        def answered(outcome: Outcome[Any]) -> None:
            self._busy = None
            self.hear(outcome.message)
            if outcome.message is None:
                took(outcome)
            self.show()

        self._ask_centre(busy, job, answered)

    def _cancel_wave(self, argument: str) -> None:
        if self._panel.kind == "wave_cancel":
            self._waving.cancel(argument)

    def _to_plans(self, _argument: str) -> None:
        row = self._watch.current
        if self._plans_of is not None and isinstance(row, WaveRow):
            self._plans_of(row)

    def _believe(self, _argument: str) -> None:
        exception = self._watch.current_id
        self._do(lambda: self._floor.decide_count(exception, believe=True))

    def _recount(self, _argument: str) -> None:
        exception = self._watch.current_id
        self._do(lambda: self._floor.decide_count(exception, believe=False))

    def _again(self) -> None:
        self.show()
        self._watch.again()

    def _ask_first(self, panel: Panel) -> None:
        self._panel = panel
        self.show()

    def _ask_centre(
        self, busy: Vocabulary, job: Callable[[], Outcome[Any]], took: Callable[[Outcome[Any]], None]
    ) -> None:
        if self._busy is not None:
            return
        if not self._may_act:
            self.stage.say(say(Code.NEEDS_CENTRE))
            return
        self._busy = busy
        self.show()
        self.stage.network.submit(job, took)

    @property
    def _may_act(self) -> bool:
        return self._floor.online() and (self.link is None or self.link.online)

    # what is drawn

    def state(self) -> FloorState:
        """The screen now."""
        acts = self._acts()
        return FloorState(
            frame=self.frame(),
            tab=self._watch.tab,
            page=self.view,
            counts=self._watch.counts,
            current=self._watch.current,
            panel=self._panel,
            search=self._watch.search,
            acts=acts,
            opened=self._opened,
            find=self._find,
            fresh=self._may_act and self._watch.trouble is None,
        )

    def frame(self) -> Frame:
        """What stands around it."""
        undo = (Action("undo", Word.UNDO, "F2", "undo", enabled=self._may_act),) if self._undo else ()
        return Frame(
            title=phrase(FloorWord.FLOOR),
            subtitle=self._standing(),
            prompt=self._prompt(),
            actions=(*undo, Action("find", FloorWord.FIND, "F3", "search")),
            choices=(*self._acts(), *self._numbered()),
            refusal=Refusal(self.refusal) if self.refusal else None,
            busy=phrase(self._busy) if self._busy else None,
            help=(FloorWord.HELP_FLOOR,),
            leave="close",
        )

    def _standing(self) -> Phrase | None:
        """What is not as it should be, whatever list is looked at."""
        counts = self._watch.counts
        if counts.stopped:
            return phrase(FloorWord.ZONES_STOPPED, zones=", ".join(counts.stopped))
        return phrase(FloorWord.N_DARK, n=counts.dark) if counts.dark else None

    def _acts(self) -> tuple[Action, ...]:
        may = self._may_act and self._busy is None
        panel = self._panel
        if panel.kind == "reclaim":
            shown = panel.preview
            ready = may and shown is not None and bool(shown.jobs)
            lines = shown.lines_back if shown else 0
            go_on = Action("go_on", FloorWord.TAKE_LINES_BACK, "F5", enabled=ready, main=True, n=lines)
            return (go_on, Action("close", FloorWord.LEAVE_IT, "Esc"))
        if panel.kind == "wave_cancel":
            cancel = Action("wave_cancel", FloorWord.WAVE_ACT_CANCEL, "F5", "undo", enabled=may, main=True)
            return (cancel, Action("close", FloorWord.LEAVE_IT, "Esc"))
        if panel.asks:
            return (Action("close", FloorWord.LEAVE_IT, "Esc"),)
        row = self._watch.current
        acts = acts_of(row, self._watch.tab)
        if self._plans_of is not None and isinstance(row, WaveRow):
            acts = (*acts, plans_act(row))
        return tuple(replace(act, enabled=may) for act in acts)

    def _numbered(self) -> tuple[Action, ...]:
        """The keys 1 to 9: the answers of a question, else the lists."""
        if self._panel.asks:
            return keyed(self._panel.options)
        return tuple(Action(f"tab:{tab}", word, str(i)) for i, (tab, word) in enumerate(TABS.items(), 1))

    def _prompt(self) -> Message | Phrase:
        if not self._may_act:
            return say(Code.NEEDS_CENTRE)
        if self._watch.trouble is not None:
            return self._watch.trouble
        if self._panel.asks:
            return phrase(QUESTIONS[self._panel.kind])
        if self.view is None or self.view.loading:
            return phrase(Word.LOADING)
        if self._watch.counts.dark and self._watch.tab is not BoardTab.DEVICES:
            return say(Code.DEVICES_DARK, n=self._watch.counts.dark)
        return phrase(FloorWord.CHOOSE_ROW)

    _INTENTS: Final[dict[str, Callable[[FloorPresenter, str], None]]] = {
        "tab": _to_tab,
        "search": _to_search,
        "row": _to_row,
        "open": _open,
        "find": _find_rows,
        "close": _close,
        "reclaim": _reclaim,
        "one_job": _one_job,
        "go_on": _go_on,
        "reason": _for_reason,
        "first": _first,
        "usual": _usual,
        "give": _give,
        "pull": _pull,
        "zones": _zones,
        "stop_zone": _stop_zone,
        "start_zone": _start_zone,
        "settle": _settle,
        "approve": _approve,
        "withdraw": _withdraw,
        "reallocate": _reallocate,
        "substitute": _substitute,
        "undo": _take_back_last,
        "believe": _believe,
        "recount": _recount,
        "wave": lambda self, argument: self._waving.act(argument),
        "wave_more": lambda self, argument: self._waving.more(argument),
        "wave_pull": lambda self, argument: self._waving.pull(argument),
        "wave_cancel": _cancel_wave,
        "new_wave": lambda self, argument: self._waving.new(argument),
        "template": lambda self, argument: self._waving.by_template(argument),
        "plans": _to_plans,
        "of_orders": lambda self, argument: self._waving.of_orders(argument),
    }
