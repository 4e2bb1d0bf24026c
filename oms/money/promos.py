"""Promo codes: which may be used, what they take off, and counting their uses so that no code is ever used more often than it may. Pricing
calls it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from oms.db.bulk import insert_rows
from oms.db.locks import lock_rows
from oms.money.codes import MoneyCode, PromoKind
from oms.money.currencies import ZERO, rounded, spread
from oms.money.models import Promo, PromoUse

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Basket:
    """What is bought: (sku, qty, price of one) per line, and what it goes by."""

    lines: tuple[tuple[str, int, Decimal], ...]
    currency: str
    channel: str
    day: date
    #: Customer's id or e-mail address in lower case; '' nobody known.
    customer: str = ""

    @property
    def goods(self) -> Decimal:
        """Before any discount."""
        return sum((qty * price for _, qty, price in self.lines), ZERO)


@dataclass(slots=True)
class Cut:
    """What codes take off: of each line, and whether sending is free. `refused` are codes that do not count, with why."""

    lines: list[Decimal]
    free_shipping: bool = False
    used: list[str] = field(default_factory=list)
    refused: list[tuple[str, MoneyCode]] = field(default_factory=list)


def cut(promos: Sequence[Promo], basket: Basket) -> Cut:
    """What these codes take off, pure: first goods that are free (buy x get y), then shares, then amounts, each of what is left then and
    never more; a code's cut is laid on its lines by what they cost."""
    done = Cut([ZERO] * len(basket.lines))
    order = (PromoKind.BUY_X_GET_Y, PromoKind.PERCENT, PromoKind.AMOUNT, PromoKind.FREE_SHIPPING)
    for promo in sorted(promos, key=lambda one: (order.index(one.kind), one.code)):
        done.used.append(promo.code)
        if promo.kind is PromoKind.FREE_SHIPPING:
            done.free_shipping = True
            continue
        left = [_left(promo, basket, done, at) for at in range(len(basket.lines))]
        for at, taken in enumerate(_taken(promo, basket, left)):
            done.lines[at] += taken
    return done


def _left(promo: Promo, basket: Basket, done: Cut, at: int) -> Decimal:
    sku, qty, price = basket.lines[at]
    if promo.skus and sku not in promo.skus:
        return ZERO
    return max(ZERO, rounded(qty * price - done.lines[at], basket.currency))


def _taken(promo: Promo, basket: Basket, left: Sequence[Decimal]) -> list[Decimal]:
    whole = sum(left, ZERO)
    if promo.kind is PromoKind.PERCENT:
        return spread(rounded(whole * promo.value, basket.currency), left, basket.currency)
    if promo.kind is PromoKind.AMOUNT:
        return spread(min(whole, rounded(promo.value, basket.currency)), left, basket.currency)
    return [min(one, taken) for one, taken in zip(left, _free(promo, basket), strict=True)]


def _free(promo: Promo, basket: Basket) -> list[Decimal]:
    """Of every `buy` + `get` units of the promo's goods the cheapest `get` are free."""
    units = sorted(
        (price, at, qty)
        for at, (sku, qty, price) in enumerate(basket.lines)
        if not promo.skus or sku in promo.skus
    )  # fmt: skip
    rest = sum(qty for _, _, qty in units) // (promo.buy + promo.get) * promo.get
    free = [ZERO] * len(basket.lines)
    for price, at, qty in units:
        taken = min(rest, qty)
        free[at] += rounded(price * taken, basket.currency)
        rest -= taken
    return free


def use(w: "Work", order_no: str, codes: Sequence[str], basket: Basket) -> Cut:
    """What the codes take off this order, counted as used by it in the same commit. Locks the codes' rows in order of code; a code that
    goes alone and came with others counts only when it was named first, and is the only one then."""
    named = list(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
    rows = {row.code: row for row in lock_rows(w.db, Promo, Promo.code, named)}
    mine = set(w.db.scalars(select(PromoUse.code).where(PromoUse.order_no == order_no)))
    good: list[Promo] = []
    refused: list[tuple[str, MoneyCode]] = []
    for code in named:
        why = _why_not(w, rows.get(code), basket, good, used=code in mine)
        if why is None:
            good.append(rows[code])
        else:
            refused.append((code, why))
    made = cut(good, basket)
    made.refused = refused
    _count(w, order_no, [promo for promo in good if promo.code not in mine], basket.customer)
    give_back(w, order_no, keep=[promo.code for promo in good])
    return made


def _why_not(w: "Work", promo: Promo | None, basket: Basket, good: Sequence[Promo], *, used: bool) -> MoneyCode | None:
    if promo is None or not promo.active:
        return MoneyCode.PROMO_UNKNOWN
    late = promo.valid_to is not None and basket.day > promo.valid_to
    if late or (promo.valid_from is not None and basket.day < promo.valid_from):
        return MoneyCode.PROMO_NOT_NOW
    if not _is_here(promo, basket):
        return MoneyCode.PROMO_NOT_HERE
    if good and not (promo.stacks and all(one.stacks for one in good)):
        return MoneyCode.PROMO_ALONE
    if not used and _used_up(w, promo, basket.customer):
        return MoneyCode.PROMO_USED_UP
    return None


def _is_here(promo: Promo, basket: Basket) -> bool:
    money = promo.kind is PromoKind.AMOUNT or promo.least_goods > 0
    return (
        promo.channel in ("", basket.channel)
        and (not money or promo.currency == basket.currency)
        and basket.goods >= promo.least_goods
        and (not promo.skus or any(sku in promo.skus for sku, _, _ in basket.lines))
    )


def _used_up(w: "Work", promo: Promo, customer: str) -> bool:
    if promo.most_uses is not None and promo.uses >= promo.most_uses:
        return True
    if promo.most_per_customer is None:
        return False
    if not customer:
        # Somebody nobody knows cannot be counted.
        return True
    theirs = select(func.count()).where(PromoUse.code == promo.code, PromoUse.customer == customer)
    return w.db.scalars(theirs).one() >= promo.most_per_customer


def _count(w: "Work", order_no: str, promos: Sequence[Promo], customer: str) -> None:
    for promo in promos:
        promo.uses += 1
    rows = [{"code": one.code, "order_no": order_no, "customer": customer, "at": w.now} for one in promos]
    insert_rows(w.db, PromoUse, rows)
    w.db.flush()


def give_back(w: "Work", order_no: str, *, keep: Sequence[str] = ()) -> None:
    """The order does not use its codes any more, but for `keep`: somebody else may."""
    mine = select(PromoUse.code).where(PromoUse.order_no == order_no, PromoUse.code.not_in(keep))
    codes = sorted(w.db.scalars(mine))
    if not codes:
        return
    lock_rows(w.db, Promo, Promo.code, codes)
    gone = delete(PromoUse).where(PromoUse.order_no == order_no, PromoUse.code.in_(codes)).returning(PromoUse.code)
    given = sorted(w.db.scalars(gone))
    w.db.execute(update(Promo).where(Promo.code.in_(given)).values(uses=Promo.uses - 1))
