"""From the choice of cartons to what a parcel carries of it: the carton, why, the picture and the checklist. Pure. Called by `planning`."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Final

from msgspec.structs import replace

from oms.packing.cartons import Choice, Item, Packed, Rotation, Size, Unfit
from sync.contract.packing import (
    MOST_LAID,
    MOST_REFUSED,
    MOST_SUPPLIES,
    Laid,
    NotTaken,
    ParcelPlan,
    PlanWhy,
    Supply,
    SupplyKind,
)

#: What a carton costs that no service takes: more than any that one does.
NO_PRICE: Final = 10**12
#: An order is proposed in no more parcels than this; what is more goes into the last.
MOST_PARCELS: Final = 12
#: Goods that leave more than this share of the carton empty want filling.
_FULL_PERCENT: Final = 85


@dataclass(frozen=True, slots=True)
class Goods:
    """What master data says of an item. Millimetres, grams; None where nobody measured it."""

    sku: str
    size: Size | None = None
    grams: int | None = None
    rotation: Rotation = Rotation.FREE
    fragile: bool = False
    bears_g: int | None = None
    hazard: str = ""
    inserts: tuple[str, ...] = ()

    def units(self, qty: int) -> Item:
        """So many of it, for the packer."""
        return Item(self.sku, qty, self.size, self.grams, self.rotation, self.fragile, self.bears_g)


def plans(
    choice: Choice, goods: Mapping[str, Goods], units: Mapping[str, int], currency: str, flags: Collection[str]
) -> list[ParcelPlan]:
    """A plan for each parcel of `choice`, what fits no carton last. `units` are all units per SKU, `flags` those of the order."""
    made = [_plan(choice, packed, units, currency) for packed in choice.parcels]
    made += [ParcelPlan(carton=None, why=PlanWhy.NONE_FITS, goods=some) for some in _alone(choice.unfit, goods)]
    if len(made) > MOST_PARCELS:
        rest: Counter[str] = Counter()
        for plan in made[MOST_PARCELS - 1 :]:
            rest.update(plan.goods)
        made[MOST_PARCELS - 1 :] = [ParcelPlan(carton=None, why=PlanWhy.ONE_OF_SEVERAL, goods=dict(rest))]
    return [
        replace(plan, supplies=_supplies(plan, goods, flags if n == 1 else ()), number=n, of=len(made))
        for n, plan in enumerate(made, start=1)
    ]


def _plan(choice: Choice, packed: Packed, units: Mapping[str, int], currency: str) -> ParcelPlan:
    laid = Counter(one.code for one in packed.placements)
    skus = list(dict.fromkeys(one.code for one in packed.placements))
    place = {sku: n for n, sku in enumerate(skus)}
    single = len(choice.parcels) == 1
    second = choice.second if single and choice.second and len(choice.second.cartons) == 1 else None
    priced = 0 < packed.cost < NO_PRICE and bool(currency)
    shown = islice(packed.placements, MOST_LAID)
    return ParcelPlan(
        carton=packed.carton.code,
        why=_why(choice, priced=priced, alone=second is None),
        goods={**laid, **{sku: units[sku] for sku in packed.unmeasured}},
        cost=_money(packed.cost) if priced else "",
        currency=currency if priced else "",
        second=second.cartons[0] if second else None,
        dearer=_money(second.cost - packed.cost) if second and priced and second.cost < NO_PRICE else "",
        refused=[NotTaken(carton=no.carton, why=no.why.value) for no in choice.refused[:MOST_REFUSED]],
        skus=skus,
        laid=[Laid(place[one.code], *one.at, *one.sides, one.layer) for one in shown],
        unseen=max(0, len(packed.placements) - MOST_LAID),
        fill_percent=packed.fill_percent,
        gross_g=packed.gross_g,
        billed_g=packed.billed_g,
    )


def _why(choice: Choice, *, priced: bool, alone: bool) -> PlanWhy:
    if len(choice.parcels) > 1:
        return PlanWhy.ONE_OF_SEVERAL
    if alone and all(no.why != "costs-more" for no in choice.refused):
        return PlanWhy.ONLY_ONE
    return PlanWhy.CHEAPEST if priced else PlanWhy.SMALLEST


def _money(cents: int) -> str:
    return str(Decimal(cents) / 100)


def _alone(unfit: Sequence[Unfit], goods: Mapping[str, Goods]) -> Iterator[dict[str, int]]:
    """What fits no carton: each unit by itself, and those that nobody measured together."""
    for some in unfit:
        known = goods.get(some.code)
        if known is None or known.size is None:
            yield {some.code: some.qty}
        else:
            yield from ({some.code: 1} for _ in range(min(some.qty, MOST_PARCELS)))
            if some.qty > MOST_PARCELS:
                yield {some.code: some.qty - MOST_PARCELS}


def _supplies(plan: ParcelPlan, goods: Mapping[str, Goods], flags: Collection[str]) -> list[Supply]:
    inside = [goods[sku] for sku in plan.goods if sku in goods]
    fragile = any(one.fragile for one in inside)
    found: dict[str, Supply] = {}
    for one in inside:
        for insert in one.inserts:
            found[f"i{insert}"] = Supply(kind=SupplyKind.INSERT, word=insert)
        if one.hazard:
            found[f"h{one.hazard}"] = Supply(kind=SupplyKind.HAZARD_LABEL, word=one.hazard)
    if fragile:
        found["fragile"] = Supply(kind=SupplyKind.FRAGILE_LABEL)
        if plan.fill_percent < _FULL_PERCENT:
            found["filling"] = Supply(kind=SupplyKind.FILLING)
    if "gift" in flags:
        found["gift"] = Supply(kind=SupplyKind.GIFT)
    return list(found.values())[:MOST_SUPPLIES]
