"""A run over all items of a site: demand by day is brought up to date, what can be learned is learned once, then page by page items are
foreseen, each page in a commit of its own. Broken off, by whatever, it goes on after the last page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import monotonic
from typing import Any, Final
from uuid import uuid4

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from oms.catalog.models import Item
from oms.db.bulk import insert_rows
from oms.db.work import Actor, Work, Works
from oms.forecast import accuracy, foreseeing, history
from oms.forecast.codes import RunState
from oms.forecast.foreseeing import Foreseen
from oms.forecast.history import Weeks
from oms.forecast.known import Floats, Ints, count
from oms.forecast.learned import kept, unkept
from oms.forecast.models import ForecastCheck, ForecastRun, ItemForecast, StockTerms
from oms.forecast.suggesting import Terms, suggest

#: Weeks foreseen, items of a page, and items that are learned from (drawn by their SKUs' hashes, the same ones each time).
HORIZON: Final = 4
PAGE: Final = 500
SAMPLE: Final = 2000
SHARES: Final = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99)

#: What came of what was said, for all items whose time is over.
_CAME: Final = text("""
    UPDATE forecast_check AS said SET came = coalesce((
        SELECT sum(d.ordered) FROM demand_day d
        WHERE d.site_id = said.site_id AND d.sku = said.sku AND d.day >= said.day AND d.day < said.until
    ), 0)
    WHERE said.site_id = :site AND said.came IS NULL AND said.until <= :today
""")
_FORGET: Final = text("DELETE FROM forecast_check WHERE site_id = :site AND day < CAST(:today AS date) - 730")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is."""

    run: str
    state: RunState
    items: int
    cursor: str


def run(works: Works, site: str, actor: Actor, seconds: float = 3600.0, page: int = PAGE) -> Progress:
    """Begins a run of the site, or goes on with one that was broken off; until it is done or time is up.
    Several at once share its pages."""
    until = monotonic() + seconds
    found = works.run(site, actor, begin)
    while found.state is RunState.RUNNING:
        found = works.run(site, actor, lambda w, id=found.run: step(w, id, page))  # type: ignore[misc]
        if monotonic() >= until:
            break
    return found


def begin(w: Work) -> Progress:
    """The run that goes on at this site, or a new one with what was learned for it."""
    # Two that begin at once: the second one goes on with the first one's run.
    w.db.execute(text("SELECT pg_advisory_xact_lock(hashtext('forecast'), hashtext(:site))"), {"site": w.site})
    going = w.db.scalar(select(ForecastRun).where(ForecastRun.site_id == w.site, ForecastRun.state == RunState.RUNNING))
    if going is not None:
        return _progress(going)
    day = history.refresh(w.db, w.site)
    w.db.execute(_CAME, {"site": w.site, "today": day})
    w.db.execute(_FORGET, {"site": w.site, "today": day})
    drawn = select(Item.sku).where(Item.site_id == w.site).order_by(func.md5(Item.sku), Item.sku).limit(SAMPLE)
    weeks = history.weeks(w.db, w.site, list(w.db.scalars(drawn)), day, HORIZON)
    learned = kept(foreseeing.learn(weeks.panel, HORIZON), history.weekdays(w.db, w.site, day))
    made = ForecastRun(
        id=uuid4().hex, site_id=w.site, day=day, started_at=w.now, learned=learned, source=w.actor.source
    )
    w.db.add(made)
    w.db.flush()
    w.audit("forecast.begun", run=made.id)
    return _progress(made)


def step(w: Work, id: str, page: int = PAGE) -> Progress:
    """The next page of a run; after the last one the run is done, and forecasts of items that are gone are too."""
    going = w.db.scalars(select(ForecastRun).where(ForecastRun.id == id).with_for_update()).one()
    if going.state is not RunState.RUNNING:
        return _progress(going)
    next_ = select(Item.sku).where(Item.site_id == w.site, Item.sku > going.cursor).order_by(Item.sku).limit(page)
    skus = list(w.db.scalars(next_))
    if skus:
        _foresee(w, going, skus)
        going.cursor, going.items = skus[-1], going.items + len(skus)
    if len(skus) < page:
        going.state, going.finished_at = RunState.DONE, w.now
        gone = text("DELETE FROM item_forecast WHERE site_id = :site AND run_id <> :run")
        w.db.execute(gone, {"site": w.site, "run": id})
        w.audit("forecast.done", run=id, items=going.items)
    w.db.flush()
    return _progress(going)


def terms_of(db: Session, site: str, skus: Sequence[str]) -> tuple[dict[str, Terms], dict[str, str]]:
    """Per item what ordering it is like, as far as it, else its site, says; and the likes of items that name one."""
    mine = StockTerms.site_id == site, StockTerms.sku.in_(["", *skus])
    rows = {row.sku: row for row in db.scalars(select(StockTerms).where(*mine))}
    base = _said(Terms(), rows.get(""))
    found = {sku: _said(base, rows.get(sku)) for sku in skus}
    return found, {sku: row.like_sku for sku, row in rows.items() if sku and row.like_sku and row.like_sku != sku}


def _said(base: Terms, row: StockTerms | None) -> Terms:
    if row is None:
        return base
    told: dict[str, Any] = {name: getattr(row, name) for name in Terms.__dataclass_fields__}
    whole = ("review_days", "moq", "pack")
    words: dict[str, Any] = {
        name: value if name in whole else float(value) for name, value in told.items() if value is not None
    }
    return replace(base, **words)


def _foresee(w: Work, going: ForecastRun, skus: list[str]) -> None:
    terms, likes = terms_of(w.db, w.site, skus)
    asked = [*skus, *sorted(set(likes.values()) - set(skus))]
    weeks = history.weeks(w.db, w.site, asked, going.day, HORIZON)
    found = foreseeing.foresee(unkept(going.learned), weeks.panel, _rows_of(likes, asked), part=True)
    weeks_of_cover = np.array([terms[sku].cover_days / 7 if sku in terms else 1.0 for sku in asked])
    spread = np.array([terms[sku].lead_sd_days / 7 if sku in terms else 0.0 for sku in asked])
    targets = np.array([terms[sku].service if sku in terms else 0.5 for sku in asked])
    means, variances = found.over(weeks_of_cover, spread)
    points = found.quantile(targets, weeks_of_cover, spread)
    shares = {str(one): found.quantile(one, weeks_of_cover, spread) for one in SHARES}
    rows = []
    for n, sku in enumerate(skus):
        suggestion = suggest(terms[sku], float(found.mean[n].mean()), float(means[n]), float(points[n]))
        rows.append({
            "site_id": w.site, "sku": sku, "run_id": going.id, "day": going.day, "shape": found.shapes[n], "method": found.methods[n],
            "known_weeks": int(count(weeks.panel.demand[n : n + 1])[0]), "level": _money(found.level[n]),
            "weeks": [_money(one) for one in found.mean[n]], "cover_days": terms[sku].cover_days, "cover_mean": _money(means[n]),
            "cover_sd": _money(np.sqrt(variances[n])), "quantiles": {share: int(of[n]) for share, of in shares.items()},
            "service": terms[sku].service, "reorder_point": suggestion.point, "safety": suggestion.safety,
            "order_qty": suggestion.quantity, "upto": suggestion.upto, "money": suggestion.money,
        })  # fmt: skip
    insert_rows(w.db, ItemForecast, rows, replace=[one for one in rows[0] if one not in ("site_id", "sku")])
    _say(w, going.day, weeks, found, targets, len(skus))


def _say(w: Work, day: date, weeks: Weeks, found: Foreseen, targets: Floats, many: int) -> None:
    """Writes down what is said of the horizon, to be looked at when it is over. Twice on a day the last word counts."""
    horizon = np.full(len(weeks.skus), float(HORIZON))
    upper = found.quantile(targets, horizon, np.zeros(len(horizon)))
    steps = accuracy.steps(weeks.panel.demand) * HORIZON
    rows: list[Mapping[str, Any]] = [
        {
            "site_id": w.site, "sku": weeks.skus[n], "day": day, "until": day + timedelta(days=7 * HORIZON),
            "shape": found.shapes[n], "said": _money(found.mean[n].sum()), "upper": int(upper[n]),
            "service": float(targets[n]), "step": _money(steps[n]), "came": None,
        }
        for n in range(many)
    ]  # fmt: skip
    insert_rows(w.db, ForecastCheck, rows, replace=("until", "shape", "said", "upper", "service", "step"))


def _rows_of(likes: Mapping[str, str], asked: Sequence[str]) -> Ints:
    at = {sku: n for n, sku in enumerate(asked)}
    return np.array([at.get(likes.get(sku, ""), -1) for sku in asked], dtype=np.int64)


def _money(value: float) -> float:
    return round(float(value), 4)


def _progress(run: ForecastRun) -> Progress:
    return Progress(run.id, run.state, run.items, run.cursor)
