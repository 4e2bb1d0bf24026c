"""What people and programs are told of forecasts, and what they say: terms of ordering and promotions."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import numpy as np
from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.catalog.models import Item
from oms.forecast.accuracy import Accuracy, accuracy
from oms.forecast.models import ForecastCheck, ForecastRun, ItemForecast, Promotion, StockTerms

if TYPE_CHECKING:
    from oms.db.work import Work

#: Checks that a report on accuracy looks at, the latest first.
_MOST_CHECKS: Final = 200_000


class BadTerms(Exception):
    """What was said cannot be; `code` is a message code with `words`."""

    def __init__(self, code: str, **words: str | int) -> None:
        super().__init__(code)
        self.code, self.words = code, words


class ItemRow(Struct, frozen=True, kw_only=True):
    """An item's last forecast. `weeks` are means of the weeks from `day` on; `quantiles` are units that are enough over `cover_days`, by
    share of times; `money` is null where nobody said what a unit costs."""

    sku: str
    day: date
    shape: str
    method: str
    known_weeks: int
    weeks: list[float]
    cover_days: float
    cover_mean: float
    cover_sd: float
    quantiles: dict[str, int]
    service: float
    reorder_point: int
    safety: int
    order_qty: int
    upto: int
    money: str | None


class AccuracyRow(Struct, frozen=True, kw_only=True):
    """Of what was said of four weeks and is over by now; `shape` '' is all items. `bias` above 0: too much was said. `service` is the share
    of times for which the level was enough, `target` the share it was meant for."""

    shape: str
    checks: int
    mase: float
    rmse: float
    bias: float
    pinball: float
    service: float
    target: float


class RunRow(Struct, frozen=True, kw_only=True):
    """The last run, and what it learned: the method of each class, with each candidate's error in the past as a share of the historic
    mean's. `season`: whether one made past forecasts better. `weekdays`: Monday to Sunday, 1 in the mean."""

    run: str
    day: date
    state: str
    items: int
    started_at: str
    finished_at: str
    methods: dict[str, str]
    errors: dict[str, dict[str, float]]
    season: bool
    promotion: float
    weekdays: list[float]


class TermsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ordering an item is like; without `sku` of all items of the site that say nothing themselves. What is null is not said, and was
    said before is forgotten."""

    sku: str = ""
    lead_days: float | None = None
    lead_sd_days: float | None = None
    review_days: int | None = None
    service: float | None = None
    unit_cost: Decimal | None = None
    order_cost: Decimal | None = None
    holding_rate: float | None = None
    moq: int | None = None
    pack: int | None = None
    like_sku: str | None = None


class PromotionRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days, both included; without `sku` of all items. With an `id` that there is, that one is changed, or with `gone` forgotten."""

    first: date
    last: date
    sku: str = ""
    id: str = ""
    gone: bool = False


#: The least and the most that terms may be.
_LIMITS: Final = {
    "lead_days": (0, 730), "lead_sd_days": (0, 365), "review_days": (1, 365), "service": (0.5, 0.995), "unit_cost": (0, 10**8),
    "order_cost": (0, 10**8), "holding_rate": (0, 10), "moq": (1, 10**8), "pack": (1, 10**8),
}  # fmt: skip


def items(db: Session, site: str, skus: Sequence[str], after: str, limit: int) -> list[ItemRow]:
    """Forecasts of these items, or of all after `after`, in order of SKU; items without one are absent."""
    rows = select(ItemForecast).where(ItemForecast.site_id == site).order_by(ItemForecast.sku)
    rows = rows.where(ItemForecast.sku.in_(skus)) if skus else rows.where(ItemForecast.sku > after).limit(limit)
    return [_item(row) for row in db.scalars(rows)]


def _item(row: ItemForecast) -> ItemRow:
    return ItemRow(
        sku=row.sku, day=row.day, shape=row.shape, method=row.method, known_weeks=row.known_weeks, weeks=row.weeks,
        cover_days=float(row.cover_days), cover_mean=float(row.cover_mean), cover_sd=float(row.cover_sd), quantiles=row.quantiles,
        service=float(row.service), reorder_point=row.reorder_point, safety=row.safety, order_qty=row.order_qty, upto=row.upto,
        money=None if row.money is None else str(row.money),
    )  # fmt: skip


def last_run(db: Session, site: str) -> RunRow | None:
    """None: there was none yet."""
    row = db.scalar(
        select(ForecastRun).where(ForecastRun.site_id == site).order_by(ForecastRun.started_at.desc()).limit(1)
    )
    if row is None:
        return None
    choices: dict[str, tuple[str, dict[str, float], dict[str, float]]] = row.learned["choices"]
    return RunRow(
        run=row.id, day=row.day, state=row.state, items=row.items, started_at=row.started_at.isoformat(),
        finished_at=row.finished_at.isoformat() if row.finished_at else "",
        methods={kind: one[0] for kind, one in choices.items()}, errors={kind: one[2] for kind, one in choices.items()},
        season=row.learned["season"], promotion=row.learned["promotion"], weekdays=row.learned["weekdays"],
    )  # fmt: skip


def accuracies(db: Session, site: str) -> list[AccuracyRow]:
    """All items first, then by class; nothing where no time that something was said of is over."""
    c = ForecastCheck
    asked = select(c.shape, c.said, c.came, c.step, c.upper, c.service).where(c.site_id == site, c.came.is_not(None))
    rows = db.execute(asked.order_by(c.day.desc(), c.sku).limit(_MOST_CHECKS)).all()
    if not rows:
        return []
    kinds = np.array([str(row[0]) for row in rows])
    said, came, step, upper, service = (np.array([row[n] for row in rows], dtype=np.float64) for n in range(1, 6))
    found = []
    for kind in ("", *sorted(set(kinds))):
        mine = kinds == kind if kind else np.ones(len(rows), dtype=bool)
        target = float(service[mine].mean())
        one = accuracy(said[mine], came[mine], step[mine], target, upper[mine])
        found.append(_accuracy(str(kind), one, target))
    return found


def _accuracy(kind: str, one: Accuracy, target: float) -> AccuracyRow:
    return AccuracyRow(
        shape=kind, checks=one.items, mase=round(one.mase, 4), rmse=round(one.rmse, 4), bias=round(one.bias, 4),
        pinball=round(one.pinball, 4), service=round(one.service, 4), target=round(target, 4),
    )  # fmt: skip


def keep_terms(w: "Work", rows: Sequence[TermsRow]) -> None:
    """All of them or, with `BadTerms`, none. They count from the next run on."""
    for row in rows:
        for name, (least, most) in _LIMITS.items():
            value = getattr(row, name)
            if value is not None and not least <= value <= most:
                raise BadTerms("terms_out_of_range", sku=row.sku, field=name, least=str(least), most=str(most))
        _known(w, [one for one in (row.sku, row.like_sku) if one])
        values = {name: getattr(row, name) or None if name == "like_sku" else getattr(row, name) for name in _TERMS}
        w.db.execute(
            insert(StockTerms)
            .values(site_id=w.site, sku=row.sku, **values)
            .on_conflict_do_update(index_elements=["site_id", "sku"], set_=values)
        )
        w.audit("forecast.terms_kept", sku=row.sku)


_TERMS: Final = tuple(name for name in TermsRow.__struct_fields__ if name != "sku")


def keep_promotions(w: "Work", rows: Sequence[PromotionRow]) -> list[str]:
    """The ids, in the order said."""
    ids = []
    for row in rows:
        if row.last < row.first or (row.last - row.first).days > 366:
            raise BadTerms("promotion_days", first=row.first.isoformat(), last=row.last.isoformat())
        _known(w, [row.sku] if row.sku else [])
        mine = Promotion.site_id == w.site, Promotion.id == row.id
        if row.id:
            w.db.execute(delete(Promotion).where(*mine))
        id = row.id or uuid4().hex
        if not row.gone:
            values = {"id": id, "site_id": w.site, "sku": row.sku, "first": row.first, "last": row.last}
            if w.db.scalar(insert(Promotion).values(values).on_conflict_do_nothing().returning(Promotion.id)) is None:
                raise BadTerms("promotion_taken", id=id)
        w.audit("forecast.promotions_kept", promotion=id, sku=row.sku, gone=row.gone)
        ids.append(id)
    return ids


def _known(w: "Work", skus: Sequence[str]) -> None:
    there = set(w.db.scalars(select(Item.sku).where(Item.site_id == w.site, Item.sku.in_(skus))))
    for sku in skus:
        if sku not in there:
            raise BadTerms("unknown_item", sku=sku)
