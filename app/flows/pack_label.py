"""The label's part of packing: asked for without a click, believed only on evidence, scanned back off the parcel. Called by `pack.TABLE`.

A label is never printed again by itself: after trouble a person says so, and the SSCC stays the same.
"""

from dataclasses import replace

from app.core.facts import LabelFate, ParcelLeave, ParcelShip
from app.core.messages import Code, Message, say
from app.core.views import PackStep
from app.flows.pack_events import CameOut, LabelTold, Reopened, Reprint, Scanned
from app.flows.pack_state import FAILED, PRINTING, PackState
from app.flows.scanning import refuse
from app.flows.step import PrintLabel, Record, Step

#: Rung of evidence of a label that was read off the parcel.
SCANNED_LEVEL = 4

#: What a printer's reason (IPP `printer-state-reasons` keywords) is called on the floor.
_TROUBLE: dict[str, Code] = {
    "media-empty": Code.PRINTER_OUT_OF_LABELS,
    "marker-supply-empty": Code.PRINTER_OUT_OF_RIBBON,
    "cover-open": Code.PRINTER_OPEN,
    "paused": Code.PRINTER_PAUSED,
}


def ask(state: PackState, facts: tuple[Record, ...], said: Message) -> Step[PackState]:
    """On to the label: one more print job of the parcel's one label."""
    after = replace(
        state, step=PackStep.LABEL, prints=state.prints + 1, label=PRINTING, label_reason="", scanned=None, confirm=None
    )
    return Step(after, (*facts, PrintLabel(after.print_job, state.parcel)), said)


def told(state: PackState, event: LabelTold) -> Step[PackState]:
    """The print queue's word. Only the newest print job counts."""
    if event.print_job != state.print_job:
        return Step(state)
    if event.state == "printed":
        after = replace(state, step=PackStep.SCAN_BACK, label_reason="")
        return Step(after, (_fate(state, "printed", event.level, event),), say(Code.LABEL_PRINTED))
    if state.step is not PackStep.LABEL or state.label == FAILED:
        return Step(state)
    if event.state == "failed":
        after = replace(state, label=FAILED, label_reason=event.reason)
        return Step(after, (_fate(state, "failed", event.level, event),), _failure(event.reason))
    if event.state == "unsure":
        after = replace(state, step=PackStep.LABEL_UNSURE, label_reason=event.reason)
        return Step(after, (_fate(state, "unsure", event.level, event),), say(Code.LABEL_UNSURE))
    return Step(state)


def scanned(state: PackState, event: Scanned) -> Step[PackState]:
    """A label was read. The right one proves that it came out and that it sticks on this parcel, whatever the printer says."""
    if event.void:
        why = say(Code.LABEL_VOID_NOW, number=event.now) if event.now else say(Code.LABEL_VOID)
        return refuse(replace(state, scanned=None), why, event.meaning, state.job, None, state.sscc)
    if event.meaning.id != state.parcel:
        number = event.meaning.fields.sscc or event.meaning.fields.text
        why = say(Code.WRONG_LABEL, scanned=number, needed=state.sscc)
        return refuse(replace(state, scanned=None), why, event.meaning, state.job, None, state.sscc)
    seen = _fate(state, "verified", SCANNED_LEVEL)
    if state.to_come:
        left = Record(ParcelLeave(job=state.job, parcel=state.parcel, sscc=state.sscc))
        after = replace(state, step=PackStep.NEXT_PARCEL, scanned=None)
        return Step(after, (seen, left), say(Code.PART_SHIPPED, n=state.to_come))
    shipped = Record(ParcelShip(job=state.job, parcel=state.parcel, sscc=state.sscc))
    after = replace(state, step=PackStep.DONE, scanned=None)
    return Step(after, (seen, shipped), say(Code.PARCEL_SHIPPED, order=state.order))


def came_out(state: PackState, event: CameOut) -> Step[PackState]:
    """The packer looked. A label that lies there is proven by scanning it; one that does not is printed again."""
    if event.yes:
        return Step(replace(state, step=PackStep.SCAN_BACK))
    return reprint(state, Reprint("did not come out"))


def reprint(state: PackState, event: Reprint) -> Step[PackState]:
    """The same label once more. Where one may have come out before, that is written down."""
    if state.step is PackStep.LABEL and state.label != FAILED:
        return Step(state, say=say(Code.NOT_NOW), refused=True)
    facts = () if state.step is PackStep.LABEL else (_fate(state, "reprint_asked", 0, detail=event.reason),)
    return ask(state, facts, say(Code.WAIT_FOR_LABEL))


def reopened(state: PackState, _: Reopened) -> Step[PackState]:
    """There is no such parcel any more; what else the tote holds goes into the next one."""
    return Step(replace(state, step=PackStep.NEXT_PARCEL if state.to_come else PackStep.DONE, scanned=None))


def _failure(reason: str) -> Message:
    code = _TROUBLE.get(reason)
    return say(code) if code else say(Code.LABEL_FAILED, reason=reason)


def _fate(state: PackState, fate: str, level: int, told: LabelTold | None = None, detail: str = "") -> Record:
    return Record(
        LabelFate(
            job=state.job, parcel=state.parcel, sscc=state.sscc, print_job=state.print_job, fate=fate, level=level,
            printer=told.printer if told else "", detail=told.reason if told else detail,
        )
    )  # fmt: skip
