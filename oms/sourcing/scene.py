"""What a decision about one order rests on, read at once: its open units, the sites with their costs and way to the customer, the rules."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Item, Site
from oms.orders.models import Order
from oms.orders.rules import ON_FLOOR
from oms.sales.models import CustomerOrder
from oms.sales.scene import Sale
from oms.shipping.carriers.costs import tables_of
from oms.shipping.carriers.port import Address
from oms.shipping.carriers.tables import Table
from oms.sourcing.costs import USUAL_G, Labour, freight_of, kilometres
from oms.sourcing.models import PostalPlace, ScarcityPrice, SiteRejection, SourceRule, SourceSite
from oms.sourcing.rules import Asked, Rule, SiteFacts, rule_of
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

_BUSY: Final = (OrderState.OPEN, *sorted(ON_FLOOR))
#: A postcode has no more places than this.
_LONGEST: Final = 10


@dataclass(frozen=True, slots=True)
class Line:
    """Open units of an item, and of which lines."""

    sku: str
    grams: int
    lines: tuple[tuple[int, int], ...]

    @property
    def qty(self) -> int:
        """All of them."""
        return sum(qty for _, qty in self.lines)


@dataclass(frozen=True, slots=True)
class SiteScene:
    """A site: what rules ask, what its people cost, and what its rate tables say of the way (`oms.sourcing.costs.price_site`)."""

    facts: SiteFacts
    labour: Labour
    freight: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Scene:
    """One order and everything that is asked about it, but the stock. `worth` is what scarce units are worth by (site, item)."""

    asked: Asked
    items: tuple[Line, ...]
    sites: tuple[SiteScene, ...]
    rules: tuple[Rule, ...]
    worth: Mapping[tuple[str, str], float]
    pick_up: str | None


@dataclass(slots=True)
class World:
    """What does not depend on the order, read once for as many orders as are decided in one unit of work."""

    sites: Mapping[str, SourceSite]
    loads: dict[str, int]
    rules: tuple[Rule, ...]
    places: dict[tuple[str, str], tuple[float, float] | None] = field(default_factory=dict)
    tables: dict[str, list[Table]] = field(default_factory=dict)

    @classmethod
    def read(cls, db: Session) -> "World":
        """As it is now."""
        known = {row.site_id: row for row in db.scalars(select(SourceSite))}
        sites = {id: known.get(id) or SourceSite(site_id=id) for id in db.scalars(select(Site.id).order_by(Site.id))}
        rows = db.scalars(select(SourceRule).where(SourceRule.enabled).order_by(SourceRule.rank, SourceRule.id))
        limited = [id for id, row in sites.items() if row.capacity is not None]
        loads = (
            select(Order.site_id, func.count())
            .where(Order.site_id.in_(limited), Order.state.in_(_BUSY))
            .group_by(Order.site_id)
        )
        busy = {site: int(count) for site, count in db.execute(loads)} if limited else {}
        return cls(sites, busy, tuple(rule_of(row) for row in rows))

    def place(self, db: Session, country: str, postcode: str) -> tuple[float, float] | None:
        """Degrees of a postcode, as far as anybody told; None: unknown."""
        plain = "".join(postcode.upper().split())[:_LONGEST]
        if (country, plain) not in self.places:
            prefixes = [plain[:size] for size in range(len(plain) + 1)]
            mine = select(PostalPlace).where(PostalPlace.country == country, PostalPlace.prefix.in_(prefixes))
            found = max(db.scalars(mine), key=lambda row: len(row.prefix), default=None)
            self.places[country, plain] = (float(found.lat), float(found.lon)) if found else None
        return self.places[country, plain]

    def tables_of(self, db: Session, site: str, day: date) -> list[Table]:
        """A site's rate tables."""
        if site not in self.tables:
            self.tables[site] = tables_of(db, site, day)
        return self.tables[site]

    def where(self, db: Session, site: str) -> tuple[float, float] | None:
        """Degrees of a site."""
        row = self.sites[site]
        if row.lat is not None and row.lon is not None:
            return float(row.lat), float(row.lon)
        return self.place(db, row.country, row.postcode) if row.country else None


def scene_of(w: "Work", sale: Sale, world: World | None = None, *, backs: Mapping[int, int] | None = None) -> Scene:
    """Of a locked order; `backs` are units by line that count as open too (they would be taken back)."""
    order, world = sale.order, world or World.read(w.db)
    open_: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in sale.lines:
        units = line.open + (backs or {}).get(line.line_no, 0)
        if units > 0:
            open_[line.sku].append((line.line_no, units))
    grams = _grams(w.db, open_)
    items = tuple(Line(sku, grams.get(sku, USUAL_G), tuple(lines)) for sku, lines in sorted(open_.items()))
    no = set(w.db.scalars(select(SiteRejection.site_id).where(SiteRejection.order_no == order.number)))
    sites = tuple(_site(w, world, order, items, site, rejected=site in no) for site in world.sites)
    asked = Asked(order.channel, frozenset(order.flags), order.ship_country)
    rows = w.db.execute(
        select(ScarcityPrice.site_id, ScarcityPrice.sku, ScarcityPrice.price).where(ScarcityPrice.sku.in_(open_))
    )
    worth = {(site, sku): float(price) for site, sku, price in rows}
    return Scene(asked, items, sites, world.rules, worth, order.pick_up_site)


def _grams(db: Session, skus: Mapping[str, object]) -> dict[str, int]:
    heaviest = select(Item.sku, func.max(Item.weight_g)).where(Item.sku.in_(skus)).group_by(Item.sku)
    return {sku: int(grams) for sku, grams in db.execute(heaviest) if grams}


def _site(
    w: "Work", world: World, order: CustomerOrder, items: Sequence[Line], site: str, *, rejected: bool
) -> SiteScene:
    row = world.sites[site]
    to, here = world.place(w.db, order.ship_country, order.ship_postcode), world.where(w.db, site)
    load = world.loads.get(site, 0)
    facts = SiteFacts(
        site, row.kind, row.country, row.ships, row.pick_up, row.enabled, row.priority, row.capacity, load,
        kilometres(here, to) if here and to else None, rejected,
    )  # fmt: skip
    share = None if row.capacity is None else min(1.0, load / max(1, row.capacity))
    labour = Labour(float(row.cost_order), float(row.cost_line), float(row.cost_unit), share)
    grams = sum(one.grams * one.qty for one in items)
    least = min((one.grams for one in items), default=1)
    address = Address(country=order.ship_country, postcode=order.ship_postcode)
    tables = [
        table
        for table in world.tables_of(w.db, site, w.now.date())
        if order.carrier in ("", table.carrier) and order.service in ("", table.service)
    ]
    return SiteScene(facts, labour, freight_of(tables, address, grams, least, w.now) if tables else None)
