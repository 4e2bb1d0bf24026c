"""The order workbench: what is typed is searched for at once, one order is looked at, and each act asks once in place. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput
from app.core.views import LinkStatus
from app.screens.floor.words import FloorWord
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.order_entry.words import EntryWord
from app.screens.presenter import Presenter, Stage
from app.screens.words import Vocabulary, Word
from app.screens.workbench import asking
from app.screens.workbench.asking import NOTHING, Question
from app.screens.workbench.words import WorkbenchWord
from app.services.workbench_ports import (
    Acted,
    CountsReply,
    OrderFound,
    OrderSheet,
    SearchReply,
    TimelineEntry,
    TimelineReply,
    UnknownWord,
    Workbench,
)

_CLOSE: Final = Action("close", FloorWord.LEAVE_IT, "Esc")
_DO: Final = Action("do", WorkbenchWord.WB_DO_IT, "F5", main=True)
_TAKE: Final = Action("enter_field", WorkbenchWord.WB_TAKE_IT, "Enter", main=True)
_TIMELINE: Final = Action("tab:timeline", WorkbenchWord.WB_TIMELINE, "t")
_SHEET: Final = Action("tab:sheet", WorkbenchWord.WB_SHEET, "t")
_FIND: Final = Action("find", WorkbenchWord.WB_FIND, "/")
_MORE: Final = Action("more_found", WorkbenchWord.WB_OLDER, "F6")
_NEW: Final = Action("new_order", EntryWord.DOOR_ENTRY, "F2")
#: Orders that are kept in the list: more would not be read.
_MOST: Final = 1000
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class WorkbenchState:
    """What the workbench draws. `sheet` is that of `current`, None until it came; `changed` are the kinds of what happened to it since it
    was looked at; `opened`: on a handheld the order covers the list; `find` grows when the search line is wanted."""

    frame: Frame
    text: str
    found: tuple[OrderFound, ...]
    total: int
    more_than: bool
    more: bool
    searching: bool
    unknown: tuple[UnknownWord, ...]
    counts: CountsReply | None
    current: OrderFound | None
    sheet: OrderSheet | None
    tab: str
    entries: tuple[TimelineEntry, ...] | None
    question: Question
    acts: tuple[Action, ...]
    changed: tuple[str, ...]
    opened: bool
    fresh: bool
    find: int


class WorkbenchPresenter(Presenter[WorkbenchState]):
    """Owns what is typed, what was found, and the order one stands on. One question to the centre of each kind is on its way at a time;
    an answer to what is not wanted any more is dropped."""

    name = "workbench"
    #: What acts there are, what each asks, and what the centre is then asked (`app.screens.workbench.asking`).
    rules: Any = asking
    title: Vocabulary = WorkbenchWord.DOOR_WORKBENCH
    tells: Vocabulary = WorkbenchWord.WB_TYPE_TO_FIND
    helps: tuple[Vocabulary, ...] = (WorkbenchWord.HELP_WORKBENCH, WorkbenchWord.HELP_WORKBENCH_WORDS)
    other_page, own_page = _TIMELINE, _SHEET
    way_back = "orders"
    #: What the feed calls one of these; '': the feed does not tell of them.
    follows = ""

    def __init__(self, stage: Stage, workbench: Workbench, *, types: bool = False) -> None:
        """`types`: there is a screen where orders are typed."""
        super().__init__(stage)
        self._types = types
        self._workbench = workbench
        self._text = ""
        self._found: tuple[OrderFound, ...] = ()
        self._reply: SearchReply | None = None
        self._counts: CountsReply | None = None
        self._row = ""
        self._sheets: dict[str, OrderSheet] = {}
        self._entries: dict[str, tuple[TimelineEntry, ...]] = {}
        self._tab = "sheet"
        self._question = NOTHING
        self._changed: tuple[str, ...] = ()
        self._opened = self._acting = False
        self._find = 0
        self._asked_for: set[str] = set()
        self._again: set[str] = set()

    # its time on the glass

    def enter(self) -> None:
        """As it was left, and asked anew."""
        super().enter()
        self._find += 1

    def refresh(self) -> None:
        """Shows what is known and asks for more."""
        self._look_for()
        self._fetch("counts", self._workbench.counts, self._took_counts)
        self._look_at(anew=True)
        self.show()

    def on_link(self, link: LinkStatus) -> None:
        """When the centre is back, what was missed is asked for."""
        before = self.link
        super().on_link(link)
        if self.in_front and (before is None or before.online != link.online):
            self.refresh()

    def on_changes(self, changes: Changes) -> None:
        """Something became of what is followed: the one at the side is looked at again, unless somebody is being asked about it. The list
        stays as it is."""
        if self.in_front and self.follows in changes.entities and not self._question.asks:
            self._look_at(anew=True)

    def on_fault(self) -> None:
        """See Presenter.on_fault."""
        self._asked_for.clear()
        self._again.clear()
        self._acting = False
        super().on_fault()

    def forget(self) -> None:
        """See Presenter.forget: customers' names stay with nobody."""
        super().forget()
        self._text, self._found, self._reply, self._counts, self._row = "", (), None, None, ""
        self._sheets, self._entries, self._question, self._opened, self._changed = {}, {}, NOTHING, False, ()
        self._tab = "sheet"

    def scan(self, scan: ScanInput) -> None:
        """What was scanned, or typed on a handheld, answers what is asked; else it is searched for: an order, a parcel, an item."""
        if self._question.field is not None:
            self._enter_text(scan.text)
        else:
            self._opened = False
            self._type(scan.text)
        self.stage.answered(scan, None)

    # asking the centre

    def _fetch(self, what: str, job: Callable[[], Outcome[Any]], took: Callable[[Outcome[Any]], None]) -> None:
        """One question of a kind at a time; whoever asks meanwhile asks once more afterwards."""
        if what in self._asked_for:
            self._again.add(what)
            return
        if not self._online:
            return
        self._asked_for.add(what)

        def done(outcome: Outcome[Any]) -> None:
            self._asked_for.discard(what)
            took(outcome)
            if what in self._again:
                self._again.discard(what)
                _ANEW[what](self)
            self.show()

        self.stage.network.submit(job, done)

    def _look_for(self) -> None:
        text = self._text

        def took(outcome: Outcome[SearchReply | None]) -> None:
            if text == self._text and outcome.view is not None:
                self._reply = outcome.view
                self._found = tuple(outcome.view.found)
                if self._row not in {one.number for one in self._found} and not self._question.asks:
                    self._row = self._found[0].number if self._found else ""
                    self._look_at()

        self._fetch("search", lambda: self._workbench.search(text), took)

    def _more_found(self, _argument: str) -> None:
        reply, text = self._reply, self._text
        if reply is None or reply.next is None or len(self._found) >= _MOST:
            return
        after = reply.next

        def took(outcome: Outcome[SearchReply | None]) -> None:
            if text == self._text and outcome.view is not None:
                known = {one.number for one in self._found}
                self._reply = outcome.view
                self._found += tuple(one for one in outcome.view.found if one.number not in known)

        self._fetch("search", lambda: self._workbench.search(text, after), took)

    def _took_counts(self, outcome: Outcome[CountsReply | None]) -> None:
        self._counts = outcome.view or self._counts

    def _look_at(self, *, anew: bool = False) -> None:
        """Fetches the sheet, or the timeline, of the order one stands on."""
        row = self._row
        if not row:
            return
        if self._tab == "timeline" and (anew or row not in self._entries):
            self._fetch("timeline", lambda: self._workbench.timeline(row), lambda o: self._took_entries(row, o))
        if anew or row not in self._sheets:
            self._fetch("sheet", lambda: self._workbench.sheet(row), lambda o: self._took_sheet(row, o))

    def _took_sheet(self, row: str, outcome: Outcome[OrderSheet | None]) -> None:
        if outcome.view is not None and row == self._row:
            # Of one order at a time: nothing old is shown for long.
            self._sheets = {row: outcome.view}
        elif outcome.message is not None and outcome.message.code is not Code.NEEDS_CENTRE:
            self.hear(outcome.message)

    def _took_entries(self, row: str, outcome: Outcome[TimelineReply | None]) -> None:
        if outcome.view is not None and row == self._row:
            self._entries = {row: tuple(outcome.view.entries)}

    # intents

    def intent(self, name: str, argument: str) -> None:
        """One act; unknown ones are ignored."""
        act = self._INTENTS.get(name)
        if act is not None:
            act(self, argument)

    def _type(self, argument: str) -> None:
        text = argument[:_LONGEST]
        if text != self._text:
            self._text, self._question, self._changed = text, NOTHING, ()
            self._look_for()
            self.show()

    def _filter(self, argument: str) -> None:
        """A chip puts its words into what is typed, or takes them out."""
        words = self._text.split()
        fits = argument.split()
        if all(word in words for word in fits):
            words = [word for word in words if word not in fits]
        else:
            others = {one.query for one in (self._counts.counts if self._counts else [])}
            words = [*fits, *(word for word in words if word not in others)]
        self._type(" ".join(words))

    def _to_row(self, argument: str, *, opened: bool = False) -> None:
        if argument != self._row or opened != self._opened:
            self._row, self._opened, self._question, self._changed = argument, opened, NOTHING, ()
            self._look_at()
            self.show()

    def _to_tab(self, argument: str) -> None:
        self._tab, self._question = ("timeline" if argument == "timeline" else "sheet"), NOTHING
        self._look_at(anew=True)
        self.show()

    def _close(self, _argument: str) -> None:
        if self._question.asks:
            self._question = NOTHING
        elif self._tab == "timeline":
            self._tab = "sheet"
        elif self._opened:
            self._opened = False
        elif self._text:
            self._type("")
            return
        else:
            self.stage.go(self.way_back)
            return
        self.show()

    def _focus(self, _argument: str) -> None:
        self._find += 1
        self._opened = False
        self.show()

    def _ask_first(self, argument: str) -> None:
        sheet = self._sheet
        if sheet is not None and argument in {a.intent.partition(":")[2] for a in self.rules.letters(sheet)}:
            self._put(self.rules.asked(argument, sheet))

    def _choose(self, argument: str) -> None:
        sheet = self._sheet
        if sheet is not None and argument in {option.key for option in self._question.options}:
            self._put(self.rules.chosen(self._question, argument, sheet))

    def _enter_text(self, argument: str) -> None:
        self._put(self.rules.entered(self._question, argument))

    def _put(self, question: Question) -> None:
        self._question, self._changed = question, ()
        if self.rules.complete(question) and not question.several:
            self._do("")
        self.show()

    def _do(self, _argument: str) -> None:
        """The act at the centre. Without it what was typed stays, and can be done later."""
        sheet, question = self._sheet, self._question
        ready = self.rules.complete(question) or (question.several and bool(question.ticked))
        if sheet is None or self._acting or not ready:
            return
        if not self._online:
            self.stage.say(say(Code.NEEDS_CENTRE))
            return
        order, request = sheet.head.number, self.rules.request(question, sheet)

        def answered(outcome: Outcome[Acted]) -> None:
            self._acting = False
            self.hear(outcome.message)
            result, now = outcome.view
            if outcome.state == "done":
                self._question = NOTHING
            elif result is not None:
                self._changed = tuple(result.changed)
            if now is not None and order == self._row:
                self._sheets = {order: now}
            self._entries.clear()
            self.refresh()

        self._acting = True
        self.show()
        self.stage.network.submit(lambda: self._workbench.act(request), answered)

    # what is drawn

    @property
    def _online(self) -> bool:
        return self._workbench.online() and (self.link is None or self.link.online)

    @property
    def _sheet(self) -> OrderSheet | None:
        return self._sheets.get(self._row)

    def state(self) -> WorkbenchState:
        """The screen now."""
        reply = self._reply
        return WorkbenchState(
            frame=self.frame(), text=self._text, found=self._found, total=reply.total if reply else 0,
            more_than=reply.more_than if reply else False, more=reply is not None and reply.next is not None,
            searching="search" in self._asked_for, unknown=tuple(reply.unknown) if reply else (), counts=self._counts,
            current=next((one for one in self._found if one.number == self._row), None), sheet=self._sheet, tab=self._tab,
            entries=self._entries.get(self._row), question=self._question, acts=self._acts(), changed=self._changed,
            opened=self._opened, fresh=self._online, find=self._find,
        )  # fmt: skip

    def frame(self) -> Frame:
        """What stands around it."""
        options = tuple(
            Action(f"choose:{one.key}", one.word, str(n)) for n, one in enumerate(self._question.options, 1) if n <= 9
        )
        more = self._reply is not None and self._reply.next is not None and not self._question.asks
        return Frame(
            title=phrase(self.title),
            prompt=self._prompt(),
            choices=(*self._acts(), *options, _FIND, *((_MORE,) if more else ())),
            refusal=Refusal(self.refusal) if self.refusal else None,
            busy=phrase(Word.ONE_MOMENT) if self._acting else None,
            help=self.helps,
            leave="close",
        )

    def _prompt(self) -> Message | Phrase:
        if not self._online:
            return say(Code.NEEDS_CENTRE)
        question = self._question
        if question.field is not None:
            return phrase(question.field.word)
        if question.asks:
            return phrase(WorkbenchWord.WB_TICK if question.several else WorkbenchWord.WB_CHOOSE)
        return phrase(self.tells)

    def _acts(self) -> tuple[Action, ...]:
        question = self._question
        if question.field is not None:
            return (_TAKE, _CLOSE)
        if question.asks:
            may = question.several or self.rules.complete(question)
            return (_DO, _CLOSE) if may else (_CLOSE,)
        new = (_NEW,) if self._types else ()
        if self._sheet is None:
            return new
        if self._tab == "timeline":
            return (self.own_page,)
        return (*self.rules.letters(self._sheet), self.other_page, *new)

    def _new_order(self, _argument: str) -> None:
        if self._types:
            self.stage.go("entry")

    _INTENTS: Final[dict[str, Callable[[WorkbenchPresenter, str], None]]] = {
        "search": _type,
        "filter": _filter,
        "row": _to_row,
        "open": lambda self, row: self._to_row(row, opened=True),
        "tab": _to_tab,
        "close": _close,
        "leave": _close,
        "back": _close,
        "find": _focus,
        "ask": _ask_first,
        "choose": _choose,
        "entered": _enter_text,
        "do": _do,
        "more_found": _more_found,
        "new_order": _new_order,
    }


_ANEW: Final[dict[str, Callable[[WorkbenchPresenter], None]]] = {
    "search": lambda one: one._look_for(),
    "counts": lambda one: None,
    "sheet": lambda one: one._look_at(anew=True),
    "timeline": lambda one: one._look_at(anew=True),
}
