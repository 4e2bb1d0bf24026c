"""Which service: the cheapest that keeps the promise, and of every other one why not. Pure. Called by `costs`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from msgspec.structs import replace

from oms.shipping.carriers.port import Address, Box, Offer
from oms.shipping.carriers.tables import Quote, Table, quote
from sync.contract.shipping import PricePart, RateOption, WhyNot

#: Comes after every day.
_NEVER = "~"

#: (carrier, service) -> what the carrier itself asks now.
Live = Mapping[tuple[str, str], Offer]


def shop(
    tables: Sequence[Table], live: Live, to: Address, box: Box, promised: date | None, now: datetime
) -> tuple[list[RateOption], bool]:
    """(all services, the chosen one first and then by price; whether the chosen one is too late). Offers of carriers go before their
    tables. Prices of different currencies are not compared: the first table's currency counts, others are not chosen."""
    found = [_from_table(table, to, box, now, live) for table in tables]
    known = {(table.carrier, table.service) for table in tables}
    found += [
        _from_offer(carrier, offer) for (carrier, _), offer in live.items() if (carrier, offer.service) not in known
    ]
    return _best(found, promised)


def shop_all(
    tables: Sequence[Table],
    lives: Sequence[Live],
    to: Address,
    boxes: Sequence[Box],
    promised: date | None,
    now: datetime,
) -> tuple[list[RateOption], bool]:
    """As `shop`, for all parcels of an order together: a service that cannot take one of them takes none. `lives` are the offers for each
    of `boxes`, or nothing."""
    lives = lives or [{}] * len(boxes)
    if len(boxes) == 1:
        return shop(tables, lives[0], to, boxes[0], promised, now)
    each = list(zip(boxes, lives, strict=True))
    found = [_together([_from_table(table, to, box, now, live) for box, live in each]) for table in tables]
    known = {(table.carrier, table.service) for table in tables}
    found += [
        _together([_from_offer(service[0], live[service]) for live in lives])
        for service in sorted(set.intersection(*(set(live) for live in lives)) - known)
    ]
    return _best(found, promised)


def _together(of_one: Sequence[RateOption]) -> RateOption:
    refused = next((option for option in of_one if option.why_not is not None), None)
    if refused is not None:
        return refused
    parts: dict[str, Decimal] = {}
    for part in (part for option in of_one for part in option.parts):
        parts[part.code] = parts.get(part.code, Decimal(0)) + Decimal(part.amount)
    return replace(
        of_one[0],
        price=str(sum((Decimal(option.price or 0) for option in of_one), Decimal(0))),
        parts=[PricePart(code=code, amount=str(amount)) for code, amount in parts.items()],
        billed_g=sum(option.billed_g for option in of_one),
        # Of a parcel whose day nobody knows, the order's day is not known.
        arrives_on=max((option.arrives_on or _NEVER) for option in of_one).removesuffix(_NEVER) or None,
        live=all(option.live for option in of_one),
    )


def _best(found: list[RateOption], promised: date | None) -> tuple[list[RateOption], bool]:
    can = [option for option in found if option.why_not is None]
    currency = can[0].currency if can else ""
    can = [option for option in can if option.currency == currency]
    kept = [option for option in can if promised is None or _arrives(option) <= promised]
    if kept:
        best = min(
            kept, key=lambda option: (Decimal(option.price or 0), _arrives(option), option.carrier, option.service)
        )
    elif can:
        best = min(
            can, key=lambda option: (_arrives(option), Decimal(option.price or 0), option.carrier, option.service)
        )
    else:
        return sorted(found, key=_order), False
    rest = [_told(option, best, promised, kept=option in kept) for option in found if option is not best]
    return [best, *sorted(rest, key=_order)], not kept


def _arrives(option: RateOption) -> date:
    return date.fromisoformat(option.arrives_on) if option.arrives_on else date.max


def _order(option: RateOption) -> tuple[bool, Decimal, str, str]:
    return option.price is None, Decimal(option.price or 0), option.carrier, option.service


def _told(option: RateOption, best: RateOption, promised: date | None, *, kept: bool) -> RateOption:
    """Why this one was not chosen."""
    if option.why_not is not None:
        return option
    if option.currency != best.currency:
        return replace(option, why_not=WhyNot.NO_PRICE)
    if not kept and promised is not None and option.arrives_on:
        days = (_arrives(option) - promised).days
        return replace(option, why_not=WhyNot.TOO_LATE, by=str(days))
    if not kept and promised is not None:
        return replace(option, why_not=WhyNot.TOO_LATE)
    return replace(option, why_not=WhyNot.DEARER, by=str(Decimal(option.price or 0) - Decimal(best.price or 0)))


def _from_table(table: Table, to: Address, box: Box, now: datetime, live: Live) -> RateOption:
    said = quote(table, to, box, now)
    offer = live.get((table.carrier, table.service))
    if offer is not None and said.why_not not in (WhyNot.TOO_HEAVY, WhyNot.TOO_LARGE):
        arrives = offer.arrives_on or said.arrives_on
        return replace(
            _from_offer(table.carrier, offer),
            name=table.name,
            billed_g=said.billed_g,
            zone=said.zone,
            leaves_on=_iso(said.leaves_on),
            arrives_on=_iso(arrives),
        )
    return RateOption(
        carrier=table.carrier,
        service=table.service,
        name=table.name,
        why_not=said.why_not,
        price=None if said.price is None else str(said.price),
        currency=table.currency,
        parts=_parts(said),
        billed_g=said.billed_g,
        zone=said.zone,
        leaves_on=_iso(said.leaves_on),
        arrives_on=_iso(said.arrives_on),
        by=str(said.by) if said.by else "",
    )


def _parts(said: Quote) -> list[PricePart]:
    return [PricePart(code=code, amount=str(amount)) for code, amount in said.parts]


def _from_offer(carrier: str, offer: Offer) -> RateOption:
    return RateOption(
        carrier=carrier,
        service=offer.service,
        name="",
        why_not=None,
        price=str(offer.price),
        currency=offer.currency,
        parts=[PricePart(code="freight", amount=str(offer.price))],
        arrives_on=_iso(offer.arrives_on),
        live=True,
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
