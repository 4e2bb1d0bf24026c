"""What an order must have and how it may move through its states. Pure: the import, the actions and the verifier ask it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from oms.orders.codes import OrderProblem
from oms.transitions import Transitions
from sync.contract.codes import OrderState

_S = OrderState

ORDER: Transitions[OrderState] = {
    _S.HELD: frozenset({_S.OPEN, _S.CANCELLED}),
    _S.OPEN: frozenset({_S.HELD, _S.RELEASED, _S.CANCELLED}),
    # Held from the floor: everything was short. Open again: its wave was taken back before anybody began.
    _S.RELEASED: frozenset({_S.PICKING, _S.OPEN, _S.HELD, _S.CANCELLED}),
    _S.PICKING: frozenset({_S.PICKED, _S.HELD, _S.CANCELLED}),
    _S.PICKED: frozenset({_S.PACKING, _S.LABEL_PENDING, _S.SHIPPED, _S.HELD, _S.CANCELLED}),
    _S.PACKING: frozenset({_S.LABEL_PENDING, _S.SHIPPED, _S.HELD, _S.CANCELLED}),
    _S.LABEL_PENDING: frozenset({_S.PACKING, _S.SHIPPED, _S.HELD, _S.CANCELLED}),
    _S.SHIPPED: frozenset(),
    _S.CANCELLED: frozenset(),
}

#: Beside them: a parcel that is opened again brings its order back to the bench.
REOPENED: Transitions[OrderState] = {_S.SHIPPED: frozenset({_S.PACKING})}

#: States in which goods of the order are, or soon will be, in somebody's hands.
ON_FLOOR = frozenset({_S.RELEASED, _S.PICKING, _S.PICKED, _S.PACKING, _S.LABEL_PENDING})

_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line as it came in. `qty` in base units, `price` per unit in the order's currency."""

    sku: str
    qty: int
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as it came in, before anybody looked at it. `country` is ISO 3166-1 alpha-2, `currency` ISO 4217."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    lines: tuple[DraftLine, ...]
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, with the words of its sentence. `line` counts from 1; None when it is about the whole order."""

    code: OrderProblem
    line: int | None = None
    words: tuple[tuple[str, str | int], ...] = ()


def problems(draft: Draft, known_skus: Collection[str]) -> tuple[Problem, ...]:
    """Everything that keeps this order from being released; empty when it may."""
    return (*_of_head(draft), *_of_lines(draft.lines, known_skus))


def _of_head(draft: Draft) -> Iterator[Problem]:
    if not draft.lines:
        yield Problem(OrderProblem.NO_LINES)
    if not draft.name.strip():
        yield Problem(OrderProblem.NO_NAME)
    if not (draft.street.strip() and draft.city.strip()):
        yield Problem(OrderProblem.NO_ADDRESS)
    if not _COUNTRY.fullmatch(draft.country):
        yield Problem(OrderProblem.BAD_COUNTRY, words=(("country", draft.country),))
    if not _CURRENCY.fullmatch(draft.currency):
        yield Problem(OrderProblem.BAD_CURRENCY, words=(("currency", draft.currency),))


def _of_lines(lines: Iterable[DraftLine], known_skus: Collection[str]) -> Iterator[Problem]:
    for number, line in enumerate(lines, start=1):
        if line.sku not in known_skus:
            yield Problem(OrderProblem.UNKNOWN_ITEM, number, (("sku", line.sku),))
        if line.qty <= 0:
            yield Problem(OrderProblem.BAD_QUANTITY, number, (("qty", line.qty),))
        if line.price is not None and not (line.price.is_finite() and line.price >= 0):
            yield Problem(OrderProblem.BAD_PRICE, number, (("price", str(line.price)),))
