"""Packing a tote, one pure step at a time: units, carton, weight, label, and the stuck label scanned back. Called by `services.pack`.

`TABLE` names the one function for each (step, event); what is not in it is refused. The label is in `pack_label`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import PackConfirm, PackShort, PackUndo, ParcelWeighed, PhotoTaken, ScanRefused
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views import PackStep
from app.flows import pack_hold, pack_hot, pack_join, pack_label
from app.flows.pack_events import (
    Acknowledge,
    AskMissing,
    CameOut,
    ChooseCarton,
    CloseParcel,
    ConfirmSupplies,
    Event,
    GiveMissing,
    GoodsCame,
    LabelTold,
    NextParcel,
    Part,
    PhotoKept,
    ReleaseWeight,
    Reopened,
    Reprint,
    Scanned,
    Undo,
    WeightSeen,
)
from app.flows.pack_no import no as _no
from app.flows.pack_no import stray as _stray
from app.flows.pack_state import BEFORE_LABEL, TRANSITIONS, WAITING, PackState, Weighed
from app.flows.pack_state import onwards as _onwards
from app.flows.pack_state import opened_again as _opened_again
from app.flows.pick_prompt import item_prompt
from app.flows.scanning import answers, completed, unit_of
from app.flows.step import Record, Step
from app.flows.units import Asks, Unit, put_back, shorten, take

#: Two readings this close are the same parcel lying there.
SAME_WEIGHT_G = 2


def step(state: PackState, event: Event, gone: bool = False, lost: str = "") -> Step[PackState]:
    """What `event` does to `state`. `gone`: the order was cancelled or given to another bench, so nothing more goes in; `lost`: so was this
    order that shares the parcel, and nothing goes on before its goods are out."""
    if isinstance(event, Acknowledge):
        return Step(replace(state, scanned=None, missing=False, joining=False))
    before = state.step in BEFORE_LABEL
    if gone and before and not isinstance(event, WeightSeen | LabelTold | Undo | GoodsCame | Part | PhotoKept):
        return _no(state, event, say(Code.JOB_GONE, order=state.order))
    if lost and before and not isinstance(event, LabelTold | Undo | GoodsCame | Part | PhotoKept):
        return _no(state, event, say(Code.JOIN_GONE, order=lost))
    if isinstance(event, Scanned) and event.meaning.also and not answers(state.asks, event.meaning, None):
        return _no(state, event, say(Code.AMBIGUOUS_SCAN, text=event.meaning.fields.text))
    trigger = event.meaning.kind if isinstance(event, Scanned) else type(event)
    done = TABLE.get((state.step, trigger), _stray)(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


# --- units ---


def _item(state: PackState, event: Scanned) -> Step[PackState]:
    if _answered(state, event):
        return _asked(state, event)
    return _count(state, event, unit_of(event.meaning))


def _asked(state: PackState, event: Scanned) -> Step[PackState]:
    """A scan that is no item: the lot or serial number that was asked for, or a code out of place."""
    if state.asks is not None and _answered(state, event):
        return _count(state, event, completed(state.asks, event.meaning))
    return _stray(state, event)


def _answered(state: PackState, event: Scanned) -> bool:
    return answers(state.asks, event.meaning, state.lines[state.at].lot)


def _count(state: PackState, event: Scanned, unit: Unit) -> Step[PackState]:
    at = _line_for(state, unit)
    if at is None:
        return _no(state, event, say(Code.NOT_IN_ORDER, item=unit.sku), unit.sku)
    line = state.lines[at]
    serials = frozenset(s for other in state.lines if other.sku == line.sku for s in other.serials)
    taken = take(line, unit, serials)
    if isinstance(taken, Message):
        return _no(state, event, taken, unit.sku, line.sku)
    if isinstance(taken, Asks):
        return Step(replace(state, at=at, asks=taken, scanned=None), say=item_prompt(line, taken))
    fuller, counted = taken
    lines = tuple(fuller if n == at else other for n, other in enumerate(state.lines))
    fact = PackConfirm(
        job=state.job_of(line.item), sku=line.sku, qty=counted.qty, tote=line.place or state.tote or "", parcel=state.parcel,
        lot=counted.lot, serial=counted.serial, scan=event.meaning.fields.text,
    )  # fmt: skip
    inside = (*state.inside, counted)
    after = _onwards(replace(state, lines=lines, at=at, inside=inside, asks=None, missing=False, scanned=None))
    said = say(Code.PACK_LINE_DONE) if fuller.closed else say(Code.UNIT_PACKED, n=fuller.done, of=line.need)
    return Step(after, (Record(fact, line.item),), said)


def _line_for(state: PackState, unit: Unit) -> int | None:
    """The line a unit belongs to: an open one of its lot, an open one, one at all; None when the order has none of it."""
    lines = [(n, line) for n, line in enumerate(state.lines) if line.sku == unit.sku]
    wishes = (
        [n for n, line in lines if not line.closed and unit.lot is not None and line.lot == unit.lot],
        [n for n, line in lines if not line.closed],
        [n for n, _ in lines],
    )
    return next((found[0] for found in wishes if found), None)


def _more_items(state: PackState, event: Scanned) -> Step[PackState]:
    """An item after the parcel was closed: the packer goes on filling it; when everything is packed, it is one too many or somebody
    else's."""
    sku = event.meaning.id
    if any(line.sku == sku and not line.closed for line in state.lines):
        counted = _item(_opened_again(state), event)
        return replace(counted, state=state) if counted.refused else counted
    if any(line.sku == sku for line in state.lines):
        return _no(state, event, say(Code.TOO_MANY, n=0), sku)
    return _no(state, event, say(Code.NOT_IN_ORDER, item=sku), sku)


def _tote(state: PackState, event: Scanned) -> Step[PackState]:
    tote = event.meaning.id
    if tote in state.totes:
        return Step(replace(state, scanned=None), say=say(Code.TOTE_OPENED, tote=tote, order=state.order))
    return _no(state, event, say(Code.WRONG_TOTE, scanned=tote, needed=state.tote or ""), expected=state.tote or "")


def _ask_missing(state: PackState, _: AskMissing) -> Step[PackState]:
    return Step(replace(state, missing=True, asks=None, scanned=None))


def _give_missing(state: PackState, event: GiveMissing) -> Step[PackState]:
    at = next(n for n, line in enumerate(state.lines) if line is state.line)
    given_up = dict(shorten(state.lines, at, event.reason))
    lines = tuple(replace(line, short=line.short + given_up.get(n, 0)) for n, line in enumerate(state.lines))
    after = _onwards(replace(state, lines=lines, missing=False, scanned=None))
    facts = tuple(
        Record(
            PackShort(
                job=state.job_of(line.item), sku=line.sku, missing=given_up[n], tote=line.place or state.tote or "", reason=event.reason,
                released_by=event.by,
            ),
            line.item,
        )
        for n, line in enumerate(state.lines)
        if n in given_up
    )  # fmt: skip
    return Step(after, facts, say(Code.SHORT_NOTED, n=sum(given_up.values())))


def _undo(state: PackState, _: Undo) -> Step[PackState]:
    """The unit (or pack) that went in last comes out again; a question that was asked last is not asked any more."""
    if state.joining:
        return Step(replace(state, joining=False))
    if not state.can_undo:
        return Step(state, say=say(Code.NOTHING_TO_UNDO), refused=True)
    out = state.inside[-1]
    at = next(n for n, line in enumerate(state.lines) if line.item == out.item)
    line = state.lines[at]
    lines = tuple(put_back(line, out) if n == at else other for n, other in enumerate(state.lines))
    fact = PackUndo(
        job=state.job_of(line.item), sku=line.sku, qty=out.qty, tote=line.place or state.tote or "", parcel=state.parcel, lot=out.lot,
        serial=out.serial,
    )  # fmt: skip
    after = replace(_opened_again(state), lines=lines, at=at, inside=state.inside[:-1])
    return Step(after, (Record(fact, line.item),), say(Code.UNDONE, n=out.qty))


# --- several parcels ---


def _close_parcel(state: PackState, event: CloseParcel) -> Step[PackState]:
    """What is in is one parcel; the rest goes into the next."""
    if not state.in_parcel:
        return _stray(state, event)
    after = replace(state, step=PackStep.CARTON, asks=None, missing=False, scanned=None)
    return Step(after, say=say(Code.PARCEL_CLOSED, n=state.open + state.awaited))


def _next_parcel(state: PackState, event: NextParcel) -> Step[PackState]:
    """The next parcel of the order, still empty."""
    after = replace(
        state, step=PackStep.UNITS, parcel=event.parcel, sscc=event.sscc, inside=(), kept=0, carton=None, confirm=None,
        weighed=None, prints=0, label=WAITING, label_reason="", confirmed=(), photos=0,
    )  # fmt: skip
    after, facts = pack_join.carried_on(after)
    return Step(_onwards(after), facts, say(Code.PARCEL_BEGUN, n=state.to_come))


# --- carton and weight ---


def _scan_carton(state: PackState, event: Scanned) -> Step[PackState]:
    return _carton(state, event, event.meaning.id, event.fits)


def _choose_carton(state: PackState, event: ChooseCarton) -> Step[PackState]:
    return _carton(state, event, event.code, event.fits)


def _carton(state: PackState, event: Event, code: str, fits: bool) -> Step[PackState]:
    if not fits and state.confirm != code:
        # People see more than master data knows: chosen again, it is taken.
        refused = _no(state, event, say(Code.CARTON_TOO_SMALL, carton=code))
        return replace(refused, state=replace(refused.state, confirm=code))
    after = replace(state, step=PackStep.WEIGHT, carton=code, confirm=None, weighed=None, scanned=None)
    return Step(after, say=say(Code.CARTON_CHOSEN, carton=code) if code else say(Code.NO_CARTON))


def _confirm_supplies(state: PackState, event: ConfirmSupplies) -> Step[PackState]:
    """What goes in beside the goods is in. It is told with the weight, when the parcel is closed."""
    if not event.keys:
        return Step(state)
    confirmed = tuple(dict.fromkeys((*state.confirmed, *event.keys)))
    return Step(replace(state, confirmed=confirmed, scanned=None), say=say(Code.SUPPLIES_IN))


def _weight(state: PackState, event: WeightSeen) -> Step[PackState]:
    if event.grams <= 0:
        return Step(replace(state, weighed=None))
    if event.unchecked:
        return Step(replace(state, weighed=None), say=say(Code.CHECK_SUPPLIES), refused=True)
    seen = Weighed(event.grams, event.check.expected, event.check.tolerance, event.check.within(event.grams))
    if seen.within:
        fact = _weighing(state, seen, event.scale)
        return pack_label.ask(replace(state, weighed=seen), (Record(fact),), say(Code.WEIGHT_RIGHT, grams=seen.grams))
    before = state.weighed
    if before is not None and abs(before.grams - seen.grams) <= SAME_WEIGHT_G:
        return Step(state)
    said = say(
        Code.WEIGHT_OUT, grams=seen.grams, expected=seen.expected or 0, tolerance=seen.tolerance,
        diff=seen.grams - (seen.expected or 0),
    )  # fmt: skip
    seen = replace(seen, causes=event.check.causes(seen.grams))
    # Nothing was accepted: it is kept as a refusal, a weighing is what a parcel goes out with.
    refusal = ScanRefused(
        job=state.job, text=f"{seen.grams} g", code=said.code.value, expected=f"{seen.expected} g +- {seen.tolerance}"
    )
    return Step(replace(state, weighed=seen), (Record(refusal),), said, refused=True)


def _release_weight(state: PackState, event: ReleaseWeight) -> Step[PackState]:
    if state.weighed is None or state.weighed.within:
        return Step(state, say=say(Code.NOT_NOW), refused=True)
    fact = _weighing(state, state.weighed, "", event.by, event.reason)
    return pack_label.ask(state, (Record(fact),), say(Code.SAVED))


def _weighing(state: PackState, weighed: Weighed, scale: str, by: str | None = None, reason: str = "") -> ParcelWeighed:
    return ParcelWeighed(
        job=state.job, parcel=state.parcel, carton=state.carton or "", grams=weighed.grams,
        expected_g=weighed.expected or 0, tolerance_g=weighed.tolerance, within=weighed.within, scale=scale,
        released_by=by, reason=reason, supplies=list(state.confirmed) or None,
    )  # fmt: skip


def _photo(state: PackState, event: PhotoKept) -> Step[PackState]:
    """A picture of the parcel, for whoever asks later."""
    fact = PhotoTaken(
        job=state.job, parcel=state.parcel, sha256=event.sha256, size=event.size, width=event.width, height=event.height,
        of=event.of,
    )  # fmt: skip
    return Step(replace(state, photos=state.photos + 1), (Record(fact),), say(Code.PHOTO_KEPT))


_LABEL_STEPS = (PackStep.LABEL, PackStep.LABEL_UNSURE, PackStep.SCAN_BACK)

#: The function for each (step, event); scans by their kind.
TABLE: dict[tuple[PackStep, ScanKind | type], Callable[[PackState, Any], Step[PackState]]] = {
    **{(PackStep.UNITS, kind): _asked for kind in frozenset(ScanKind) - {ScanKind.COMMAND, ScanKind.BADGE}},
    (PackStep.UNITS, ScanKind.ITEM): _item,
    (PackStep.UNITS, ScanKind.TOTE): _tote,
    **{(step, Undo): _undo for step in BEFORE_LABEL},
    **{(step, ConfirmSupplies): _confirm_supplies for step in BEFORE_LABEL},
    (PackStep.UNITS, CloseParcel): _close_parcel,
    (PackStep.GOODS, CloseParcel): _close_parcel,
    (PackStep.GOODS, ScanKind.TOTE): _tote,
    (PackStep.UNITS, AskMissing): _ask_missing,
    (PackStep.UNITS, GiveMissing): _give_missing,
    (PackStep.CARTON, ScanKind.CARTON): _scan_carton,
    (PackStep.CARTON, ChooseCarton): _choose_carton,
    (PackStep.CARTON, ScanKind.ITEM): _more_items,
    (PackStep.WEIGHT, ScanKind.CARTON): _scan_carton,
    (PackStep.WEIGHT, ChooseCarton): _choose_carton,
    (PackStep.WEIGHT, ScanKind.ITEM): _more_items,
    (PackStep.WEIGHT, WeightSeen): _weight,
    (PackStep.WEIGHT, ReleaseWeight): _release_weight,
    **{(step, ScanKind.PARCEL): pack_label.scanned for step in _LABEL_STEPS},
    **{(step, LabelTold): pack_label.told for step in (PackStep.LABEL, PackStep.LABEL_UNSURE)},
    **{(step, Reprint): pack_label.reprint for step in _LABEL_STEPS},
    **{(step, Reopened): pack_label.reopened for step in _LABEL_STEPS},
    **{(step, PhotoKept): _photo for step in (*BEFORE_LABEL, *_LABEL_STEPS, PackStep.HOLD)},
    (PackStep.LABEL_UNSURE, CameOut): pack_label.came_out,
    (PackStep.NEXT_PARCEL, NextParcel): _next_parcel,
    **pack_hot.TABLE,
    **pack_hold.TABLE,
    **pack_join.TABLE,
}
