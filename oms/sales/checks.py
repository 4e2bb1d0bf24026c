"""What is doubtful about a draft. Pure: capture looks up what it needs to know and asks here."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from oms.channels.addresses import normalise
from oms.channels.codes import ChannelKind
from oms.channels.rules import Rules, needs_email
from oms.sales.drafts import ZERO, Address, HoldCode, SaleDraft, SaleDraftLine, Trouble
from oms.sales.sums import MOST_SUM, Fitted, in_base_units, kept, laid_on_lines, not_adding_up

MAX_LINES: Final = 2000
MAX_QTY: Final = 1_000_000
_CURRENCY = re.compile(r"[A-Z]{3}")
_EMAIL = re.compile(r"[^@\s\"<>,;]{1,64}@[^@\s\"<>,;]{1,190}\.[^@\s\"<>,;]{2,}")


@dataclass(frozen=True, slots=True)
class Way:
    """The channel of a draft as checks need it. Orders without a channel have the defaults."""

    kind: ChannelKind = ChannelKind.PHONE
    prefix: str = ""
    currency: str = "EUR"
    language: str = "en"
    tax_included: bool = True
    rules: Rules = field(default_factory=Rules)
    active: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft as it will be kept, with everything that holds it."""

    ship: Address
    bill: Address
    currency: str
    language: str
    tax_included: bool
    lines: list[Fitted]
    troubles: list[Trouble]


#: Our SKU and the base units of one, for a line of a channel; None: unknown.
Resolve = Callable[[str, SaleDraftLine], tuple[str, int] | None]


def check(draft: SaleDraft, way: Way | None, resolve: Resolve, sites: Mapping[str, str] | set[str]) -> Checked:
    """Looks at everything but what other orders say. `way` None: nobody knows the channel."""
    known = way or Way()
    troubles = [*draft.troubles, *_of_channel(draft, way)]
    currency = (draft.currency or known.currency).upper()
    ship, wrong = _shipped_to(draft)
    bill = normalise(draft.bill)[0] if draft.bill else Address()
    fitted = [_fit(draft, number, line, resolve, troubles) for number, line in enumerate(draft.lines, 1)]
    if kept(draft.discount):
        fitted = laid_on_lines(fitted, draft.discount, currency)
    if sum((line.goods for line in fitted), ZERO) >= MOST_SUM:
        troubles.append(Trouble(HoldCode.BAD_PRICE))
        fitted = [replace(line, price=None, discount=ZERO) for line in fitted]
    tax_included = known.tax_included if draft.tax_included is None else draft.tax_included
    troubles += wrong
    troubles += _of_head(draft, known, sites)
    troubles += _of_money(draft, known, currency, tax_included, fitted)
    troubles += _of_rules(draft, known, ship)
    return Checked(ship, bill, currency, draft.language or known.language, tax_included, fitted, troubles)


def _of_channel(draft: SaleDraft, way: Way | None) -> Iterator[Trouble]:
    if way is None:
        yield Trouble(HoldCode.UNKNOWN_CHANNEL, params={"channel": draft.channel[:60]})
    elif not way.active:
        yield Trouble(HoldCode.CHANNEL_CLOSED, params={"channel": draft.channel[:60]})


def _shipped_to(draft: SaleDraft) -> tuple[Address, list[Trouble]]:
    """Who fetches it needs a name and no address."""
    ship = draft.ship if draft.ship.name else replace(draft.ship, name=draft.customer_name)
    made, wrong = normalise(ship)
    if draft.pick_up_site is None:
        return made, wrong
    return made, [trouble for trouble in wrong if trouble.code == HoldCode.NO_NAME]


def _fit(draft: SaleDraft, number: int, line: SaleDraftLine, resolve: Resolve, troubles: list[Trouble]) -> Fitted:
    """The line in our SKU and base units; what is wrong is noted, and its values are left out."""
    found = resolve(draft.channel, line)
    sku, units = found or (line.sku or line.foreign_sku, 1)
    codes: list[str] = []
    if found is None:
        codes.append(HoldCode.UNKNOWN_SKU)
        troubles.append(Trouble(HoldCode.UNKNOWN_SKU, number, {"sku": sku[:60]}))
    qty = line.qty if line.qty is not None and 0 < line.qty * units <= MAX_QTY else 0
    if not qty:
        codes.append(HoldCode.BAD_QUANTITY)
        params: dict[str, str | int] = {} if line.qty is None else {"qty": str(line.qty)[:20]}
        troubles.append(Trouble(HoldCode.BAD_QUANTITY, number, params))
    price, discount, tax, rate = line.price, line.discount, line.tax, line.tax_rate
    if not all(kept(one) for one in (price, discount, tax, rate)) or (rate is not None and rate > 1):
        codes.append(HoldCode.BAD_PRICE)
        troubles.append(Trouble(HoldCode.BAD_PRICE, number))
        price, discount, tax, rate = None, ZERO, None, None
    if price is not None and price * qty >= MOST_SUM:
        codes.append(HoldCode.BAD_PRICE)
        troubles.append(Trouble(HoldCode.BAD_PRICE, number, {"price": str(price)}))
        price, discount = None, ZERO
    if price is not None and discount > price * qty:
        codes.append(HoldCode.BAD_PRICE)
        troubles.append(Trouble(HoldCode.BAD_PRICE, number, {"discount": str(discount)}))
        discount = ZERO
    if price is not None and units > 1:
        price, discount = in_base_units(price, discount, qty, units)
    return Fitted(sku, qty * units, price, discount, tax, rate, codes[0] if codes else "")


def _of_head(draft: SaleDraft, way: Way, sites: Mapping[str, str] | set[str]) -> Iterator[Trouble]:
    if not draft.lines:
        yield Trouble(HoldCode.NO_LINES)
    if draft.pick_up_site is not None and draft.pick_up_site not in sites:
        yield Trouble(HoldCode.UNKNOWN_SITE, params={"site": draft.pick_up_site[:60]})
    if draft.email and not _EMAIL.fullmatch(draft.email):
        yield Trouble(HoldCode.BAD_EMAIL)
    elif not draft.email and needs_email(way.rules, way.kind):
        yield Trouble(HoldCode.MISSING_EMAIL)


def _of_money(draft: SaleDraft, way: Way, currency: str, tax_included: bool, lines: list[Fitted]) -> Iterator[Trouble]:
    if not _CURRENCY.fullmatch(currency):
        yield Trouble(HoldCode.BAD_CURRENCY, params={"currency": currency[:10]})
        return
    if draft.channel and currency not in (way.currency, *way.rules.currencies):
        yield Trouble(HoldCode.CURRENCY_NOT_TAKEN, params={"currency": currency})
    whole = (draft.discount, draft.shipping, draft.tax, draft.total)
    if not all(kept(one) for one in whole):
        yield Trouble(HoldCode.BAD_PRICE)
        return
    if any(line.problem in (HoldCode.BAD_QUANTITY, HoldCode.BAD_PRICE) for line in lines):
        return
    if way.rules.check_totals:
        yield from not_adding_up(draft, lines, tax_included, currency)


def _of_rules(draft: SaleDraft, way: Way, ship: Address) -> Iterator[Trouble]:
    rules = way.rules
    worth = draft.total
    if worth is not None and kept(worth):
        if rules.least is not None and worth < rules.least:
            yield Trouble(HoldCode.BELOW_LEAST, params={"total": _said(worth), "least": _said(rules.least)})
        if rules.most is not None and worth > rules.most:
            yield Trouble(HoldCode.ABOVE_MOST, params={"total": _said(worth), "most": _said(rules.most)})
    if rules.countries and draft.pick_up_site is None and ship.country and ship.country not in rules.countries:
        yield Trouble(HoldCode.COUNTRY_NOT_SERVED, params={"country": ship.country})
    if {draft.customer_number.lower(), draft.email.lower()} & {one.lower() for one in rules.blocked if one}:
        yield Trouble(HoldCode.CUSTOMER_BLOCKED)


def _said(amount: Decimal) -> str:
    return format(amount, "f")
