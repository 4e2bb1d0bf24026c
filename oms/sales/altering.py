"""A customer order is changed, at any moment before its goods have left: more, less, other lines, another address or day. Routes and the
workbench call it, in one unit of work each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from oms.catalog.models import Item, Site
from oms.sales.codes import EventKind, SaleRefusal, SaleState
from oms.sales.events import Words, note
from oms.sales.floors import QUIET, Refused, address_again, give_back, live_parts, set_heads
from oms.sales.models import CustomerOrderLine
from oms.sales.onward import OVER, go_on
from oms.sales.parts import drop_part
from oms.sales.ports import PORTS
from oms.sales.scene import Sale, lock_sale, settle_state
from oms.sales.substitutes import close_offers

if TYPE_CHECKING:
    from oms.db.work import Work

#: Parts of an address, as columns of the order behind `ship_`.
ADDRESS: Final = ("name", "street", "postcode", "city", "region", "country")
#: Units of one line that anybody may ask for.
MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class More:
    """A line that is new. `price` of one unit; None: a price list says it."""

    sku: str
    qty: int
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different; None: as it is. `lines` are the units wanted of a line, sent ones included. `pick_up_site` '' : it is
    sent after all. `revision` is the order's as the asker saw it."""

    revision: int | None = None
    lines: Mapping[int, int] = field(default_factory=dict)
    more: Sequence[More] = ()
    ship: Mapping[str, str] | None = None
    carrier: str | None = None
    service: str | None = None
    wanted: date | None = None
    note: str | None = None
    flags: Sequence[str] | None = None
    priority: int | None = None
    pick_up_site: str | None = None


def change(w: "Work", number: str, wish: Change) -> tuple[Sale, list[str]]:
    """Changes the order, tells its floors, makes the money right and lets it go on; the order, and the instructions to put goods back.
    Raises `Refused`: the unit of work is then to be given up."""
    sale = lock_for(w, number, wish.revision)
    return sale, alter(w, sale, wish)


def alter(w: "Work", sale: Sale, wish: Change) -> list[str]:
    """As `change`, of an order that is locked."""
    if sale.order.state in OVER or sale.order.state is SaleState.SHIPPED:
        raise Refused(SaleRefusal.TOO_LATE, state=sale.order.state.value)
    what, again, put_backs = _head(w, sale, wish), False, list[str]()
    for line_no, qty in sorted(wish.lines.items()):
        more, made = _quantity(w, sale, line_no, qty)
        again, put_backs = again or more, put_backs + made
        what.append("lines")
    for one in wish.more:
        _add(w, sale, one)
        again, what = True, [*what, "lines"]
    if not what:
        raise Refused(SaleRefusal.NOTHING_TO_DO)
    if again or "pick_up" in what:
        take_unbegun_back(w, sale)
    finish(w, sale, EventKind.CHANGED, {"what": ", ".join(dict.fromkeys(what)), "put_backs": len(put_backs)})
    w.audit("sale.changed", order=sale.order.number, changed=", ".join(dict.fromkeys(what)))
    return put_backs


def lock_for(w: "Work", number: str, revision: int | None) -> Sale:
    """The order, locked; `Refused` when there is none, or when somebody changed it since the asker saw `revision`."""
    sale = lock_sale(w, number)
    if sale is None:
        raise Refused(SaleRefusal.UNKNOWN_ORDER, order=number)
    if revision is not None and revision != sale.order.revision:
        raise Refused(SaleRefusal.CHANGED_MEANWHILE, revision=sale.order.revision)
    return sale


def finish(w: "Work", sale: Sale, kind: EventKind, words: Words) -> None:
    """Counts again, makes the money right, notes `kind` and lets the order go on."""
    settle_state(w, sale)
    close_offers(w, sale)
    PORTS.reprice(w, sale)
    note(w, sale.order.number, kind, **words)
    go_on(w, sale)


def _quantity(w: "Work", sale: Sale, line_no: int, qty: int) -> tuple[bool, list[str]]:
    """A line wants `qty` units in all; whether it wants more than it did, and what people have to put back."""
    line = sale.line(line_no)
    if line is None:
        raise Refused(SaleRefusal.UNKNOWN_LINE, line=line_no)
    if not 0 <= qty <= MOST:
        raise Refused(SaleRefusal.BAD_QUANTITY, line=line_no, qty=qty)
    less = line.qty - line.cancelled - qty
    if qty < line.shipped:
        raise Refused(SaleRefusal.TOO_LATE, line=line_no, qty=line.shipped)
    if less <= 0:
        _raise_to(line, -less)
        return less < 0, []
    return False, less_of(w, sale, line, less)


def less_of(w: "Work", sale: Sale, line: CustomerOrderLine, units: int) -> list[str]:
    """So many units of a line are off: first what nobody decided about, then what waits, then what sites have."""
    idle = min(units, line.open + line.backordered)
    line.backordered -= max(0, idle - line.open)
    line_no, rest = line.line_no, units - idle
    line.cancelled += idle
    put_backs = give_back(w, sale, line_no, rest) if rest else []
    if rest:
        settle_state(w, sale)
        line.cancelled += rest
    w.db.flush()
    return put_backs


def _raise_to(line: CustomerOrderLine, more: int) -> None:
    """More units at the price of those there are; what was called off stays in the books."""
    if more and line.qty:
        line.total, line.tax = (line.total * (line.qty + more) / line.qty, line.tax * (line.qty + more) / line.qty)
    line.qty += more


def _add(w: "Work", sale: Sale, one: More) -> None:
    if not 0 < one.qty <= MOST:
        raise Refused(SaleRefusal.BAD_QUANTITY, sku=one.sku, qty=one.qty)
    name = w.db.scalar(select(Item.name).where(Item.sku == one.sku).limit(1))
    if name is None:
        raise Refused(SaleRefusal.UNKNOWN_ITEM, sku=one.sku)
    last = max((line.line_no for line in sale.lines), default=0)
    made = CustomerOrderLine(
        order_no=sale.order.number, line_no=last + 1, sku=one.sku, qty=one.qty, name=name, price=one.price,
        total=(one.price or Decimal(0)) * one.qty,
    )  # fmt: skip
    w.db.add(made)
    w.db.flush()
    sale.lines.append(made)


def take_unbegun_back(w: "Work", sale: Sale) -> None:
    """Parts that nobody began are decided about again with the rest: one parcel rather than two."""
    for part in live_parts(sale):
        if part.state in QUIET:
            drop_part(w, sale, part)


def _head(w: "Work", sale: Sale, wish: Change) -> list[str]:
    """Changes what is not about lines; the words of what it was."""
    words = _plain_words(wish)
    what = sorted({name for name in words if getattr(sale.order, name) != words[name]})
    for name in what:
        setattr(sale.order, name, words[name])
    # The day a customer wants is not the site's business: it has the day that was promised.
    set_heads(w, sale, {name: words[name] for name in what if name != "wanted"} if what else {})
    if wish.ship is not None and _move(w, sale, wish.ship):
        what.append("address")
    if wish.pick_up_site is not None and _fetch_at(w, sale, wish.pick_up_site):
        what.append("pick_up")
    return what


def _plain_words(wish: Change) -> dict[str, Any]:
    words: dict[str, Any] = {
        "carrier": wish.carrier, "service": wish.service, "note": wish.note, "priority": wish.priority,
        "wanted": wish.wanted, "flags": list(wish.flags) if wish.flags is not None else None,
    }  # fmt: skip
    return {name: value for name, value in words.items() if value is not None}


def _move(w: "Work", sale: Sale, ship: Mapping[str, str]) -> bool:
    """Another address; whether it is one."""
    order = sale.order
    new = {f"ship_{name}": ship.get(name, getattr(order, f"ship_{name}")).strip() for name in ADDRESS}
    if all(getattr(order, name) == value for name, value in new.items()):
        return False
    if not all(new[f"ship_{name}"] for name in ("name", "street", "city", "country")):
        raise Refused(SaleRefusal.BAD_ADDRESS)
    abroad = new["ship_country"] != order.ship_country
    for name, value in new.items():
        setattr(order, name, value)
    address_again(w, sale, abroad=abroad)
    set_heads(w, sale, {name: value for name, value in new.items() if name != "ship_region"})
    return True


def _fetch_at(w: "Work", sale: Sale, site: str) -> bool:
    """Where the customer fetches it ('': it is sent); only while no floor has begun."""
    order = sale.order
    if (order.pick_up_site or "") == site:
        return False
    if site and w.db.get(Site, site) is None:
        raise Refused(SaleRefusal.UNKNOWN_SITE, site=site)
    begun: Words = {part.number: part.state.value for part in live_parts(sale) if part.state not in QUIET}
    if begun:
        raise Refused(SaleRefusal.NOT_NOW, part=next(iter(begun)))
    order.pick_up_site = site or None
    return True
