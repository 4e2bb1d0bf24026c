"""What is known before drafts are looked at: channels, goods under any of their names, sites, customers, and orders that may be the same.
A handful of statements for any number of drafts. Capture and the release of holds ask it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from oms.catalog.models import Item, ItemCode, Site
from oms.channels.models import Channel, ForeignSku
from oms.channels.rules import rules_of
from oms.customers.matching import Buyer, Known, match_all
from oms.sales.checks import Way
from oms.sales.drafts import SaleDraft, SaleDraftLine
from oms.sales.models import CustomerOrder

if TYPE_CHECKING:
    from oms.db.work import Work

#: Locks are taken on so many marks, whatever the batch: the database's table of locks is not endless.
_MARKS = 4096


def lock_names(w: "Work", names: Iterable[str]) -> None:
    """Waits until nobody else captures an order under one of these names, in one order for all."""
    marks = sorted({int.from_bytes(sha256(name.encode()).digest()[:4], "big") % _MARKS for name in names})
    if marks:
        locks = text("SELECT pg_advisory_xact_lock(20, mark) FROM unnest(CAST(:marks AS int[])) AS mark")
        w.db.execute(locks, {"marks": marks})


def ways(db: Session, codes: Iterable[str]) -> dict[str, Way]:
    """Channels by code; '' is no channel and always known."""
    wanted = {code for code in codes if code}
    found = {"": Way()}
    if wanted:
        for row in db.scalars(select(Channel).where(Channel.code.in_(wanted))):
            found[row.code] = Way(
                row.kind, row.prefix, row.currency, row.language, row.tax_included, rules_of(row.rules), row.active
            )
    return found


class Goods:
    """Finds our SKU for what a channel calls it: its own mapping first, then our SKU, then a barcode of ours (once it means one thing)."""

    def __init__(self, db: Session, lines: Iterable[tuple[str, SaleDraftLine]]) -> None:
        asked = list(lines)
        names = {name for _, line in asked for name in (line.sku, line.foreign_sku) if name}
        foreign = {(channel, line.foreign_sku) for channel, line in asked if channel and line.foreign_sku}
        self._mapped = _mapped(db, foreign)
        skus = names | {sku for sku, _ in self._mapped.values()}
        self._skus = set(db.scalars(select(Item.sku).where(Item.sku.in_(skus)).distinct())) if skus else set()
        self._codes = _barcodes(db, names - self._skus)

    def __call__(self, channel: str, line: SaleDraftLine) -> tuple[str, int] | None:
        """(our SKU, base units of one) or None."""
        if line.foreign_sku:
            mapped = self._mapped.get((channel, line.foreign_sku))
            if mapped is not None:
                return mapped if mapped[0] in self._skus else None
        for name in (line.sku, line.foreign_sku):
            if name in self._skus:
                return name, 1
            if name.isascii() and name.isdigit() and name.zfill(14) in self._codes:
                return self._codes[name.zfill(14)]
            if name in self._codes:
                return self._codes[name]
        return None


def _mapped(db: Session, foreign: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, int]]:
    if not foreign:
        return {}
    key = tuple_(ForeignSku.channel, ForeignSku.foreign_sku)
    return {
        (row.channel, row.foreign_sku): (row.sku, row.units)
        for row in db.scalars(select(ForeignSku).where(key.in_(sorted(foreign))))
    }


def _barcodes(db: Session, names: set[str]) -> dict[str, tuple[str, int]]:
    wanted = {name.zfill(14) if name.isascii() and name.isdigit() else name for name in names}
    if not wanted:
        return {}
    rows = db.execute(
        select(ItemCode.code, ItemCode.sku, ItemCode.qty).where(ItemCode.code.in_(wanted)).distinct()
    ).all()
    meant: dict[str, set[tuple[str, int]]] = {}
    for code, sku, qty in rows:
        meant.setdefault(code, set()).add((sku, qty))
    return {code: next(iter(one)) for code, one in meant.items() if len(one) == 1}


def site_ids(db: Session, drafts: Sequence[SaleDraft]) -> set[str]:
    """Which of the sites that drafts name for fetching exist."""
    wanted = {draft.pick_up_site for draft in drafts if draft.pick_up_site is not None}
    return set(db.scalars(select(Site.id).where(Site.id.in_(wanted)))) if wanted else set()


@dataclass(slots=True)
class Seen:
    """An order that is there: enough to say whether a draft is the same."""

    number: str
    channel: str
    reference: str | None
    content_hash: str
    conflict_hash: str


def seen_orders(db: Session, drafts: Sequence[SaleDraft], numbers: Iterable[str]) -> list[Seen]:
    """Orders under the references of drafts, or under one of `numbers`."""
    columns = (
        CustomerOrder.number, CustomerOrder.channel, CustomerOrder.reference, CustomerOrder.content_hash,
        CustomerOrder.conflict_hash,
    )  # fmt: skip
    references = sorted({(draft.channel, draft.reference) for draft in drafts if draft.reference})
    rows: dict[str, Any] = {}
    if references:
        key = tuple_(CustomerOrder.channel, CustomerOrder.reference)
        mine = select(*columns).where(key.in_(references), CustomerOrder.reference.is_not(None))
        rows |= {row.number: row for row in db.execute(mine)}
    wanted = sorted(set(numbers))
    if wanted:
        rows |= {row.number: row for row in db.execute(select(*columns).where(CustomerOrder.number.in_(wanted)))}
    return [Seen(*row) for row in rows.values()]


def look_alikes(db: Session, likenesses: Iterable[str], since: datetime | None) -> list[tuple[str, str, datetime]]:
    """(likeness, number, placed at) of living orders with one of these likenesses, placed since then."""
    wanted = sorted({one for one in likenesses if one})
    if not wanted or since is None:
        return []
    rows = select(CustomerOrder.likeness, CustomerOrder.number, CustomerOrder.placed_at).where(
        CustomerOrder.likeness.in_(wanted), CustomerOrder.likeness != "", CustomerOrder.placed_at >= since,
        CustomerOrder.state != "cancelled",
    )  # fmt: skip
    return [(likeness, number, at) for likeness, number, at in db.execute(rows)]


def customers(w: "Work", drafts: Sequence[SaleDraft]) -> list[Known | None]:
    """Whose each draft is, in the order of `drafts`; new ones are made. An order's name and address change nothing that is known."""
    return match_all(w, [_buyer(draft) for draft in drafts])


def _buyer(draft: SaleDraft) -> Buyer:
    ship = draft.ship
    return Buyer(
        channel=draft.channel, foreign_id=draft.customer_number, name=draft.customer_name or ship.name,
        email=draft.email, phone=draft.phone, language=draft.language, street=ship.street, postcode=ship.postcode,
        city=ship.city, region=ship.region, country=ship.country,
    )  # fmt: skip


def serials(db: Session, count: int) -> list[tuple[int, int]]:
    """So many numbers nobody had, each with a place among all orders that are found (`OrderSearch.n`)."""
    if not count:
        return []
    drawn = text(
        "SELECT nextval('customer_order_serial'), nextval('order_search_serial') FROM generate_series(1, :count)"
    )
    return [(serial, place) for serial, place in db.execute(drawn, {"count": count})]
