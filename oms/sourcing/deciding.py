"""Decides about one order from its scene and what is free: rule after rule, the least dear way of each, and why. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from oms.planning.compiled import Floats, Ints
from oms.sales.codes import Splitting
from oms.sourcing.codes import Out, Rest, Sort, Why
from oms.sourcing.costs import price_site
from oms.sourcing.decisions import Candidate, Chosen, Decision, Reason
from oms.sourcing.rules import Rule, left_out, rules_for
from oms.sourcing.scene import Line, Scene, SiteScene
from oms.sourcing.solving import Need, Way, cost_of, ways
from oms.sourcing.stock import Free

_CENT = Decimal("0.01")


@dataclass(slots=True)
class _Draft:
    """A decision that grows rule by rule."""

    left: list[int]
    lines: dict[str, dict[int, int]] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)
    candidates: list[Candidate] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def decide(order_no: str, scene: Scene, free: Free, splitting: Splitting = Splitting.ALLOWED) -> Decision:
    """What each site should send; no part is made yet. `free` by (site, item)."""
    rules = rules_of(scene)
    draft = _Draft([one.qty for one in scene.items])
    for rule in rules:
        if any(draft.left):
            draft.reasons.append(Reason(Why.RULE, {"rule": rule.name}) if rule.name else Reason(Why.NO_RULE))
            _by_rule(draft, scene, rule, free, splitting)
    for one in scene.sites:
        if one.facts.rejected:
            draft.reasons.append(Reason(Why.REJECTED, {"site": one.facts.id}))
    rest = rules[-1].rest if rules[-1].rest is not Rest.OTHER_SITES else Rest.BACKORDER
    missing = [(one.sku, left) for one, left in zip(scene.items, draft.left, strict=True) if left]
    draft.reasons += [Reason(Why.SHORT, {"sku": sku, "missing": left}) for sku, left in missing]
    if missing:
        draft.reasons.append(Reason(Why.REST, {"rest": rest.value}))
    chosen = tuple(Chosen(site, draft.lines[site], _money(draft.costs[site])) for site in sorted(draft.lines))
    total = sum((one.cost for one in chosen), Decimal(0))
    return Decision(
        order_no, chosen, tuple(draft.candidates), tuple(draft.reasons), _unfilled(scene.items, draft.lines), rest,
        rules[0].name, total,
    )  # fmt: skip


def rules_of(scene: Scene) -> list[Rule]:
    """The rules of an order, in turn; at least one."""
    if scene.pick_up is not None:
        # Where the customer fetches it is no matter of cost; what is lacking there waits until it is brought.
        return [Rule(sites=frozenset({scene.pick_up}))]
    return rules_for(scene.rules, scene.asked) or [Rule()]


def _by_rule(draft: _Draft, scene: Scene, rule: Rule, free: Free, splitting: Splitting) -> None:
    sites = _allowed(draft, scene, rule, free)
    if not sites:
        return
    need = _need(draft, scene, rule, sites, splitting)
    stock = np.array([[free.get((one.facts.id, line.sku), 0) for one in sites] for line in scene.items])
    worth = [[scene.worth.get((one.facts.id, line.sku), 0.0) for one in sites] for line in scene.items]
    prices = rule.weights.scarcity * np.array(worth)
    looked = _sorted_by(rule, need, sites)
    alone = ways(replace(looked, most=1), stock, prices, 2)
    found = ways(looked, stock, prices) if need.most > 1 else alone
    found = [way for way in found if way.takes.any()]
    if splitting is not Splitting.ALLOWED:
        found = [way for way in found if not way.missing(need).any()]
    if not found:
        draft.reasons.append(Reason(Why.ONE_PARCEL, {"site": "", "lacks": sum(draft.left)}))
        return
    _explain(draft, scene, need, sites, [found[0], *alone, *found[1:]])
    if prices.any() and ways(looked, stock, None, 1)[0].sites != found[0].sites:
        _scarce(draft, scene, sites, prices, found[0].takes)
    _take(draft, scene, need, sites, found[0].takes)


def _allowed(draft: _Draft, scene: Scene, rule: Rule, free: Free) -> list[SiteScene]:
    """Sites that may and have something; the others are told."""
    found = []
    for one in scene.sites:
        out = left_out(rule, one.facts, scene.asked.country, pick_up=scene.pick_up is not None)
        if out is None and not any(
            left and free.get((one.facts.id, line.sku), 0) for line, left in zip(scene.items, draft.left, strict=True)
        ):
            out = Out.NO_STOCK
        if out is None:
            found.append(one)
        elif scene.pick_up in (None, one.facts.id):
            draft.candidates.append(Candidate((one.facts.id,), out=out))
    return found


def _need(draft: _Draft, scene: Scene, rule: Rule, sites: Sequence[SiteScene], splitting: Splitting) -> Need:
    weights = rule.weights
    items = [(left, line.grams) for line, left in zip(scene.items, draft.left, strict=True)]
    priced = [price_site(weights, one.labour, one.facts.km or 0.0, one.freight, items) for one in sites]
    return Need(
        np.array(draft.left),
        np.array([one.ship for one in priced]),
        np.array([one.unit for one in priced]).T,
        np.full(len(items), weights.wait),
        weights.wait_parcel,
        rule.max_parts if splitting is Splitting.ALLOWED and scene.pick_up is None else 1,
    )


def _sorted_by(rule: Rule, need: Need, sites: Sequence[SiteScene]) -> Need:
    """The costs that are looked at: a rule may ask for the nearest, or for its sites in turn, whatever they cost."""
    turn = np.array([1e-6 * one.facts.priority for one in sites])
    if rule.sort is Sort.COST:
        return replace(need, ship=need.ship + turn)
    by = {Sort.NEAREST: [(one.facts.km or 0.0) / 1e4 for one in sites], Sort.PRIORITY: list(turn * 1e4)}[rule.sort]
    return replace(need, ship=np.full(len(sites), rule.weights.parcel), unit=np.tile(np.array(by), (len(need.qty), 1)))


def _explain(draft: _Draft, scene: Scene, need: Need, sites: Sequence[SiteScene], found: Sequence[Way]) -> None:
    """The ways that were weighed, and why the first is it."""
    told: dict[tuple[str, ...], tuple[Decimal, int]] = {}
    for way in found:
        names = tuple(sites[site].facts.id for site in way.sites)
        if names:
            lacks = int(way.missing(need).sum())
            told.setdefault(names, (_money(cost_of(need, way.takes, need.unit)), lacks))
    draft.candidates = [
        *(Candidate(names, cost, lacks) for names, (cost, lacks) in told.items()), *draft.candidates
    ]  # fmt: skip
    names, (cost, lacks) = next(iter(told.items()))
    if scene.pick_up is not None:
        draft.reasons.append(Reason(Why.PICK_UP, {"site": names[0]}))
        return
    draft.reasons.append(_why(names, cost, lacks, told))


def _why(
    names: tuple[str, ...], cost: Decimal, lacks: int, told: Mapping[tuple[str, ...], tuple[Decimal, int]]
) -> Reason:
    whole = {other: price for other, (price, missing) in told.items() if not missing and other != names}
    singles = {other: price for other, price in whole.items() if len(other) == 1}
    if lacks and whole:
        return Reason(Why.ONE_PARCEL, {"site": ", ".join(names), "lacks": lacks})
    if len(names) > 1 and singles:
        more = min(singles.values()) - cost
        return Reason(Why.SPLIT_CHEAPER, {"sites": ", ".join(names), "cost": str(cost), "more": str(more)})
    if len(names) > 1:
        return Reason(Why.SPLIT_NEEDED, {"sites": ", ".join(names), "cost": str(cost)})
    if singles and not lacks:
        other, price = min(singles.items(), key=lambda one: one[1])
        params: dict[str, str | int] = {
            "site": names[0],
            "cost": str(cost),
            "other": other[0],
            "more": str(price - cost),
        }
        return Reason(Why.CHEAPER_THAN, params)
    return Reason(Why.ONLY_SITE if not lacks else Why.CHEAPEST, {"site": names[0], "cost": str(cost)})


def _scarce(draft: _Draft, scene: Scene, sites: Sequence[SiteScene], prices: Floats, takes: Ints) -> None:
    """The dearest unit that was left where it is rare."""
    item, site = divmod(int(np.where(takes == 0, prices, -1).argmax()), prices.shape[1])
    words: dict[str, str | int] = {"sku": scene.items[item].sku, "site": sites[site].facts.id}
    draft.reasons.append(Reason(Why.SCARCE, words))


def _take(draft: _Draft, scene: Scene, need: Need, sites: Sequence[SiteScene], takes: Ints) -> None:
    for column, one in enumerate(sites):
        units = takes[:, column]
        if not units.any():
            continue
        mine = draft.lines.setdefault(one.facts.id, {})
        cost = float(need.ship[column] + (units * need.unit[:, column]).sum())
        draft.costs[one.facts.id] = draft.costs.get(one.facts.id, 0.0) + cost
        for row, qty in enumerate(units):
            draft.left[row] -= int(qty)
            _to_lines(scene.items[row], int(qty), draft.lines, mine)


def _to_lines(item: Line, qty: int, taken: Mapping[str, Mapping[int, int]], mine: dict[int, int]) -> None:
    """Units of an item go to its lines in turn."""
    for line_no, wants in item.lines:
        fewer = min(qty, wants - sum(lines.get(line_no, 0) for lines in taken.values()))
        if fewer > 0:
            mine[line_no] = mine.get(line_no, 0) + fewer
            qty -= fewer


def _unfilled(items: Sequence[Line], taken: Mapping[str, Mapping[int, int]]) -> dict[int, int]:
    lacks = {
        line_no: wants - sum(lines.get(line_no, 0) for lines in taken.values())
        for one in items
        for line_no, wants in one.lines
    }
    return {line_no: units for line_no, units in lacks.items() if units}


def _money(value: float) -> Decimal:
    return Decimal(repr(round(value, 6))).quantize(_CENT)
