"""Sourcing for people and programs: decisions as they are told, and sites, rules and places as they are kept. Called by the routes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.orders.models import Order
from oms.sales.scene import lock_sale
from oms.sourcing import actions
from oms.sourcing.codes import Rest, SiteKind, Sort, SourceRefusal
from oms.sourcing.decisions import Decision, decisions_of
from oms.sourcing.models import PostalPlace, SourceDecision, SourceRule, SourceSite

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST = 40


class ReasonRow(Struct, frozen=True, kw_only=True):
    """A code (`source_...`) and the words of its sentence."""

    code: str
    params: dict[str, str | int] = {}


class ChosenRow(Struct, frozen=True, kw_only=True):
    """A site's share: units by line of the customer order, and its order there."""

    site: str
    lines: dict[str, int]
    part: str = ""
    cost: str = "0"


class CandidateRow(Struct, frozen=True, kw_only=True):
    """A way that was weighed; `out` is why a site was left out, '' where it was not."""

    sites: list[str]
    cost: str = "0"
    missing: int = 0
    out: str = ""


class DecisionRow(Struct, frozen=True, kw_only=True):
    """A decision about an order. `refused` is a message code where nothing was decided. `at` is empty for what would happen."""

    order: str
    chosen: list[ChosenRow] = []
    candidates: list[CandidateRow] = []
    reasons: list[ReasonRow] = []
    unfilled: dict[str, int] = {}
    rest: str = ""
    rule: str = ""
    cost: str = "0"
    refused: str = ""
    at: str = ""
    superseded_at: str = ""
    source: str = ""


class SiteRow(Struct, frozen=True, kw_only=True):
    """A site as sourcing sees it; see `docs/sourcing.md`."""

    site: str
    name: str = ""
    kind: SiteKind = SiteKind.WAREHOUSE
    lat: Decimal | None = None
    lon: Decimal | None = None
    country: str = ""
    postcode: str = ""
    capacity: int | None = None
    cost_order: Decimal = Decimal(0)
    cost_line: Decimal = Decimal(0)
    cost_unit: Decimal = Decimal(0)
    ships: bool = True
    pick_up: bool = False
    enabled: bool = True
    priority: int = 5


class RuleRow(Struct, frozen=True, kw_only=True):
    """A rule; without an `id` it is a new one."""

    rank: int
    name: str
    id: str = ""
    enabled: bool = True
    channels: list[str] = []
    flags: list[str] = []
    countries: list[str] = []
    filter: dict[str, Any] = {}
    sort: Sort = Sort.COST
    weights: dict[str, float] = {}
    rest: Rest = Rest.BACKORDER


class PlaceRow(Struct, frozen=True, kw_only=True):
    """Where postcodes that begin with `prefix` are, in degrees."""

    country: str
    prefix: str
    lat: Decimal
    lon: Decimal


def told(decision: Decision) -> DecisionRow:
    """A decision that was just made, or would be."""
    return DecisionRow(
        order=decision.order,
        chosen=[
            ChosenRow(site=one.site, lines=_words(one.lines), part=one.part, cost=str(one.cost))
            for one in decision.chosen
        ],
        candidates=[
            CandidateRow(sites=list(one.sites), cost=str(one.cost), missing=one.missing, out=one.out or "")
            for one in decision.candidates
        ],
        reasons=[ReasonRow(code=one.code, params=one.params) for one in decision.reasons],
        unfilled=_words(decision.unfilled),
        rest=decision.rest if decision.unfilled else "",
        rule=decision.rule,
        cost=str(decision.cost),
        refused=decision.refused or "",
    )


def _words(units: Mapping[int, int]) -> dict[str, int]:
    return {str(line): qty for line, qty in sorted(units.items())}


def listed(db: Session, order_no: str) -> list[DecisionRow]:
    """All decisions about an order, the one that counts first."""
    return [_kept(row) for row in decisions_of(db, order_no)[:_MOST]]


def _kept(row: SourceDecision) -> DecisionRow:
    return DecisionRow(
        order=row.order_no,
        chosen=[ChosenRow(**one) for one in row.chosen],
        candidates=[CandidateRow(**{**one, "out": one["out"] or ""}) for one in row.candidates],
        reasons=[ReasonRow(**one) for one in row.reasons],
        unfilled=row.unfilled,
        rest=row.rest if row.unfilled else "",
        rule=row.rule,
        cost=str(row.cost),
        at=row.at.isoformat(),
        superseded_at=row.superseded_at.isoformat() if row.superseded_at else "",
        source=row.source,
    )


def act(w: "Work", order_no: str, what: str) -> Decision:
    """`preview`, `source` (what is open) or `resource` (also what nobody began). Unknown orders are refused."""
    sale = lock_sale(w, order_no)
    if sale is None:
        return Decision(order_no, refused=SourceRefusal.UNKNOWN_ORDER)
    does = {"preview": actions.preview, "source": actions.source, "resource": actions.resource}[what]
    return does(w, sale)


def reject(w: "Work", part_no: str, reason: str) -> Decision:
    """The site of `w` says no to its part of an order."""
    customer = w.db.scalar(select(Order.customer_order).where(Order.site_id == w.site, Order.number == part_no))
    sale = lock_sale(w, customer) if customer else None
    part = next((one for one in sale.parts if (one.site_id, one.number) == (w.site, part_no)), None) if sale else None
    if sale is None or part is None:
        return Decision(part_no, refused=SourceRefusal.UNKNOWN_ORDER)
    return actions.reject(w, sale, part, reason) or Decision(sale.order.number, refused=SourceRefusal.BEGUN)


def sites(db: Session) -> list[SiteRow]:
    """All sites."""
    known = {row.site_id: row for row in db.scalars(select(SourceSite))}
    return [_site(site, known.get(site.id)) for site in db.scalars(select(Site).order_by(Site.id))]


def _site(site: Site, row: SourceSite | None) -> SiteRow:
    return SiteRow(
        site=site.id, name=site.name, **{} if row is None else {one: getattr(row, one) for one in _SITE_WORDS}
    )


_SITE_WORDS = tuple(one for one in SiteRow.__struct_fields__ if one not in ("site", "name"))


def keep_site(w: "Work", row: SiteRow) -> bool:
    """False when there is no such site."""
    if w.db.get(Site, row.site) is None:
        return False
    values = {one: getattr(row, one) for one in _SITE_WORDS}
    w.db.execute(
        insert(SourceSite)
        .values(site_id=row.site, **values)
        .on_conflict_do_update(index_elements=["site_id"], set_=values)
    )
    w.audit("sourcing.site_kept", site=row.site, kind=row.kind, enabled=row.enabled)
    return True


def add_site(w: "Work", site: str, name: str) -> bool:
    """A new site of this database, in a unit of work of that site; False when there is one."""
    if w.db.get(Site, site) is not None:
        return False
    w.db.add(Site(id=site, name=name or site))
    w.db.flush()
    w.touch("site", site)
    w.audit("site.created", site=site)
    return True


def rules(db: Session) -> list[RuleRow]:
    """All rules, in the order in which they are tried."""
    rows = db.scalars(select(SourceRule).order_by(SourceRule.rank, SourceRule.id))
    return [RuleRow(**{one: getattr(row, one) for one in RuleRow.__struct_fields__}) for row in rows]


def keep_rule(w: "Work", row: RuleRow) -> str:
    """The rule's id."""
    id = row.id or uuid4().hex
    values = {one: getattr(row, one) for one in RuleRow.__struct_fields__ if one != "id"}
    w.db.execute(insert(SourceRule).values(id=id, **values).on_conflict_do_update(index_elements=["id"], set_=values))
    w.audit("sourcing.rule_kept", rule=row.name, rank=row.rank, enabled=row.enabled)
    return id


def keep_places(w: "Work", rows: list[PlaceRow]) -> None:
    """Where postcodes are."""
    for row in rows:
        values = {"lat": row.lat, "lon": row.lon}
        prefix = "".join(row.prefix.upper().split())
        w.db.execute(
            insert(PostalPlace)
            .values(country=row.country.upper(), prefix=prefix, **values)
            .on_conflict_do_update(index_elements=["country", "prefix"], set_=values)
        )
    w.audit("sourcing.places_kept", places=len(rows))
