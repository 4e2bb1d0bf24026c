"""Order entry: one line in which items are scanned or typed, and by keys the customer, the way, the money; what it comes to is looked up
meanwhile. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import LinkStatus
from app.screens.floor.words import FloorWord
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.order_entry import typing
from app.screens.order_entry.typing import Row, Typed, row_id
from app.screens.order_entry.words import EntryWord
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word
from app.screens.workbench.asking import NOTHING, Option, Question, entered
from app.screens.workbench.words import WorkbenchWord
from app.services.order_entry_ports import (
    EntryCustomer,
    EntryItem,
    EntryLook,
    EntryPlace,
    EntryTaken,
    OrderEntry,
    TypedOrder,
)

_LONGEST: Final = 200
_SEND = Action("send", EntryWord.ENTRY_SEND, "F5", "check", main=True)
_ACTS: Final = (
    _SEND,
    Action("customer", EntryWord.ENTRY_CUSTOMER, "F2", "person"),
    Action("way", EntryWord.ENTRY_WAY, "F3", "truck"),
    Action("address", WorkbenchWord.WB_ADDRESS, "F4"),
    Action("pay", EntryWord.ENTRY_PAY, "F6"),
    Action("extras", EntryWord.ENTRY_EXTRAS, "F7"),
)
_NEW = Action("new_customer", EntryWord.ENTRY_NEW_CUSTOMER, "F2", "plus")
_CLOSE = Action("close", FloorWord.LEAVE_IT, "Esc", "back")
#: Kinds of questions that are answered by searching.
_CUSTOMER: Final = Question("customer")


@dataclass(frozen=True, slots=True)
class EntryState:
    """What the screen draws. `asks` is what the line is for; `row` the id of the row one stands on; `look` what the centre says of the
    order as it is, None while that is not known; `n` grows when the line is emptied or filled anew."""

    frame: Frame
    order: TypedOrder
    question: Question
    text: str
    rows: tuple[Row, ...]
    row: str
    look: EntryLook | None
    places: tuple[EntryPlace, ...]
    searching: bool
    online: bool
    waiting: int
    n: int


class OrderEntryPresenter(Presenter[EntryState]):
    """Owns the order that is typed. One question to the centre of each kind is on its way at a time; an answer to what is not wanted any
    more is dropped."""

    name = "entry"

    def __init__(self, stage: Stage, entry: OrderEntry, show_order: Callable[[str], None]) -> None:
        """`show_order` brings an order to the front where one looks at orders."""
        super().__init__(stage)
        self._entry, self._show_order = entry, show_order
        self._order = self._fresh = entry.fresh()
        self._question = NOTHING
        self._text, self._row = "", ""
        self._found: tuple[EntryCustomer, ...] | tuple[EntryItem, ...] = ()
        self._look: EntryLook | None = None
        self._looked: TypedOrder | None = None
        self._places: tuple[EntryPlace, ...] = ()
        self._waiting = self._n = 0
        self._sending = self._restored = False
        self._asked: set[str] = set()

    # its time on the glass

    def refresh(self) -> None:
        """Places to fetch at, what the order comes to, and what waits; at first, what was being typed here when the program ended."""
        if not self._restored:
            self._restored = True
            self.stage.store.submit(self._entry.kept, self._took_kept)
        self._fetch("waiting", self._entry.waiting, self._took_waiting, away=True)
        self._fetch("places", self._entry.places, self._took_places)
        self._look_again()
        self.show()

    def on_link(self, link: LinkStatus) -> None:
        """When the centre is back, what was missed is asked for."""
        before = self.link
        super().on_link(link)
        if self.in_front:
            if before is None or before.online != link.online:
                self._looked = None
                self.refresh()
            elif self._waiting:
                self._fetch("waiting", self._entry.waiting, self._took_waiting, away=True)

    def on_changes(self, changes: Any) -> None:
        """Rows of this site do not change what is typed."""

    def on_fault(self) -> None:
        """See Presenter.on_fault."""
        self._asked.clear()
        self._sending = False
        super().on_fault()

    def forget(self) -> None:
        """See Presenter.forget: a customer's name stays with nobody."""
        super().forget()
        self._restored = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._order, self._look, self._looked = self._entry.fresh(), None, None
        self._fresh = self._order
        self._keep()
        self._put(NOTHING)

    def _keep(self) -> None:
        """On the disk with each thing that was typed: a program that ends takes nothing with it."""
        order = self._order
        self.stage.store.submit(lambda: self._entry.keep(order), lambda _: None)

    def _took_kept(self, outcome: Outcome[TypedOrder | None]) -> None:
        """Who was quicker than the disk goes on with what they type."""
        if outcome.view is not None and self._order == self._fresh and not self._question.asks:
            self._order = outcome.view
            self._look_again()
            self.show()

    # asking the centre

    @property
    def _online(self) -> bool:
        return self._entry.online() and (self.link is None or self.link.online)

    def _fetch(
        self, what: str, job: Callable[[], Outcome[Any]], took: Callable[[Outcome[Any]], None], *, away: bool = False
    ) -> None:
        if what in self._asked or not (away or self._online):
            return
        self._asked.add(what)

        def done(outcome: Outcome[Any]) -> None:
            self._asked.discard(what)
            took(outcome)
            self.show()

        self.stage.network.submit(job, done)

    def _took_waiting(self, outcome: Outcome[int]) -> None:
        self._waiting = outcome.view

    def _took_places(self, outcome: Outcome[tuple[EntryPlace, ...] | None]) -> None:
        self._places = outcome.view if outcome.view is not None else self._places

    def _look_again(self) -> None:
        """What the order comes to as it is now; an answer about what it was is asked for again."""
        order = self._order
        if not order.lines or order == self._looked or self._sending:
            return

        def took(outcome: Outcome[EntryLook | None]) -> None:
            if order == self._order and outcome.view is not None:
                self._look, self._looked = outcome.view, order
            elif order != self._order:
                self._look_again()

        self._fetch("look", lambda: self._entry.look(order), took)

    def _search(self) -> None:
        """Customers or items that fit what is typed; what is typed meanwhile is searched for afterwards."""
        kind, text = self._question.kind, self._text
        wanted = typing.times(text)[1] if not kind else text.strip()
        if not wanted or kind not in ("", "customer"):
            return
        job = self._entry.customers if kind else self._entry.items

        def took(outcome: Outcome[Any]) -> None:
            if (kind, text) == (self._question.kind, self._text):
                self._found = outcome.view or ()
                self._row = row_id(self._found[0]) if self._found else ""
            else:
                self._search()

        self._fetch("search", lambda: job(wanted), took)

    # what is typed and scanned

    def scan(self, scan: ScanInput) -> None:
        """What was scanned, or typed on a handheld, answers what is asked; else it is an item."""
        self._enter_text(scan.text)
        self.stage.answered(scan, None)

    def _type(self, argument: str) -> None:
        if self._question.field is None and argument[:_LONGEST] != self._text:
            self._text, self._found = argument[:_LONGEST], ()
            self._row = ""
            self._search()
            self.show()

    def _enter_text(self, argument: str) -> None:
        """Enter: what is asked is answered, the row one stands on is taken, or the words are looked up at once."""
        text = argument[:_LONGEST]
        if self._question.field is not None:
            self._answer_field(text)
        elif (
            self._question.options
            or (not text.strip() and self._row)
            or (text.strip() and text == self._text and self._row)
        ):
            self._take_row(self._row)
        elif text.strip():
            self._look_up(text)
        self.show()

    def _look_up(self, text: str) -> None:
        """Typed faster than it is searched for, or scanned."""
        self._text, self._found, self._row = text, (), ""
        kind = self._question.kind
        if not self._online:
            if not kind:
                # Nobody knows now what it is: the centre will say.
                self._add(typing.times(text)[1], "", typing.times(text)[0])
            else:
                self._put(typing.new_customer(text.strip()))
            return
        qty, wanted = typing.times(text) if not kind else (1, text.strip())
        order = self._order

        def took(outcome: Outcome[Any]) -> None:
            found = outcome.view
            if (kind, text) != (self._question.kind, self._text) or order.key != self._order.key:
                return
            self._found = found or ()
            self._row = row_id(self._found[0]) if self._found else ""
            if not kind:
                self._took_items(wanted, qty, found)
            self.show()

        job = self._entry.customers if kind else self._entry.items
        self.stage.network.submit(lambda: job(wanted), took)

    def _took_items(self, wanted: str, qty: int, found: tuple[EntryItem, ...] | None) -> None:
        if found is None:
            self._add(wanted, "", qty)
            return
        exact = [one for one in found if one.exact] or list(found)
        if len(exact) == 1:
            self._add(exact[0].sku, exact[0].name, qty * exact[0].units)
        elif not found:
            self.hear(say(Code.ENTRY_NO_ITEM, text=wanted[:40]))

    def _add(self, sku: str, name: str, qty: int) -> None:
        made = typing.with_item(self._order, sku, name, qty)
        if made is None:
            self.hear(say(Code.ENTRY_TOO_MANY))
            return
        self._change(made)
        n = next(n for n, one in enumerate(made.lines, 1) if one.sku == sku)
        self._put(NOTHING)
        self._row = f"line {n}"
        self.hear(say(Code.SAVED))

    def _answer_field(self, text: str) -> None:
        question = entered(self._question, text)
        if question.field is not None:
            self._put(question)
            return
        was = self._order
        self._change(typing.answered(was, question))
        # Somebody new who is sent something has an address to be asked for.
        asks = question.kind == "new" and not self._order.pick_up_site
        self._put(typing.address(self._order) if asks else NOTHING)

    def _take_row(self, id: str) -> None:
        row = next((one for one in self._rows() if row_id(one) == id), None)
        if isinstance(row, Typed):
            self._put(typing.quantity(self._order, row.n))
        elif isinstance(row, EntryCustomer):
            self._change(typing.of_customer(self._order, row))
            self._put(NOTHING)
        elif isinstance(row, EntryItem):
            units = row.units if row.exact else 1
            self._add(row.sku, row.name, typing.times(self._text)[0] * units)
        elif isinstance(row, Option):
            self._take_option(row.key)

    def _take_option(self, key: str) -> None:
        kind = self._question.kind
        if kind == "extras" and key == "note":
            self._put(typing.note(self._order))
            return
        self._change(typing.option_taken(self._order, kind, key))
        self._put(typing.extras(self._order) if kind == "extras" else NOTHING, row=f"option {key}")

    def _change(self, order: TypedOrder) -> None:
        if order != self._order:
            self._order, self.refusal = order, None
            self._keep()
            if not order.lines:
                self._look = None
            self._look_again()

    def _put(self, question: Question, row: str = "") -> None:
        """Another question: the line is empty, or has what is known already."""
        self._question, self._found = question, ()
        self._text = question.field.value if question.field is not None else ""
        first = f"option {question.options[0].key}" if question.options else ""
        self._row = row if row and question.options else first
        self._n += 1

    # intents

    def intent(self, name: str, argument: str) -> None:
        """One act; unknown ones are ignored, and all but leaving while an order is sent."""
        act = self._INTENTS.get(name)
        if act is not None and not (self._sending and name not in ("close", "leave", "back")):
            act(self, argument)

    def _ask(self, question: Question) -> None:
        self.refusal = None
        self._put(question)
        self.show()

    def _stand(self, argument: str) -> None:
        self._row = argument
        self.show()

    def _pick(self, argument: str) -> None:
        self._take_row(argument)
        self.show()

    def _step(self, argument: str) -> None:
        ids = [row_id(one) for one in self._rows()]
        if ids:
            at = ids.index(self._row) if self._row in ids else (-1 if argument != "-1" else len(ids))
            self._row = ids[max(0, min(len(ids) - 1, at + (-1 if argument == "-1" else 1)))]
            self.show()

    def _close(self, _argument: str) -> None:
        if self._question.asks or self._text:
            self._put(NOTHING)
            self.show()
        else:
            self._show_order("")

    def _send(self, _argument: str) -> None:
        """Once, however often it is pressed: the key of the order is the same until there is an answer."""
        order = self._order
        missing = Code.ENTRY_NO_LINES if not order.lines else Code.ENTRY_NO_NAME if not order.name else None
        if missing is not None:
            self.hear(say(missing))
            self.show()
            return
        self._sending = True
        self._put(NOTHING)
        self.show()
        self.stage.network.submit(lambda: self._entry.send(order), self._sent)

    def _sent(self, outcome: Outcome[EntryTaken | None]) -> None:
        self._sending = False
        self.hear(outcome.message)
        if outcome.state != "refused":
            self._begin_anew()
        self._fetch("waiting", self._entry.waiting, self._took_waiting, away=True)
        if outcome.view is not None and self.in_front:
            self._show_order(outcome.view.number)
        else:
            self.show()

    # what is drawn

    def _rows(self) -> tuple[Row, ...]:
        if self._question.options:
            return self._question.options
        if self._found:
            return self._found
        if self._question.kind == "customer" or (self._text and self._question.field is None):
            return ()
        look = self._look
        told = {one.line: one for one in look.lines} if look is not None else {}
        lines = enumerate(self._order.lines, 1)
        return tuple(
            Typed(n, line, one if (one := told.get(n)) is not None and one.sku == line.sku else None,
                  look.currency if look is not None else "")
            for n, line in lines
        )  # fmt: skip

    def state(self) -> EntryState:
        """The screen now."""
        return EntryState(
            frame=self.frame(), order=self._order, question=self._question, text=self._text, rows=self._rows(), row=self._row,
            look=self._look if self._order.lines else None, places=self._places, searching="search" in self._asked,
            online=self._online, waiting=self._waiting, n=self._n,
        )  # fmt: skip

    def frame(self) -> Frame:
        """What stands around it."""
        kind = self._question.kind
        acts = (_NEW, _CLOSE) if kind == "customer" else (_CLOSE,) if kind else _ACTS
        options = tuple(
            Action(f"pick:option {one.key}", one.word, str(n)) for n, one in enumerate(self._question.options[:9], 1)
        )
        return Frame(
            title=phrase(EntryWord.DOOR_ENTRY),
            prompt=self._prompt(),
            actions=acts,
            choices=options,
            refusal=Refusal(self.refusal) if self.refusal else None,
            busy=phrase(Word.ONE_MOMENT) if self._sending else None,
            help=(EntryWord.HELP_ENTRY, EntryWord.HELP_ENTRY_KEYS),
            leave="close",
        )

    def _prompt(self) -> Message | Phrase:
        question = self._question
        if question.field is not None:
            return phrase(question.field.word)
        if question.options:
            return phrase(WorkbenchWord.WB_CHOOSE)
        return phrase(EntryWord.ENTRY_CUSTOMER_LINE if question.kind else EntryWord.ENTRY_ITEM_LINE)

    _INTENTS: Final[dict[str, Callable[[OrderEntryPresenter, str], None]]] = {
        "typed": _type,
        "entered": lambda self, text: self._enter_text(text),
        "step": _step,
        "stand": _stand,
        "pick": _pick,
        "customer": lambda self, _: self._ask(_CUSTOMER),
        "new_customer": lambda self, _: self._ask(typing.new_customer(self._text.strip())),
        "way": lambda self, _: self._ask(typing.way(self._places)),
        "address": lambda self, _: self._ask(typing.address(self._order)),
        "pay": lambda self, _: self._ask(typing.payment()),
        "extras": lambda self, _: self._ask(typing.extras(self._order)),
        "send": _send,
        "close": _close,
        "leave": _close,
        "back": _close,
    }
