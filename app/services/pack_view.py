"""The pack station's picture of one moment, from the flow state and the rows. Used by `services.pack`."""

from dataclasses import replace

from app.core.messages import Code, Message, say
from app.core.views import JobCard, PackLine, PackStep, PackView, PaperCard
from app.flows.pack_state import PackState, prompt
from app.services import pack_join, pack_papers
from app.services.api import Weight
from app.services.cards import held_jobs, item_card, job_card
from app.services.pack_acts import mark, others
from app.services.pack_carton import carton_cards, chosen_card, plan_card, supply_cards
from app.services.pack_ports import Later
from app.services.pack_weight import weight_card
from app.services.ports import UnitOfWork
from sync.contract.codes import JobKind
from sync.contract.rows import ItemRow, JobRow, OrderRow, WorkRow

_PAPER: dict[PackStep, str] = {
    PackStep.LABEL_UNSURE: "unsure",
    PackStep.SCAN_BACK: "printed",
    PackStep.DONE: "printed",
}


def waiting_view(u: UnitOfWork) -> PackView:
    """The station with no tote open."""
    return PackView(
        step=PackStep.WAITING, prompt=say(Code.SCAN_TOTE_TO_PACK), queue=_queue(u), papers=pack_papers.papers_owed(u)
    )


def _queue(u: UnitOfWork, *but: str) -> tuple[JobCard, ...]:
    states = pack_papers.kept_states(u)
    labels = pack_papers.labels_put_down(u, states.values())
    hidden = {*but, *pack_join.shared(u)}
    return tuple(
        _card_of(u, job, started, states.get(job.id), labels.get(job.id, ""))
        for job, started in held_jobs(u, JobKind.PACK)
        if job.id not in hidden
    )


def _card_of(u: UnitOfWork, job: JobRow, started: bool, state: PackState | None, label: str) -> JobCard:
    """A tote of the queue; of one that was begun, what it waits for."""
    card, word = replace(job_card(u, job, started), label=label), mark(u, job, state)
    return replace(card, flags=(word, *card.flags)) if word else card


def pack_view(u: UnitOfWork, state: PackState, live: Weight | None, later: Later | None = None) -> PackView:
    """What the packer sees. `live` is the newest reading of the scale, `later` knows what keeps papers."""
    order = u.rows.get(OrderRow, state.order)
    cartons = carton_cards(u, state)
    supplies = supply_cards(u, state)
    return PackView(
        step=state.step,
        prompt=pack_papers.label_prompt(u, state)
        or _prompt(state, live, unchecked=any(card.needed and not card.done for card in supplies)),
        queue=_queue(u, state.job, *(guest.job for guest in state.guests)),
        job=state.job,
        order=state.order,
        tote=state.tote,
        totes=state.totes,
        lines=tuple(_line(u, state, n) for n, line in enumerate(state.lines) if line.need or line.done),
        packed=state.packed,
        units=sum(line.need for line in state.lines) + state.awaited,
        cartons=cartons,
        carton=next((card for card in cartons if card.code == state.carton), None) or chosen_card(u, state),
        weight=weight_card(u, state, live),
        papers=(_label_card(u, state), *pack_papers.paper_cards(u, state, later)),
        flags=tuple(order.flags) if order else (),
        note=order.note if order else "",
        sscc=state.sscc,
        plan=plan_card(u, state),
        supplies=supplies,
        parcel=state.parcel,
        can_undo=state.can_undo,
        in_parcel=state.in_parcel,
        awaited=state.awaited,
        others=others(u, state),
        orders=state.orders,
        offers=pack_join.offers(u, state),
        joining=state.joining,
        photos=state.photos,
        scanned=item_card(u, state.scanned) if state.scanned and u.rows.get(ItemRow, state.scanned) else None,
    )


def _label_card(u: UnitOfWork, state: PackState) -> PaperCard:
    return PaperCard("label", pack_papers.label_missing(u, state) or _PAPER.get(state.step, state.label))


def _prompt(state: PackState, live: Weight | None, *, unchecked: bool) -> Message:
    if state.step is PackStep.WEIGHT and unchecked:
        return say(Code.CHECK_SUPPLIES)
    if state.step is PackStep.WEIGHT and live is not None and not live.stable:
        return say(Code.WAIT_FOR_STEADY)
    return prompt(state)


def _line(u: UnitOfWork, state: PackState, n: int) -> PackLine:
    line = state.lines[n]
    card = item_card(u, line.sku, u.rows.get(WorkRow, line.item))
    order = line.order if state.guests else ""
    return PackLine(
        item=card, qty=line.need, packed=line.done, short=line.short, current=line is state.line, order=order
    )
