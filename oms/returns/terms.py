"""What is taken back where: rules are kept here, and read for a channel and a site. Asking, settling and the routes call it."""

from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.channels.models import Channel
from oms.money.currencies import ZERO
from oms.returns.codes import ReturnRefusal
from oms.returns.models import ReturnRule
from oms.returns.refused import Refused
from oms.returns.rules import Terms
from sync.contract.returns import Grade, ReturnReason

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST_DAYS: Final = 3650
_MOST_SKUS: Final = 2000
_MOST_CODE: Final = 64
_MOST_MONEY: Final = Decimal(10) ** 9
_NAMES: Final = tuple(one.name for one in fields(Terms))


class ReturnRuleRow(Struct, frozen=True, kw_only=True):
    """A rule on the wire, for a `channel` and a `site` ('' any). Amounts are decimal texts; `approve_up_to` and `refund_up_to` null: a
    person decides. `percent` is what is paid back by grade (a, b, c, damaged, wrong_item). `label_carrier` makes labels for
    what comes back, under `label_service`; both '': nobody does."""

    channel: str = ""
    site: str = ""
    window_days: int = 30
    reasons: list[ReturnReason] = []
    photo_reasons: list[ReturnReason] = []
    customer_pays: list[ReturnReason] = []
    fee: str = "0"
    kept_skus: list[str] = []
    approve_up_to: str | None = None
    refund_up_to: str | None = None
    percent: dict[Grade, int] = {}
    sending_back: bool = True
    rate_sign: int = 50
    label_carrier: str = ""
    label_service: str = ""


def terms_for(db: Session, channel: str, site: str) -> Terms:
    """What counts for orders of a channel that come back to a site."""
    mine = select(ReturnRule).where(ReturnRule.channel.in_({"", channel}), ReturnRule.site_id.in_({"", site}))
    rows = sorted(db.scalars(mine), key=lambda one: (one.channel == channel, one.site_id == site))
    return Terms(**{name: getattr(rows[-1], name) for name in _NAMES}) if rows else Terms()


def keep_rule(w: "Work", row: ReturnRuleRow) -> None:
    """Keeps a rule in place of the one there was. Raises `Refused`."""
    if row.channel and w.db.get(Channel, row.channel) is None:
        raise Refused(ReturnRefusal.BAD_RULE, field="channel")
    if row.site and w.db.get(Site, row.site) is None:
        raise Refused(ReturnRefusal.UNKNOWN_SITE, site=row.site)
    sound = 0 <= row.window_days <= _MOST_DAYS and 0 <= row.rate_sign <= 101 and len(row.kept_skus) <= _MOST_SKUS
    if not sound or not all(0 <= one <= 100 for one in row.percent.values()):
        raise Refused(ReturnRefusal.BAD_RULE, field="window_days, rate_sign, kept_skus, percent")
    if bool(row.label_carrier) != bool(row.label_service) or not all(
        map(_code, (row.label_carrier, row.label_service))
    ):
        raise Refused(ReturnRefusal.BAD_RULE, field="label_carrier, label_service")
    w.db.merge(
        ReturnRule(
            channel=row.channel, site_id=row.site, window_days=row.window_days, reasons=_words(row.reasons),
            photo_reasons=_words(row.photo_reasons), customer_pays=_words(row.customer_pays),
            fee=amount_of(row.fee, "fee") or ZERO, kept_skus=sorted(set(row.kept_skus)),
            approve_up_to=amount_of(row.approve_up_to, "approve_up_to"),
            refund_up_to=amount_of(row.refund_up_to, "refund_up_to"),
            percent={grade.value: share for grade, share in row.percent.items()}, sending_back=row.sending_back,
            rate_sign=row.rate_sign, label_carrier=row.label_carrier, label_service=row.label_service,
        )
    )  # fmt: skip
    w.audit("return.rule_kept", channel=row.channel, at=row.site, days=row.window_days)


def rules_of(db: Session) -> list[ReturnRuleRow]:
    """All rules, the widest first."""
    rows = db.scalars(select(ReturnRule).order_by(ReturnRule.channel, ReturnRule.site_id))
    return [_row(one) for one in rows]


def _row(one: ReturnRule) -> ReturnRuleRow:
    def money(amount: Decimal | None) -> str | None:
        return None if amount is None else str(amount)

    def reasons(words: list[str]) -> list[ReturnReason]:
        return [ReturnReason(word) for word in words]

    return ReturnRuleRow(
        channel=one.channel, site=one.site_id, window_days=one.window_days, reasons=reasons(one.reasons),
        photo_reasons=reasons(one.photo_reasons), customer_pays=reasons(one.customer_pays), fee=str(one.fee),
        kept_skus=list(one.kept_skus), approve_up_to=money(one.approve_up_to), refund_up_to=money(one.refund_up_to),
        percent={Grade(name): int(share) for name, share in one.percent.items()}, sending_back=one.sending_back,
        rate_sign=one.rate_sign, label_carrier=one.label_carrier, label_service=one.label_service,
    )  # fmt: skip


def amount_of(text: str | None, field: str) -> Decimal | None:
    """A decimal text as an amount; raises `Refused` for what is none, is below 0, or is not worth writing."""
    if text is None:
        return None
    try:
        amount = Decimal(text[:40])
    except ArithmeticError:
        raise Refused(ReturnRefusal.BAD_VALUE, field=field) from None
    if not amount.is_finite() or not 0 <= amount < _MOST_MONEY or amount != round(amount, 4):
        raise Refused(ReturnRefusal.BAD_VALUE, field=field)
    return amount


def _code(text: str) -> bool:
    """Whether a carrier or a service may be called so; also nothing."""
    return len(text) <= _MOST_CODE and text.isprintable() and text == text.strip()


def _words(reasons: list[ReturnReason]) -> list[Any]:
    return sorted({reason.value for reason in reasons})
