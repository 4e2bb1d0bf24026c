"""Orders as programs send them (`sync.contract.customer_orders`) turned into drafts. The capture route calls it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from oms.sales.capture import Captured
from oms.sales.codes import PaymentState, Splitting
from oms.sales.drafts import Address, HoldCode, SaleDraft, SaleDraftLine, Trouble
from sync.contract.codes import Substitution
from sync.contract.customer_orders import AddressIn, CapturedOrder, CustomerOrderIn, HoldWord, OrderLineIn

W = TypeVar("W", bound=StrEnum)
_MAX_KEY = 100


def draft_of(said: CustomerOrderIn, channel: str) -> SaleDraft:
    """The draft of one order; `channel` is the one of the key it came with, where that has one."""
    troubles: list[Trouble] = []
    return SaleDraft(
        channel=plain(said.channel or channel), reference=plain(said.reference or "")[:_MAX_KEY] or None,
        number=plain(said.number or "")[:_MAX_KEY] or None, customer_number=plain(said.customer_number)[:_MAX_KEY],
        customer_name=plain(said.customer_name), email=plain(said.email), phone=plain(said.phone),
        language=plain(said.language)[:2].lower(), ship=address_of(said.ship_to), bill=address_of(said.bill_to),
        pick_up_site=plain(said.pick_up_site or "") or None, lines=tuple(_line(line) for line in said.lines),
        currency=plain(said.currency).upper(), tax_included=said.tax_included, discount=said.discount,
        shipping=said.shipping, tax=said.tax, total=said.total, promo_codes=tuple(plain(one) for one in said.promo_codes),
        payment=_word("payment", said.payment, PaymentState, troubles), wanted=said.wanted,
        splitting=_word("splitting", said.splitting, Splitting, troubles) or Splitting.ALLOWED,
        substitution=_word("substitution", said.substitution, Substitution, troubles) or Substitution.NEVER,
        flags=tuple(plain(flag)[:40].lower() for flag in said.flags), note=plain(said.note), carrier=plain(said.carrier),
        service=plain(said.service), priority=said.priority, placed_at=_aware(said.placed_at), troubles=tuple(troubles),
    )  # fmt: skip


def address_of(said: AddressIn) -> Address:
    """As it was written."""
    return Address(said.name, said.street, said.postcode, said.city, said.region, said.country)


def _line(said: OrderLineIn) -> SaleDraftLine:
    return SaleDraftLine(
        sku=plain(said.sku)[:_MAX_KEY], foreign_sku=plain(said.foreign_sku)[:_MAX_KEY], qty=said.qty, name=plain(said.name),
        price=said.price, discount=said.discount, tax=said.tax, tax_rate=said.tax_rate,
        flags=tuple(plain(flag)[:40].lower() for flag in said.flags),
    )  # fmt: skip


def _word(name: str, said: str, words: type[W], troubles: list[Trouble]) -> W | None:
    if not said:
        return None
    try:
        return words(said.lower())
    except ValueError:
        troubles.append(Trouble(HoldCode.BAD_VALUE, None, {"column": name, "value": plain(said)[:60]}))
        return None


def _aware(said: datetime | None) -> datetime | None:
    return said.replace(tzinfo=UTC) if said is not None and said.tzinfo is None else said


def plain(text: str) -> str:
    """What a database keeps."""
    return text.replace("\0", "").encode(errors="replace").decode().strip()


def told(captured: Captured, reference: str | None) -> CapturedOrder:
    """What became of one order, as it travels."""
    return CapturedOrder(
        number=captured.number,
        reference=reference or "",
        result=captured.result,
        holds=[HoldWord(code=str(one.code), line=one.line, params=one.params) for one in captured.holds],
    )
