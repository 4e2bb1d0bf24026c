"""Every figure against the same reckoned over again in plain Python from a made-up past; a definition that is changed is noticed."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from oms.reports import floor, orders
from oms.reports.asking import asked
from oms.reports.report import make, reading
from sync.contract.reports import Every
from tests.oms.reports.plainly import Plain

pytestmark = pytest.mark.postgres

CASES = {
    "days of all sites": (13, 1, "day", {}),
    "up to this moment": (2, 0, "day", {}),
    "weeks of a site": (30, 2, "week", {"site": "S"}),
    "months of a channel": (39, 5, "month", {"channel": "shop"}),
    "a channel at a site": (20, 3, "week", {"channel": "market", "site": "W"}),
    "one person": (25, 0, "day", {"worker": "ann"}),
}


def both(past, ago_first, ago_last, every, words):
    """The report as told, and as reckoned plainly."""
    oms, history = past
    zone = {"S": "America/New_York"}.get(words.get("site"), "Europe/Amsterdam")
    today = history.now.astimezone(ZoneInfo(zone)).date()
    first, last = today - timedelta(days=ago_first), today - timedelta(days=ago_last)
    with reading(oms.sessions) as db:
        told = make(db, asked(db, "W", first, last, Every(every), **words))
        now = db.scalar(text("SELECT now()"))
    return told, Plain(history, first, last, every, zone, now, **words)


def differing(told, plain):
    """Names of what is not the same; empty when all is."""
    rows = {row.figure.value: row for row in told.figures}
    wrong = sorted(set(rows) ^ set(plain.told))
    for name in set(rows) & set(plain.told):
        row = rows[name]
        if [row.value, row.part, row.whole] != pytest.approx(list(plain.told[name])):
            wrong.append(name)
        if [point.day for point in row.points] != [part.isoformat() for part in plain.parts if name in plain.points]:
            wrong.append(f"{name} days")
        said = [[one.value, one.part, one.whole] for one in row.points]
        if len(said) != len(plain.points.get(name, [])) or any(
            one != pytest.approx(list(other), nan_ok=True)
            for one, other in zip(said, plain.points.get(name, []), strict=True)
        ):
            wrong.append(f"{name} points")
    if not plain.worker:
        wrong += [] if {(one.channel, one.state): one.orders for one in told.states} == plain.states else ["states"]
        wrong += [] if [one.orders for one in told.ages] == plain.ages else ["ages"]
    return wrong


@pytest.mark.parametrize("case", CASES)
def test_every_figure_is_what_plain_reckoning_says(past, case):
    told, plain = both(past, *CASES[case])
    assert differing(told, plain) == []
    # There was something to reckon.
    assert all(row.value for row in told.figures)
    assert len({name for name in plain.told if plain.told[name][1]}) == len(plain.told)


#: What somebody might make of a definition: module, statement, words in it, other words, and the figure that must notice.
OTHERWISE = [
    (orders, "_PLACED", "c.placed_at >= :since", "c.placed_at > :since", "orders"),
    (orders, "_PLACED", "c.placed_at < :until", "c.placed_at <= :until", "orders"),
    (orders, "_PLACED", "WHEN 'open' THEN 'sourced'", "WHEN 'open' THEN 'accepted'", "states"),
    (orders, "_PLACED", "o.transfer_to IS NULL AND", "", "orders"),
    (orders, "_OPEN", "o.transfer_to IS NULL AND", "", "ageing"),
    (orders, "_LEFT", "o.transfer_to IS NULL AND", "", "fill_rate"),
    (orders, "_OPEN", "'returned', 'cancelled'", "'cancelled'", "ageing"),
    (orders, "_LEFT", "sum(l.packed)", "sum(l.qty - l.short + l.picked - l.packed)", None),
    (orders, "_LEFT", "sum(l.packed)", "sum(l.qty)", "fill_rate"),
    (orders, "_LEFT", "done.at <= o.cut_off", "done.at < o.cut_off", "on_time"),
    (orders, "_LEFT", "AS date) <= o.promised", "AS date) < o.promised", "on_time"),
    (orders, "_LEFT", "coalesce(o.ready_at, o.shipped_at)", "o.shipped_at", "cycle_time"),
    (orders, "_LEFT", "coalesce(c.placed_at, o.placed_at)", "o.placed_at", "cycle_time"),
    (orders, "_LEFT", "o.state = 'shipped'", "o.shipped_at IS NOT NULL", "cycle_time"),
    (orders, "_LEFT", "AT TIME ZONE :zone", "AT TIME ZONE 'UTC'", "fill_rate points"),
    (orders, "_BACK", "r.undone_at IS NULL AND", "", "returns"),
    (orders, "_STOCK", "'bin:%'", "'%'", "stock_turns"),
    (orders, "_MOVED", "at >= :since", "at > :since", "stock_turns"),
    (floor, "_PICKED", "<= :break_ms", "< :break_ms", "picks_per_hour"),
    (floor, "_PICKED", "WHEN kind IN ('pick.undo', 'substitute.undo') THEN -qty", "", "picks_per_hour"),
    (floor, "_PICKED", "o.first_device, o.boot", "o.first_device", "picks_per_hour"),
    (floor, "_PICKED", "o.outcome <> 'parked' AND", "", "picks_per_hour"),
    (floor, "_WRONG", "AND j.kind = 'pick'", "", "accuracy"),
    (floor, "_WRONG", "= ANY(:codes)", "<> ''", "accuracy"),
    (floor, "_SHORT", "WHEN 'pick.unshort' THEN -", "WHEN 'pick.unshort' THEN ", "shorts"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "said", "instead", "notices"), OTHERWISE)
def test_a_definition_that_is_changed_is_noticed(past, monkeypatch, module, name, said, instead, notices):
    statement = getattr(module, name)
    changed = statement.text.replace(said, instead)
    assert changed != statement.text
    binds = [one for one in (floor._SITES, floor._KINDS, floor._CODES) if f":{one.key}" in changed]
    if name == "_STOCK":
        binds = []
    monkeypatch.setattr(module, name, text(changed).bindparams(*binds))
    seen = differing(*both(past, *CASES["days of all sites"]))
    assert (notices in seen) if notices else seen == []
