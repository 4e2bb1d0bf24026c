"""The carton of the parcel in hand: the plan that came with it while the goods follow it, else the simple rule. Used by `services.pack`
and its view."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from app.core.money import Money
from app.core.pack_plan import Block, PlanCard, SupplyCard
from app.core.views import CartonCard, PackStep
from app.flows.carton_picture import back_to_front, following, follows, inside
from app.flows.cartons import OFFERS, Box, Goods, Offer, goods, holds, offers
from app.flows.pack_state import PackState
from app.services.ports import UnitOfWork
from sync.contract.packing import ParcelPlan
from sync.contract.rows import CartonRow, ItemRow, ParcelRow

#: The carton steps and what follows them: only here is the parcel's content known.
BOXED = (PackStep.CARTON, PackStep.WEIGHT, PackStep.LABEL, PackStep.LABEL_UNSURE, PackStep.SCAN_BACK, PackStep.DONE)
#: Why a carton was not taken although the goods fit into it.
_DEARER = "costs-more"


def packed_goods(u: UnitOfWork, state: PackState) -> Goods:
    """What the parcel holds so far."""
    rows = [(state.inside_of(line), u.rows.get(ItemRow, line.sku)) for line in state.lines]
    return goods((qty, item.size_mm if item else None, item.weight_g if item else None) for qty, item in rows)


def fits(u: UnitOfWork, state: PackState, code: str) -> bool:
    """Whether a carton holds what is packed: as the plan found, where it speaks of it, else by volume, sides and weight."""
    row, plan = u.rows.get(CartonRow, code), _followed(u, state, whole=True)
    if row is None:
        return False
    said = _verdict(plan, code) if plan else None
    return holds(_box_of(row), packed_goods(u, state)) if said is None else said


def plan_card(u: UnitOfWork, state: PackState) -> PlanCard | None:
    """The plan of the parcel in hand with its picture; None when there is none or something else was packed."""
    plan = _followed(u, state, whole=state.step in BOXED)
    if plan is None:
        return None
    row = u.rows.get(CartonRow, plan.carton) if plan.carton else None
    skus = [plan.skus[laid.sku] for laid in plan.laid]
    cuboids = tuple(((one.x, one.y, one.z), (one.length, one.width, one.height)) for one in plan.laid)
    colours = {sku: _colour(u, sku) for sku in plan.skus}
    done = inside(skus, _packed(state))
    return PlanCard(
        carton=plan.carton,
        why=plan.why.value,
        inner_mm=row.inner_mm if row else (0, 0, 0),
        blocks=tuple(
            Block(sku, at, sides, laid.layer, colours[sku])
            for sku, (at, sides), laid in zip(skus, cuboids, plan.laid, strict=True)
        )
        if row
        else (),
        back_to_front=back_to_front(cuboids) if row else (),
        inside=done,
        next=following(skus, done, state.line.sku if state.line else None) if row else None,
        cost=money(plan.cost, plan.currency),
        second=plan.second,
        dearer=money(plan.dearer, plan.currency),
        refused=tuple((no.carton, no.why) for no in plan.refused if no.carton != plan.second),
        unseen=plan.unseen,
        number=plan.number,
        of=plan.of,
    )


def supply_cards(u: UnitOfWork, state: PackState) -> tuple[SupplyCard, ...]:
    """The checklist of the parcel in hand: what its carton is made of, where the shop has different ones, and what its plan names."""
    plan = _plan(u, state)
    named = [
        SupplyCard(one.key, one.kind.value, one.word, one.key in state.confirmed, one.needed)
        for one in (plan.supplies if plan else [])
    ]
    material = _material(u, state.carton or (plan.carton if plan else None))
    key = f"material:{material}"
    return (*([SupplyCard(key, "material", material, key in state.confirmed)] if material else []), *named)


def _material(u: UnitOfWork, carton: str | None) -> str:
    row = u.rows.get(CartonRow, carton) if carton else None
    differ = row is not None and any(other.material != row.material for other in u.rows.all(CartonRow))
    return row.material if row is not None and differ else ""


def supplies_open(u: UnitOfWork, state: PackState) -> tuple[str, ...]:
    """Keys of what nobody has confirmed yet."""
    return tuple(card.key for card in supply_cards(u, state) if not card.done)


def supplies_missing(u: UnitOfWork, state: PackState) -> tuple[str, ...]:
    """Keys of what nobody has confirmed yet and the parcel cannot go without."""
    return tuple(card.key for card in supply_cards(u, state) if card.needed and not card.done)


def supply_scanned(u: UnitOfWork, state: PackState, text: str) -> str | None:
    """The line of the checklist whose own code was scanned."""
    word = text.strip().casefold()
    return next((card.key for card in supply_cards(u, state) if card.word and card.word.casefold() == word), None)


def carton_cards(u: UnitOfWork, state: PackState) -> tuple[CartonCard, ...]:
    """The cartons on offer, each with its number key: the planned one is 1, its second choice 2. None before all units are packed."""
    if state.step not in BOXED:
        return ()
    load, plan = packed_goods(u, state), _followed(u, state, whole=True)
    found = list(offers([_box_of(row) for row in u.rows.all(CartonRow)], load))
    if plan is not None:
        first = [code for code in (plan.carton, plan.second) if code]
        rows = [row for code in first if (row := u.rows.get(CartonRow, code))]
        named = [offers([_box_of(row)], load)[0] for row in rows]
        rest = [offer for offer in found if offer.box.code not in first]
        found = [_judged(offer, plan) for offer in (*named, *rest)][:OFFERS]
    return tuple(_card(offer, n) for n, offer in enumerate(found, start=1))


def chosen_card(u: UnitOfWork, state: PackState) -> CartonCard | None:
    """The carton that was taken, also one that was not on offer."""
    row = u.rows.get(CartonRow, state.carton) if state.carton else None
    if row is None:
        return None
    return replace(_card(offers([_box_of(row)], packed_goods(u, state))[0], 0), suggested=False)


def money(amount: str, currency: str) -> Money | None:
    """An amount as it travels; None where there is none."""
    try:
        return Money(Decimal(amount), currency) if amount else None
    except InvalidOperation:
        return None


def _plan(u: UnitOfWork, state: PackState) -> ParcelPlan | None:
    row = u.rows.get(ParcelRow, state.parcel)
    return row.plan if row else None


def _followed(u: UnitOfWork, state: PackState, *, whole: bool) -> ParcelPlan | None:
    plan = _plan(u, state)
    return plan if plan is not None and follows(plan.goods, _packed(state), whole=whole) else None


def _packed(state: PackState) -> Counter[str]:
    packed: Counter[str] = Counter()
    for line in state.lines:
        packed[line.sku] += state.inside_of(line)
    return +packed


def _verdict(plan: ParcelPlan, code: str) -> bool | None:
    """What the plan says of a carton; None when it does not speak of it."""
    if code in (plan.carton, plan.second):
        return True
    return next((no.why == _DEARER for no in plan.refused if no.carton == code), None)


def _judged(offer: Offer, plan: ParcelPlan) -> Offer:
    said = _verdict(plan, offer.box.code)
    return replace(offer, fits=offer.fits if said is None else said, suggested=offer.box.code == plan.carton)


def _colour(u: UnitOfWork, sku: str) -> str:
    item = u.rows.get(ItemRow, sku)
    return item.colour if item else ""


def _box_of(row: CartonRow) -> Box:
    return Box(row.id, row.name, row.inner_mm, row.tare_g, row.max_g)


def _card(offer: Offer, key: int) -> CartonCard:
    box = offer.box
    return CartonCard(box.code, box.name, box.inner, offer.fill_percent, offer.fits, key, offer.suggested)
