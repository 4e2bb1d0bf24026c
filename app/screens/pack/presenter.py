"""The pack station: turns the service's pictures of the bench into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.core.facts import HoldReason, PhotoOf, ReopenReason, ShortReason
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import PackStep, PackView, WeightCard
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.pack.paper_words import PaperWord
from app.screens.pack.plan_words import PlanWord
from app.screens.pack.words import PackWord
from app.screens.presenter import Presenter, Stage
from app.screens.words import Vocabulary, Word
from app.services.api import LabelReport, Pack, Weight

_MISSING = Action("missing", Word.MISSING, "F2")
_REPRINT = Action("reprint", Word.REPRINT, "F6", "printer")
_CAME_OUT = Action("came_out:yes", Word.CAME_OUT, "F6", "check")
_NOT_CAME_OUT = Action("came_out:no", Word.DID_NOT_COME_OUT, "F7", "cross")
_LET_PASS = Action("let_pass", Word.LET_THROUGH, "F7")
_UNDO = Action("undo", Word.UNDO, "F6", "undo")
_FULL = Action("close_parcel", Word.PARCEL_FULL, "F4", "box")
_NO_BOX = Action("carton", Word.WITHOUT_BOX, "0")
_PICTURE = Action("picture", PlanWord.PLAN_PICTURE, "PgUp", "box")
_SUPPLIES = Action("supplies", PlanWord.SUPPLIES_ALL_IN, "End", "check")
_LAYER = Action("layer", PlanWord.OTHER_LAYER, "PgDn")
_PAPERS = Action("papers", PaperWord.PAPERS_AGAIN, "F5", "printer")
_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_FETCH = Action("fetch:not_found", PackWord.FETCH, "F3")
_FETCH_BROKEN = Action("fetch:damaged", PackWord.FETCH_BROKEN, "F5")
_FETCH_OTHER = Action("fetch_other", PackWord.FETCH_OTHER, "F7")
_ASIDE = Action("aside", PackWord.ASIDE, "F9")
_REOPEN = Action("reopen", PackWord.REOPEN, "F9")
_JOIN = Action("join", PackWord.JOIN, "Home")
_PART = Action("part", PackWord.PART, "Del")
_PHOTO = Action("photo", PackWord.TAKE_PHOTO, "Ins")
_BACK = Action("cancel", Word.BACK, "Esc", "back")

MISSING_REASONS: tuple[Action, ...] = tuple(
    Action(f"missing:{reason}", Word(f"reason_{reason}"), str(n))
    for n, reason in enumerate((r for r in ShortReason if r is not ShortReason.PICK_LATER), 1)
)
ASIDE_REASONS = tuple(
    Action(f"aside:{reason}", PackWord(f"hold_{reason}"), str(n)) for n, reason in enumerate(HoldReason, 1)
)
REOPEN_REASONS = tuple(
    Action(f"reopen:{reason}", PackWord(f"reopen_{reason}"), str(n)) for n, reason in enumerate(ReopenReason, 1)
)
PHOTO_REASONS = (
    *(Action(f"photo:{of}", PackWord(f"photo_{of}"), str(n)) for n, of in enumerate(PhotoOf, 1)),
    Action("photo:file", PackWord.PHOTO_FILE, str(len(PhotoOf) + 1)),
)
PASS_REASONS = (
    Action("let_pass:counted_again", Word.WEIGHT_COUNTED_AGAIN, "1"),
    Action("let_pass:data_wrong", Word.WEIGHT_DATA_WRONG, "2"),
    Action("let_pass:extra_packing", Word.WEIGHT_EXTRA_PACKING, "3"),
)
_ACTS: dict[PackStep, tuple[Action, ...]] = {
    PackStep.UNITS: (_MISSING, _FULL, _UNDO, _LEAVE, _FETCH, _FETCH_BROKEN, _FETCH_OTHER, _ASIDE),
    PackStep.CARTON: (_NO_BOX, _UNDO, _LEAVE, _ASIDE),
    PackStep.WEIGHT: (_UNDO, _LEAVE, _ASIDE),
    PackStep.GOODS: (_FULL, _UNDO, _LEAVE, _ASIDE),
    PackStep.LABEL: (_REPRINT, _LEAVE, _PAPERS, _REOPEN, _PHOTO),
    PackStep.LABEL_UNSURE: (_CAME_OUT, _NOT_CAME_OUT, _LEAVE, _REOPEN),
    PackStep.SCAN_BACK: (_REPRINT, _LEAVE, _PAPERS, _REOPEN, _PHOTO),
    PackStep.NEXT_PARCEL: (_LEAVE,),
    PackStep.DONE: (_PAPERS,),
}
_LATER = (Code.LABEL_PENDING, Code.LABEL_PROBLEM)
_NO_LABEL_YET = (_PAPERS, _LEAVE, _REOPEN)
_EXITS: dict[Code, tuple[Action, ...]] = {
    Code.WEIGHT_OUT: (_LET_PASS, _LEAVE),
    Code.LABEL_UNSURE: (_CAME_OUT, _NOT_CAME_OUT),
    Code.WRONG_LABEL: (_REPRINT,),
    Code.LABEL_VOID: (_REPRINT,),
    Code.LABEL_VOID_NOW: (_REPRINT,),
    Code.JOIN_GONE: (_PART,),
    Code.PART_FIRST: (_PART,),
}
#: Where a parcel can still be packed as it was planned, and its checklist be confirmed.
_PLANNED = (PackStep.UNITS, PackStep.CARTON, PackStep.WEIGHT)
_BEFORE_LABEL = (*_PLANNED, PackStep.GOODS)
_HELP: dict[PackStep, tuple[Vocabulary, ...]] = {
    PackStep.WAITING: (Word.HELP_TOTE,),
    PackStep.UNITS: (Word.HELP_ITEM, Word.HELP_PARCEL_FULL),
    PackStep.CARTON: (Word.HELP_CARTON,),
    PackStep.LABEL: (PaperWord.HELP_LABEL_LATER, PaperWord.HELP_PAPERS),
    PackStep.LABEL_UNSURE: (Word.HELP_LABEL,),
    PackStep.SCAN_BACK: (Word.HELP_LABEL, PaperWord.HELP_PAPERS),
    PackStep.DONE: (Word.HELP_TOTE,),
}


@dataclass(frozen=True, slots=True)
class PackState:
    """What the pack screen draws. `page` is `waiting`, `order`, `reasons`, `badge`, `picture`, `done` or `loading`; `choices` fill
    `reasons`.

    `weight` follows the scale between two answers of the service.
    """

    frame: Frame
    page: str
    view: PackView | None
    weight: WeightCard | None = None
    question: Phrase | None = None
    choices: tuple[Action, ...] = ()
    #: The layer of the picture, from 0.
    layer: int = 0
    #: A file with a picture is to be chosen.
    picks: bool = False


class PackPresenter(Presenter[PackState]):
    """Where the packer stands, what the scale says, and the reason a supervisor's badge is waited for with."""

    name = "pack"
    service_reads_commands = True

    def __init__(self, stage: Stage, pack: Pack) -> None:
        super().__init__(stage)
        self._pack = pack
        self.view: PackView | None = None
        self._live: Weight | None = None
        self._told: tuple[object, object, object] | None = None
        self._asking_pass = False
        self._asking_photo = self._picking = False
        self._file = ""
        self._reason: str | None = None
        self._boss_for: ReopenReason | None = None
        self._opening: ReopenReason | None = None
        self._picture = False
        self._layer: int | None = None

    def refresh(self) -> None:
        """Asks how the bench stands."""
        self.ask(self._pack.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """Everything that is scanned goes to the service, unless a supervisor's badge is waited for."""
        if self._reason is not None:
            self.ask(self._with_badge(scan.text, self._reason), self._took, scan)
            return
        if self._boss_for is not None:
            why, self._boss_for = self._boss_for, None
            self.ask(lambda: self._pack.reopen(why, scan.text), self._took, scan)
            return
        self._asking_pass = False
        self.ask(lambda: self._pack.on_scan(scan), self._took, scan)

    def on_weight(self, weight: Weight) -> None:
        """Follows the scale; a new stable weight goes to the service while it is waited for."""
        self._live = weight
        view = self.view
        if view is None:
            return
        this = (view.job, weight.grams, weight.load)
        if view.step is PackStep.WEIGHT and weight.stable and self._told != this:
            self._told = this
            self.ask(lambda: self._pack.weight(weight), self._took)
        else:
            self.show()

    def on_label(self, report: LabelReport) -> None:
        """The fate of a label, also while another screen is in front."""
        self.ask(lambda: self._pack.label_report(report), self._took)

    def intent(self, name: str, argument: str) -> None:
        """Missing, boxes, weight, label, leave."""
        if name == "let_pass" and not argument:
            self._asking_pass = True
            self.refusal = None
            self.show()
        elif name in ("let_pass", "missing") and argument:
            self._reason = f"{name}:{argument}"
            self.show()
        elif name == "picture":
            self._picture, self._layer = not self._picture, None
            self.show()
        elif name == "layer":
            self._turn()
        elif name == "supplies":
            self.refusal = None
            self.ask(self._pack.confirm_supplies, self._took)
        elif name == "cancel" and (self._asking_photo or self._picking):
            self._forget()
            self.show()
        elif name == "cancel":
            held = self.view is not None and self.view.step is PackStep.HOLD and not self.view.joining
            self._forget()
            self.ask(self._pack.undo if held else self._pack.acknowledge, self._took)
        elif name == "photo":
            self._photo(argument)
        elif name in ("fetch", "fetch_other", "aside", "reopen", "join", "part"):
            self.refusal = None
            self._bench_act(name, argument)
        elif name == "carton":
            self.ask(lambda: self._pack.choose_carton(argument), self._took)
        elif name == "came_out":
            self.refusal = None
            self.ask(lambda: self._pack.label_came_out(argument == "yes"), self._took)
        elif name == "papers":
            self.ask(self._pack.papers, self._took)
        elif name == "reprint":
            self.refusal = None
            self.ask(lambda: self._pack.reprint("spoiled"), self._took)
        elif name in ("missing", "close_parcel", "undo", "leave"):
            self.refusal = None
            calls = {"close_parcel": self._pack.close_parcel, "undo": self._pack.undo, "leave": self._pack.leave}
            self.ask(calls.get(name, self._pack.missing), self._took)
        elif name == "home":
            self.stage.go("home")

    def _photo(self, argument: str) -> None:
        """What it shows is asked first, then it is taken. One from a file is chosen, or was dropped here (`file PATH`), and then asked
        about."""
        self.refusal = None
        of, _, path = argument.partition(" ")
        what = PhotoOf(of) if of in set(PhotoOf) else None
        if what is None and self._may_photo():
            self._file, self._picking, self._asking_photo = path, of == "file" and not path, not of or bool(path)
            self.show()
            return
        path = path or self._file
        self._forget()
        self.ask(lambda: self._pack.photo(what or PhotoOf.PARCEL, path), self._took)

    def _may_photo(self) -> bool:
        view = self.view
        if view is None or view.step is PackStep.HOLD:
            return view is not None
        return any(act.intent == "photo" for act in self._acts(view))

    def _bench_act(self, name: str, argument: str) -> None:
        """Goods that are sent for, a tote that is put aside, a parcel that is opened again."""
        pack = self._pack
        if name == "reopen" and argument:
            self._opening = ReopenReason(argument)
            why = self._opening
            self.ask(lambda: pack.reopen(why), self._took)
        elif name == "aside" and argument:
            self.ask(lambda: pack.hold_for(HoldReason(argument)), self._took)
        elif name == "fetch":
            self.ask(lambda: pack.fetch(ShortReason(argument)), self._took)
        else:
            acts = {
                "fetch_other": pack.fetch_other, "aside": pack.hold, "reopen": pack.ask_reopen, "join": pack.join,
                "part": pack.part,
            }  # fmt: skip
            self.ask(acts[name], self._took)

    def acknowledge(self) -> None:
        """Tells the service too, so that it no longer compares - but not while it waits for a reason or a badge."""
        self.refusal = None
        if self._reason is not None or self._boss_for is not None or self._asking_pass or self._asking_photo:
            self.show()
        else:
            self.ask(self._pack.acknowledge, self._took)

    def state(self) -> PackState:
        """The screen now."""
        view = self.view
        if view is None:
            return PackState(self.frame(), "loading", None)
        page, question, choices = self._page(view)
        return PackState(
            self.frame(), page, view, self._weight(view), question, choices, self._layer_of(view), self._picking
        )

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(Word.STATION), phrase(Word.LOADING), leave="home")
        page, question, choices = self._page(view)
        aside = page in ("reasons", "badge") or view.step is PackStep.HOLD or view.joining
        leave = "waiting" if view.step is PackStep.WAITING else page
        return Frame(
            title=phrase(Word.ORDER_NO, no=" + ".join(view.orders or (view.order,)))
            if view.order
            else phrase(Word.STATION),
            subtitle=phrase(Word.TOTE_NO, tote=" + ".join(view.totes)) if view.totes else None,
            prompt=question or self._prompt(view),
            progress=1000 * view.packed // view.units if view.units else None,
            actions=self._ways_back(view) if aside else self._acts(view),
            choices=choices,
            refusal=self._refusal(view),
            busy=phrase(Word.ONE_MOMENT) if self.busy else None,
            help=(*_HELP.get(view.step, ()), *((PlanWord.HELP_SUPPLIES,) if view.supplies else ()), Word.HELP_COMMANDS),
            leave="cancel" if aside else {"waiting": "home", "picture": "picture"}.get(leave, "leave"),
        )

    def _ways_back(self, view: PackView) -> tuple[Action, ...]:
        """Who puts a tote aside may show why."""
        pictured = view.step is PackStep.HOLD and not (view.joining or self._asking_photo)
        return (_BACK, _PHOTO) if pictured else (_BACK,)

    def _page(self, view: PackView) -> tuple[str, Phrase | None, tuple[Action, ...]]:
        if self._reason is not None or self._boss_for is not None:
            return "badge", phrase(Word.SUPERVISOR_BADGE), ()
        if self._asking_pass:
            return "reasons", phrase(Word.WHY_LET_THROUGH), PASS_REASONS
        if self._asking_photo:
            return "reasons", phrase(PackWord.PHOTO_WHAT), PHOTO_REASONS[:-1] if self._file else PHOTO_REASONS
        if view.reopen is not None:
            return "reasons", None, () if view.opening else REOPEN_REASONS
        if view.prompt.code is Code.WHY_ASIDE:
            return "reasons", None, ASIDE_REASONS
        if view.prompt.code is Code.CHOOSE_SHORT_REASON:
            return "reasons", None, MISSING_REASONS
        if self._shows_picture(view):
            return "picture", None, ()
        cartons = tuple(
            Action(f"carton:{c.code}", Word.BOX, str(c.key)) for c in view.cartons if view.step is PackStep.CARTON
        )
        pages = {PackStep.WAITING: "waiting", PackStep.DONE: "done"}
        return pages.get(view.step, "order"), None, cartons

    def _prompt(self, view: PackView) -> Message:
        unsteady = view.step is PackStep.WEIGHT and self._live is not None and not self._live.stable
        return say(Code.WAIT_FOR_STEADY) if unsteady else view.prompt

    def _acts(self, view: PackView) -> tuple[Action, ...]:
        allowed = {"undo": view.can_undo, "close_parcel": view.in_parcel > 0, "fetch_other": bool(view.others)}
        # What has not come cannot come again.
        wanted = _NO_LABEL_YET if view.prompt.code in _LATER else _ACTS.get(view.step, ())
        acts = tuple(replace(act, enabled=allowed.get(act.intent, True)) for act in wanted)
        if self._shows_picture(view):
            return (_LAYER, replace(_BACK, intent="picture"))
        acts = self._with_orders(view, self._with_plan(view, acts))
        blocked = view.weight is not None and view.weight.blocked
        return (_LET_PASS, *acts) if view.step is PackStep.WEIGHT and blocked else acts

    def _with_plan(self, view: PackView, acts: tuple[Action, ...]) -> tuple[Action, ...]:
        """The checklist while it is open, which is urgent once everything is packed, and the picture."""
        if view.step not in _PLANNED:
            return acts
        pictured = (_PICTURE,) if view.plan is not None and view.plan.blocks else ()
        listed = (_SUPPLIES,) if any(not card.done for card in view.supplies) else ()
        if view.step is PackStep.UNITS:
            return (*acts[:1], *pictured, *listed, *acts[1:])
        return (*listed, *pictured, *acts)

    def _with_orders(self, view: PackView, acts: tuple[Action, ...]) -> tuple[Action, ...]:
        """Another order that may go along, and taking apart those that do."""
        if view.step not in _BEFORE_LABEL:
            return acts
        join = (_JOIN,) if view.offers else ()
        part = (_PART,) if len(view.orders) > 1 else ()
        return (*acts[:1], *join, *part, *acts[1:], _PHOTO)

    def _shows_picture(self, view: PackView) -> bool:
        return self._picture and view.step in _PLANNED and view.plan is not None and bool(view.plan.blocks)

    def _layer_of(self, view: PackView) -> int:
        """The layer that was turned to, else the one in hand."""
        if view.plan is None:
            return 0
        return view.plan.layer if self._layer is None else min(self._layer, max(0, view.plan.layers - 1))

    def _turn(self) -> None:
        """The next layer up; above the last one the first."""
        if self.view is not None and self.view.plan is not None:
            self._layer = (self._layer_of(self.view) + 1) % max(1, self.view.plan.layers)
            self.show()

    def _refusal(self, view: PackView) -> Refusal | None:
        message = self.refusal
        if message is None:
            return None
        if message.code is Code.NOT_IN_ORDER and view.scanned is not None:
            message = say(message.code, item=f"{view.scanned.name} (…{view.scanned.code[-4:]})")
            current = next((line for line in view.lines if line.current), None)
            if current is not None:
                return Refusal(message, (), view.scanned, current.item, current.qty - current.packed)
        likely = view.weight.causes if message.code is Code.WEIGHT_OUT and view.weight else ()
        return Refusal(message, _EXITS.get(message.code, ()), likely=likely)

    def _weight(self, view: PackView) -> WeightCard | None:
        """What the service checks against, with what lies on the scale this very moment."""
        card, live = view.weight, self._live
        if live is None or view.step not in (PackStep.UNITS, PackStep.CARTON, PackStep.WEIGHT):
            return card
        if card is None:
            return WeightCard(round(live.grams), live.stable, None, 0, None)
        grams = round(live.grams)
        within = card.expected is not None and live.stable and abs(grams - card.expected) <= card.tolerance
        return replace(card, grams=grams, stable=live.stable, within=within if grams > 0 and live.stable else None)

    def _with_badge(self, badge: str, reason: str) -> Callable[[], Outcome[PackView]]:
        what, _, why = reason.partition(":")
        if what == "missing":
            return lambda: self._pack.release_missing(badge, ShortReason(why))
        return lambda: self._pack.release_weight(badge, why)

    def _took(self, outcome: Outcome[PackView]) -> None:
        before = self.view
        self.view = outcome.view
        if before is not None and before.supplies != outcome.view.supplies:
            # What lies on the scale may be taken now.
            self._told = None
        if before is None or before.in_parcel != outcome.view.in_parcel:
            self._layer = None
        if before is None or (before.step, before.job) != (outcome.view.step, outcome.view.job):
            self._told = None
            self._forget()
        if outcome.message is not None and outcome.message.code in (Code.SAVED, Code.SHORT_NOTED):
            self._forget()
        if outcome.message is not None and outcome.message.code is Code.NEEDS_SUPERVISOR:
            self._boss_for = self._opening
        if outcome.view.opening and not self.busy:
            self._ask_centre()
        self.show()

    def _ask_centre(self) -> None:
        """Beside the scans, and whatever else the bench is told meanwhile."""

        def done(_: None) -> None:
            self.busy = False
            self.ask(self._pack.opened, self._took)

        self.busy = True
        self.stage.network.submit(self._pack.ask_centre, done)

    def forget(self) -> None:
        """As ever; and what lay on the scale is not known any more."""
        super().forget()
        self._picture, self._layer = False, None
        self._forget()
        self._live = self._told = None

    def _forget(self) -> None:
        self._asking_pass, self._reason, self._boss_for = False, None, None
        self._asking_photo = self._picking = False
        self._file = ""
