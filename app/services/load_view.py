"""The picture of one moment of pallets and trucks: the list, a pallet, a truck. Used by `services.load`."""

from collections import defaultdict

from app.core.messages import Code, say
from app.core.views_load import LoadStep, LoadView, PalletCard, ThingCard, TruckCard
from app.flows.load_state import LoadState, PalletState, TruckState, prompt
from app.services.load_rows import Standing, unlisted
from app.services.ports import UnitOfWork
from sync.contract.codes import PalletState as Kind
from sync.contract.rows import SiteRow

#: So many things are shown of a pallet, a truck or what is missing.
MOST_SHOWN = 60
_STEPS = {Kind.PLANNED: LoadStep.LABEL, Kind.OPEN: LoadStep.BUILD, Kind.CLOSED: LoadStep.WRAPPED}


def list_view(u: UnitOfWork, begun: dict[str, LoadState], *, may_close: bool) -> LoadView:
    """Nothing is open: pallets that are begun, and what waits for which truck. `begun` are the states kept here, by job."""
    standing = Standing(u)
    pallets = [
        PalletCard(p.sscc, p.carrier, len(p.parcels), _STEPS[p.state].value, mine=p.sscc in begun)
        for p in standing.pallets()
        if p.state in _STEPS
    ]
    known = {card.pallet for card in pallets}
    printed = [
        PalletCard(job, "", 0, LoadStep.LABEL.value, mine=True)
        for job, state in begun.items()
        if state.pallet is not None and state.pallet.step is LoadStep.LABEL and job not in known
    ]
    return LoadView(
        step=LoadStep.LIST, prompt=say(Code.SCAN_PALLET_OR_TRUCK), pallets=(*pallets, *printed),
        trucks=_trucks(standing, begun), may_close=may_close,
    )  # fmt: skip


def _trucks(standing: Standing, begun: dict[str, LoadState]) -> tuple[TruckCard, ...]:
    waiting = [parcel for parcel in standing.waiting() if parcel.carrier]
    wrapped: dict[str, set[str]] = defaultdict(set)
    alone: dict[str, int] = defaultdict(int)
    loose: dict[str, int] = defaultdict(int)
    states: dict[str, Kind] = {}
    for parcel in waiting:
        if not parcel.pallet:
            alone[parcel.carrier] += 1
            continue
        if parcel.pallet not in states:
            states[parcel.pallet] = standing.pallet(parcel.pallet).state
        if states[parcel.pallet] is Kind.CLOSED:
            wrapped[parcel.carrier].add(parcel.pallet)
        else:
            loose[parcel.carrier] += 1
    free = unlisted(waiting)
    open_ = {state.truck.carrier: state.truck for state in begun.values() if state.truck is not None}
    carriers = sorted({parcel.carrier for parcel in waiting} | set(open_))
    cards = []
    for carrier in carriers:
        truck = open_.get(carrier)
        whole, single = standing.inside(truck.load) if truck else ((), ())
        cards.append(
            TruckCard(
                carrier, len(wrapped[carrier]), alone[carrier], loose[carrier], free[carrier],
                truck.load if truck else "", len(whole) + len(single),
            )
        )  # fmt: skip
    return tuple(cards)


def load_view(u: UnitOfWork, state: LoadState) -> LoadView:
    """A pallet or a truck in hand."""
    now = state.now
    return _pallet(now) if isinstance(now, PalletState) else _truck(Standing(u), now)


def _pallet(state: PalletState) -> LoadView:
    last = {act.sscc: n for n, act in enumerate(state.trail)}
    newest = sorted(state.parcels, key=lambda parcel: -last.get(parcel.sscc, -1))
    return LoadView(
        step=state.step, prompt=prompt(state), id=state.pallet, carrier=state.carrier, count=len(state.parcels),
        parcels=len(state.parcels), things=tuple(ThingCard(p.sscc, p.order) for p in newest[:MOST_SHOWN]),
        can_undo=state.step is LoadStep.BUILD and bool(state.trail),
    )  # fmt: skip


def _truck(standing: Standing, state: TruckState) -> LoadView:
    things = [
        *(ThingCard(pallet.sscc, parcels=len(pallet.parcels)) for pallet in state.pallets),
        *(ThingCard(parcel.sscc, parcel.order) for parcel in state.parcels),
    ]
    last = {act.sscc: n for n, act in enumerate(state.trail)}
    things.sort(key=lambda thing: -last.get(thing.sscc, -1))
    return LoadView(
        step=state.step, prompt=prompt(state), id=state.load, carrier=state.carrier, lane=state.lane, count=state.units,
        parcels=len(state.parcels) + sum(len(pallet.parcels) for pallet in state.pallets), things=tuple(things[:MOST_SHOWN]),
        missing=tuple(_missing(standing, sscc) for sscc in state.missing), unwrapped=state.unwrapped, driver=state.driver,
        plate=state.plate, seal=state.seal, can_undo=state.step is LoadStep.FILL and bool(state.trail),
    )  # fmt: skip


def _missing(standing: Standing, sscc: str) -> ThingCard:
    parcel = standing.find_parcel(sscc)
    return ThingCard(sscc, parcel.order) if parcel else ThingCard(sscc, parcels=len(standing.on(sscc)))


def company(u: UnitOfWork) -> str:
    """Who sends, as it stands on labels."""
    site = next(iter(u.rows.all(SiteRow)), None)
    return (site.ship_from[0] if site.ship_from else site.name) if site else ""
