"""What is done with orders to suppliers: made, approved, sent, confirmed, called off, closed. In one unit of work each; the order's row is
locked first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from oms.money.currencies import rounded
from oms.money.tables import exchange_rate
from oms.promise.dates import Calendar
from oms.purchasing.codes import COMING, BuyCode, BuyMailState, BuyState, Refused, SendBy
from oms.purchasing.expected import tell
from oms.purchasing.models import PurchaseLine, PurchaseMail, PurchaseOrder, PurchaseSetting, Supplier, SupplierItem
from oms.purchasing.rules import BUY, Terms, expected_day, state_of
from oms.transitions import can, moved

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST: Final = 10**8
_MOST_MONEY: Final = Decimal(10) ** 9
_FARTHEST: Final = timedelta(days=1100)


@dataclass(frozen=True, slots=True)
class Scene:
    """A locked order with its lines, in order."""

    order: PurchaseOrder
    lines: list[PurchaseLine]

    def line(self, line_no: int) -> PurchaseLine:
        """Raises `Refused`."""
        found = next((line for line in self.lines if line.line_no == line_no), None)
        if found is None:
            raise Refused(BuyCode.UNKNOWN_LINE, line=line_no)
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What a supplier says of a line: so many will come, on a day; None: as ordered."""

    qty: int | None = None
    day: date | None = None


def lock(w: "Work", number: str) -> Scene:
    """The order of this site; raises `Refused`."""
    mine = select(PurchaseOrder).where(
        PurchaseOrder.number == number.replace("\0", ""), PurchaseOrder.site_id == w.site
    )
    order = w.db.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if order is None:
        raise Refused(BuyCode.UNKNOWN_ORDER, number=number[:40])
    w.touch("purchase", order.number)
    return Scene(order, lines_of(w, order.number))


def lines_of(w: "Work", number: str) -> list[PurchaseLine]:
    """The lines as they are now; their order is locked."""
    mine = select(PurchaseLine).where(PurchaseLine.order_no == number).order_by(PurchaseLine.line_no)
    return list(w.db.scalars(mine.execution_options(populate_existing=True)))


def setting_of(w: "Work") -> PurchaseSetting:
    """How this site buys; whoever makes orders of it waits here for the other."""
    fresh = {
        "site_id": w.site, "currency": "EUR", "auto_send": False, "auto_follow": False, "last_number": 0, "dead_days": 180,
        "return_percent": 20, "return_least": 10,
    }  # fmt: skip
    w.db.execute(insert(PurchaseSetting).values(fresh).on_conflict_do_nothing())
    mine = select(PurchaseSetting).where(PurchaseSetting.site_id == w.site).with_for_update()
    return w.db.scalars(mine.execution_options(populate_existing=True)).one()


def terms_of(row: SupplierItem) -> Terms:
    """As the rules want it."""
    return Terms(row.moq, row.pack, tuple((int(units), Decimal(str(price))) for units, price in row.prices))


def calendar_of(supplier: Supplier) -> Calendar:
    """When a supplier works."""
    return Calendar(
        weekdays=frozenset(int(one) for one in supplier.weekdays), public=supplier.holidays,
        off=frozenset(date.fromisoformat(one) for one in supplier.days_off),
    )  # fmt: skip


def lead_of(supplier: Supplier) -> Decimal:
    """Days from order to delivery: as seen, or as said."""
    return supplier.lead_days if supplier.learned_days is None else supplier.learned_days


def begin(w: "Work", supplier: Supplier, *, run_day: date | None = None, note: str = "") -> PurchaseOrder:
    """A new draft without lines; its number is the site's next."""
    setting = setting_of(w)
    setting.last_number += 1
    order = PurchaseOrder(
        number=f"PO-{w.site}-{setting.last_number:05d}", site_id=w.site, supplier=supplier.code,
        currency=supplier.currency, made_at=w.now, made_by=w.actor.worker or w.actor.source, run_day=run_day, note=note,
    )  # fmt: skip
    w.db.add(order)
    w.db.flush()
    w.touch("purchase", order.number)
    return order


def add_lines(w: "Work", scene: Scene, supplier: Supplier, wanted: Mapping[str, int]) -> None:
    """So many units (as they are packed) of each item more; of an item that is on it, the line grows. Prices are those of the sum."""
    asked = select(SupplierItem).where(SupplierItem.supplier == supplier.code, SupplierItem.sku.in_(wanted))
    sold = {row.sku: row for row in w.db.scalars(asked)}
    day = expected_day(calendar_of(supplier), w.now.date(), lead_of(supplier))
    by_sku = {line.sku: line for line in scene.lines}
    for sku, units in wanted.items():
        if sku not in sold:
            raise Refused(BuyCode.UNKNOWN_ITEM, sku=sku[:80])
        line = by_sku.get(sku)
        if line is None:
            line = PurchaseLine(
                order_no=scene.order.number, line_no=len(scene.lines) + 1, sku=sku, their_sku=sold[sku].their_sku,
                qty=units, wanted=units, price=Decimal(0), day=day,
            )  # fmt: skip
            w.db.add(line)
            scene.lines.append(line)
            by_sku[sku] = line
        else:
            line.qty += units
            line.wanted = line.qty
        line.price = terms_of(sold[sku]).price(line.qty)
    scene.order.total = _total(scene)
    w.db.flush()


def make(w: "Work", supplier: str, lines: Sequence[tuple[str, int]], note: str = "") -> str:
    """An order by hand, as it is asked for; its number. It waits for approval as any other. Raises `Refused`."""
    row = w.db.get(Supplier, supplier.replace("\0", ""))
    if row is None or not row.active:
        raise Refused(BuyCode.UNKNOWN_SUPPLIER, supplier=supplier[:40])
    if not lines or len({sku for sku, _ in lines}) != len(lines):
        raise Refused(BuyCode.NOTHING_TO_DO)
    for sku, units in lines:
        if "\0" in sku:
            raise Refused(BuyCode.BAD_TEXT)
        if not 0 < units <= _MOST:
            raise Refused(BuyCode.BAD_UNITS, sku=sku[:80], units=units)
    setting = setting_of(w)
    scene = Scene(begin(w, row, note=note[:500].replace("\0", "")), [])
    add_lines(w, scene, row, dict(lines))
    settle_limit(w, scene, setting)
    w.audit(
        "purchase.made", order=scene.order.number, supplier=row.code, lines=len(lines), total=str(scene.order.total)
    )
    return scene.order.number


def settle_limit(w: "Work", scene: Scene, setting: PurchaseSetting) -> None:
    """An order that is not sent is approved, or waits for a person where it is above the limit. What nobody can compare waits, too."""
    order = scene.order
    limit = setting.approve_above
    rate = exchange_rate(w.db, order.currency, setting.currency, w.now.date()) if limit is not None else Decimal(1)
    above = limit is not None and (rate is None or order.total * rate > limit)
    order.state = moved(BUY, order.state, BuyState.AWAITING if above else BuyState.APPROVED)
    order.approved_at, order.approved_by = (None, "") if above else (w.now, "rule")
    w.db.flush()


def revision(lines: Sequence[PurchaseLine]) -> str:
    """What stands on the lines, in a word. What comes of them does not count: goods come in at any time."""
    told = [[one.line_no, one.sku, one.qty, one.wanted, str(one.price), one.day.isoformat()] for one in lines]
    return sha256(json.dumps(told).encode()).hexdigest()[:16]


def unchanged(w: "Work", number: str, seen: str) -> None:
    """Who acts on an order acts on what they saw: a run puts more on one that has not left, and others answer for a supplier. Raises
    `Refused`."""
    if revision(lock(w, number).lines) != seen:
        raise Refused(BuyCode.CHANGED, number=number)


def approve(w: "Work", number: str) -> None:
    """A person lets it go. Raises `Refused`."""
    scene = lock(w, number)
    _must(scene, BuyState.APPROVED, {BuyState.AWAITING, BuyState.DRAFT})
    scene.order.state = moved(BUY, scene.order.state, BuyState.APPROVED)
    scene.order.approved_at, scene.order.approved_by = w.now, w.actor.worker or w.actor.source
    w.audit("purchase.approved", order=number, total=str(scene.order.total))


def may_send(order: PurchaseOrder, supplier: Supplier, mail: PurchaseMail | None) -> bool:
    """Whether it may be sent now: it was not, or it did not get there; and there is a way."""
    if order.state in COMING:
        return mail is not None and mail.state is BuyMailState.DEAD and bool(supplier.email)
    return order.state is BuyState.APPROVED and (supplier.send_by is SendBy.HAND or bool(supplier.email))


def send(w: "Work", number: str) -> None:
    """It is on its way to the supplier: by mail (also with EDIFACT in it), or by hand. From now on its goods are expected. One whose mail
    did not get there is sent again, to the address as it is now. Raises `Refused`."""
    scene = lock(w, number)
    order = scene.order
    supplier = w.db.get_one(Supplier, order.supplier)
    if order.state in COMING and _again(w, order, supplier):
        return
    _must(scene, BuyState.SENT, {BuyState.APPROVED})
    if supplier.send_by is not SendBy.HAND:
        if not supplier.email:
            raise Refused(BuyCode.NO_ADDRESS, supplier=supplier.code)
        w.db.add(PurchaseMail(
            order_no=number, receiver=supplier.email, message_id=f"{number}.{uuid4().hex[:12]}".lower(), next_at=w.now
        ))  # fmt: skip
    order.state, order.sent_at = moved(BUY, order.state, BuyState.SENT), w.now
    day = expected_day(calendar_of(supplier), w.now.date(), lead_of(supplier))
    for line in scene.lines:
        line.day = day
    w.db.flush()
    tell(w, order, scene.lines)
    w.audit("purchase.sent", order=number, supplier=supplier.code, by=supplier.send_by.value)


def _again(w: "Work", order: PurchaseOrder, supplier: Supplier) -> bool:
    mail = w.db.get(PurchaseMail, order.number, with_for_update=True, populate_existing=True)
    if mail is None or mail.state is not BuyMailState.DEAD:
        return False
    if not supplier.email:
        raise Refused(BuyCode.NO_ADDRESS, supplier=supplier.code)
    # The same Message-ID: a supplier that got it after all sees the same mail.
    mail.state, mail.next_at, mail.attempts, mail.receiver = BuyMailState.WAITING, w.now, 0, supplier.email
    w.db.flush()
    w.audit("purchase.sent", order=order.number, supplier=supplier.code, by="again")
    return True


def confirm(w: "Work", number: str, answers: Mapping[int, Answer], reference: str = "") -> None:
    """The supplier has answered: lines come in full on their day, or as `answers` by line number say. It may answer again. Raises
    `Refused`."""
    scene = lock(w, number)
    order = scene.order
    if order.state not in COMING:
        raise Refused(BuyCode.NOT_NOW, number=number, state=order.state.value)
    for line_no, answer in sorted(answers.items()):
        line = scene.line(line_no)
        if answer.qty is not None:
            if not line.received + line.damaged <= answer.qty <= _MOST:
                raise Refused(BuyCode.BAD_UNITS, line=line_no, units=answer.qty)
            line.wanted = answer.qty
        if answer.day is not None:
            if not abs(answer.day - w.now.date()) <= _FARTHEST:
                raise Refused(BuyCode.BAD_DAY, line=line_no, day=answer.day.isoformat())
            line.day = answer.day
    order.reference = reference.replace("\0", "")[:80] or order.reference
    order.confirmed_at = w.now
    if not any(line.wanted for line in scene.lines):
        # It delivers nothing of it.
        order.state, order.done_at = moved(BUY, order.state, BuyState.CANCELLED), w.now
    else:
        order.state = moved(BUY, order.state, state_of(BuyState.CONFIRMED, scene.lines))
    w.db.flush()
    tell(w, order, scene.lines)
    w.audit("purchase.confirmed", order=number, reference=order.reference, lines=len(answers))


def call_off(w: "Work", number: str) -> None:
    """Nothing (more) of it is to come: cancelled where nothing came, else closed. Raises `Refused`."""
    scene = lock(w, number)
    order = scene.order
    then = BuyState.CANCELLED if can(BUY, order.state, BuyState.CANCELLED) else BuyState.CLOSED
    if not can(BUY, order.state, then):
        raise Refused(BuyCode.NOT_NOW, number=number, state=order.state.value)
    finish(w, scene, then)
    w.audit(f"purchase.{'cancelled' if then is BuyState.CANCELLED else 'closed'}", order=number)


def finish(w: "Work", scene: Scene, then: BuyState) -> None:
    """What came is all there is."""
    scene.order.state, scene.order.done_at = moved(BUY, scene.order.state, then), w.now
    for line in scene.lines:
        line.wanted = min(line.wanted, line.received + line.damaged)
    w.db.flush()
    tell(w, scene.order, scene.lines)


def _total(scene: Scene) -> Decimal:
    """What the lines come to. Raises `Refused` where nobody can mean that."""
    total = sum((line.qty * line.price for line in scene.lines), Decimal(0))
    if total > _MOST_MONEY or any(line.qty > _MOST for line in scene.lines):
        raise Refused(BuyCode.TOO_LARGE, supplier=scene.order.supplier)
    return rounded(total, scene.order.currency)


def _must(scene: Scene, then: BuyState, now: set[BuyState]) -> None:
    if scene.order.state is then:
        raise Refused(BuyCode.NOTHING_TO_DO)
    if scene.order.state not in now:
        raise Refused(BuyCode.NOT_NOW, number=scene.order.number, state=scene.order.state.value)
