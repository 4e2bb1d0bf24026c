"""Which rule is an order's, and which sites it lets send. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from oms.sourcing.codes import Out, Rest, SiteKind, Sort
from oms.sourcing.costs import Weights

_MOST_PARTS: Final = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What rules ask of an order."""

    channel: str
    flags: frozenset[str]
    country: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its words understood; see `oms.sourcing.models.SourceRule`."""

    name: str = ""
    channels: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    max_km: float | None = None
    same_country: bool = False
    max_parts: int = _MOST_PARTS
    sort: Sort = Sort.COST
    weights: Weights = field(default_factory=Weights)
    rest: Rest = Rest.BACKORDER

    def fits(self, asked: Asked) -> bool:
        """Whether the order is in its scope."""
        return (
            (not self.channels or asked.channel in self.channels)
            and (not self.flags or bool(asked.flags & self.flags))
            and (not self.countries or asked.country in self.countries)
        )


class _Row(Protocol):
    """What a rule's row has (`oms.sourcing.models.SourceRule`)."""

    name: str
    channels: list[str]
    flags: list[str]
    countries: list[str]
    filter: dict[str, Any]
    sort: Sort
    weights: dict[str, Any]
    rest: Rest


def rule_of(row: _Row) -> Rule:
    """What its words mean; words of a filter that are none are no filter."""
    said = row.filter
    km, parts = said.get("max_km"), said.get("max_parts")
    return Rule(
        row.name, frozenset(row.channels), frozenset(row.flags), frozenset(row.countries),
        _set(said.get("sites")), _set(said.get("kinds")), float(km) if isinstance(km, int | float) else None,
        said.get("same_country") is True,
        min(_MOST_PARTS, max(1, parts)) if isinstance(parts, int) else _MOST_PARTS,
        row.sort, Weights.of(row.weights), row.rest,
    )  # fmt: skip


def _set(value: object) -> frozenset[str]:
    return frozenset(str(one) for one in value) if isinstance(value, list) else frozenset()


def rules_for(rules: Sequence[Rule], asked: Asked) -> list[Rule]:
    """Those that are asked in turn: the first that fits, and after one that says `other_sites` the next that fits."""
    found = []
    for rule in rules:
        if rule.fits(asked):
            found.append(rule)
            if rule.rest is not Rest.OTHER_SITES:
                break
    return found


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A site as rules see it. `km` to the customer (None: unknown), `load` orders of today beside `capacity`."""

    id: str
    kind: SiteKind = SiteKind.WAREHOUSE
    country: str = ""
    ships: bool = True
    pick_up: bool = False
    enabled: bool = True
    priority: int = 5
    capacity: int | None = None
    load: int = 0
    km: float | None = None
    rejected: bool = False


def left_out(rule: Rule, site: SiteFacts, country: str, *, pick_up: bool) -> Out | None:
    """Why this site does not send; None when it may."""
    checks: Mapping[Out, bool] = {
        Out.OFF: not site.enabled,
        Out.REJECTED: site.rejected,
        Out.NOT_PICK_UP: pick_up and not site.pick_up,
        Out.NOT_SHIPPING: not pick_up and not site.ships,
        Out.FULL: not pick_up and site.capacity is not None and site.load >= site.capacity,
        Out.FILTERED: bool(rule.sites and site.id not in rule.sites)
        or bool(rule.kinds and site.kind not in rule.kinds),
        Out.COUNTRY: rule.same_country and site.country != country,
        Out.TOO_FAR: rule.max_km is not None and site.km is not None and site.km > rule.max_km,
    }
    return next((out for out, wrong in checks.items() if wrong), None)
