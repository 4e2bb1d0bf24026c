"""What is done with transfers at a desk: asked for, called off, closed. In one unit of work each."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from oms.catalog.models import Item, Site
from oms.inventory.models import StockBalance
from oms.inventory.rules import COUNT_ADJUST, tote_account
from oms.orders import actions as orders
from oms.orders.models import Order, OrderLine
from oms.purchasing.actions import setting_of
from oms.sales.onward import look_again
from oms.sourcing.models import SourceSite
from oms.transfers.codes import OPEN, Refused, TransferCode, TransferState
from oms.transfers.expected import tell
from oms.transfers.models import Transfer, TransferLine
from oms.transfers.rules import TRANSFER, account, left_over
from oms.transfers.scene import lines_of, locked
from oms.transitions import can, moved
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST: Final = 10**8
_FARTHEST: Final = timedelta(days=366)
_USUAL: Final = timedelta(days=2)
#: What its label says, unless somebody changes the order: our own truck.
_CARRIER: Final = "OWN"
_SERVICE: Final = "TRANSFER"


def make(w: "Work", to: str, lines: Sequence[tuple[str, int]], day: date | None = None, note: str = "") -> str:
    """So many units of each item go from this site to another, where they are expected on `day` (else in two days); the number. This
    site has an order of that number from now on, which it picks, packs and ships as any. Raises `Refused`."""
    there = w.db.get(Site, to.replace("\0", ""))
    if there is None:
        raise Refused(TransferCode.UNKNOWN_SITE, site=to[:40])
    if there.id == w.site:
        raise Refused(TransferCode.SAME_SITE, site=w.site)
    day = day or w.now.date() + _USUAL
    if not timedelta(0) <= day - w.now.date() <= _FARTHEST:
        raise Refused(TransferCode.BAD_DAY, day=day.isoformat())
    _check_lines(w, there.id, lines)
    # Whoever makes transfers of this site waits here for the other.
    setting_of(w)
    nth = (w.db.scalar(select(func.count()).where(Transfer.site_id == w.site)) or 0) + 1
    number = f"TR-{w.site}-{nth:05d}"
    w.db.add(Transfer(
        number=number, site_id=w.site, to_site=there.id, day=day, made_at=w.now, made_by=w.actor.worker or w.actor.source,
        note=note.replace("\0", "")[:500],
    ))  # fmt: skip
    w.db.add(_order(w, number, there, day))
    w.db.flush()
    for n, (sku, qty) in enumerate(lines, 1):
        w.db.add(TransferLine(number=number, line_no=n, sku=sku, qty=qty))
        w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=n, sku=sku, qty=qty))
    w.touch("order", number)
    w.db.flush()
    transfer = w.db.get_one(Transfer, number)
    look_again(w, sorted({sku for sku, _ in lines}))
    tell(w, transfer, lines_of(w, number))
    w.audit("transfer.made", transfer=number, to=there.id, lines=len(lines))
    return number


def _check_lines(w: "Work", to: str, lines: Sequence[tuple[str, int]]) -> None:
    if not lines or len({sku for sku, _ in lines}) != len(lines):
        raise Refused(TransferCode.NOTHING_TO_DO)
    skus = {sku for sku, _ in lines if "\0" not in sku}
    rows = w.db.execute(select(Item.sku, Item.site_id).where(Item.sku.in_(skus), Item.site_id.in_((w.site, to))))
    known = {(sku, site) for sku, site in rows}
    for sku, units in lines:
        if (sku, w.site) not in known or (sku, to) not in known:
            raise Refused(TransferCode.UNKNOWN_ITEM, sku=sku.replace("\0", "")[:80])
        if not 0 < units <= _MOST:
            raise Refused(TransferCode.BAD_UNITS, sku=sku, units=units)


def _order(w: "Work", number: str, there: Site, day: date) -> Order:
    name, street, city, *_ = [*there.ship_from, "", "", ""]
    known = w.db.get(SourceSite, there.id)
    return Order(
        site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name=name or there.name, ship_street=street,
        ship_city=city, ship_postcode=known.postcode if known else "", ship_country=known.country if known else "",
        carrier=_CARRIER, service=_SERVICE, promised=day, transfer_to=there.id,
    )  # fmt: skip


def cancel(w: "Work", number: str) -> int:
    """It is not sent; how many people were told to put goods back. Raises `Refused` when it has left, or some of it."""
    transfer = _mine(w, number)
    if transfer.state is TransferState.CANCELLED:
        raise Refused(TransferCode.NOTHING_TO_DO)
    if not can(TRANSFER, transfer.state, TransferState.CANCELLED):
        raise Refused(TransferCode.NOT_NOW, number=number, state=transfer.state.value)
    done = orders.cancel(w.beside(transfer.site_id), number)
    if done.reason is not None:
        raise Refused(TransferCode.NOT_NOW, number=number, state=transfer.state.value)
    return len(done.put_backs)


def close(w: "Work", number: str) -> dict[str, int]:
    """Nothing more of it is to come: what left and never came is written off at the site it went to, what came and never left is found
    there; units by item, lost ones above zero. Raises `Refused`."""
    transfer = _mine(w, number)
    if transfer.sent_at is None or not can(TRANSFER, transfer.state, TransferState.CLOSED):
        raise Refused(TransferCode.NOT_NOW, number=number, state=transfer.state.value)
    there = w.beside(transfer.to_site)
    lost: dict[str, int] = {}
    rest, desk = left_over(_balances(w, number)), tote_account(number)
    for n, ((sku, lot), units) in enumerate(rest.items()):
        # By way of the house, or the books would not know whose loss it is.
        way = (account(number), desk, COUNT_ADJUST) if units > 0 else (COUNT_ADJUST, desk, account(number))
        for leg, (from_, to) in enumerate(pairwise(way)):
            there.move(f"{number}/closed", 2 * n + leg, sku, lot, from_, to, abs(units))
        lost[sku] = lost.get(sku, 0) + units
    transfer.state, transfer.done_at = moved(TRANSFER, transfer.state, TransferState.CLOSED), w.now
    w.db.flush()
    tell(w, transfer, lines_of(w, number))
    w.audit("transfer.closed", transfer=number, lost=sum(lost.values()))
    return {sku: units for sku, units in lost.items() if units}


def _balances(w: "Work", number: str) -> dict[tuple[str, str], int]:
    """(item, lot) -> units of a transfer that are on the way, by the books of both sites."""
    rows = select(StockBalance.sku, StockBalance.lot, func.sum(StockBalance.qty)).where(
        StockBalance.account == account(number)
    )
    w.db.flush()
    return {(sku, lot): int(qty) for sku, lot, qty in w.db.execute(rows.group_by(StockBalance.sku, StockBalance.lot))}


def _mine(w: "Work", number: str) -> Transfer:
    transfer = locked(w, number)
    if transfer is None:
        raise Refused(TransferCode.UNKNOWN_TRANSFER, number=number.replace("\0", "")[:40])
    if transfer.state not in OPEN:
        raise Refused(TransferCode.NOT_NOW, number=number, state=transfer.state.value)
    return transfer
