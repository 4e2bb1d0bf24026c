"""Learning: what is chosen where the truth is known, that the future is not looked at, new items, JSON and back, and the bench's aims."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from oms.forecast import foreseeing, mixing
from oms.forecast.codes import Method, Shape
from oms.forecast.foreseeing import Panel, foresee, learn
from oms.forecast.learned import kept, unkept
from tools.bench_forecast import _parts
from tools.bench_forecast.__main__ import SHARED, main

NAN = np.nan


def steady(items=120, periods=60, seed=1):
    """Items with levels of their own that do not change."""
    dice = np.random.default_rng(seed)
    level = dice.gamma(1.0, 4.0, items)
    return level, dice.poisson(level[:, None], (items, periods)).astype(float)


def rmse(said, came):
    return float(np.sqrt(((said - came) ** 2).mean()))


def test_steady_items_are_drawn_neither_up_nor_down_and_beat_naive():
    level, x = steady()
    found = foresee(learn(Panel(x), 4), Panel(x))
    assert found.level.sum() == pytest.approx(level.sum(), rel=0.05)
    assert rmse(found.level, level) < 0.25 * rmse(x[:, -1], level)
    assert rmse(found.level, level) < rmse(mixing.levels(x)[Method.SES], level)


def test_an_assortment_that_fades_is_said_to_fade():
    dice = np.random.default_rng(2)
    level = dice.gamma(2.0, 4.0, 200)[:, None] * 0.97 ** np.arange(72)
    x = dice.poisson(level).astype(float)
    past, ahead = x[:, :60], level[:, 60:].mean(axis=1)
    found = foresee(learn(Panel(past), 12), Panel(past))
    assert found.level.sum() == pytest.approx(ahead.sum(), rel=0.08)
    assert mixing.levels(past)[Method.SES].sum() > 1.25 * ahead.sum()


def test_what_comes_later_changes_nothing():
    """The same history with another future is learned and foreseen the same; classes at an origin are those of then."""
    _, x = steady()
    other = x.copy()
    other[:, 40:] = 1000
    first, second = (mixing.past(one, 36, 4) for one in (x, other))
    assert first.shapes == second.shapes
    assert all((first.said[name] == second.said[name]).all() for name in first.said)
    bins = np.arange(60) % 12
    one, two = (
        foresee(learn(Panel(some[:, :40], bins[:40]), 4), Panel(some[:, :40], bins[:40])) for some in (x, other)
    )
    assert (one.mean == two.mean).all()


def test_origins_leave_the_horizon_and_enough_before():
    assert mixing.origins(39, 12) == [27, 25, 23, 21, 19]
    assert mixing.origins(10, 12) == []
    assert all(8 <= one <= 20 - 4 for one in mixing.origins(20, 4))


def test_a_season_is_used_where_it_helps_and_not_where_there_is_none():
    dice = np.random.default_rng(4)
    bins = np.arange(84) % 12
    year = 1 + 0.7 * np.sin(2 * np.pi * np.arange(12) / 12)
    level = dice.gamma(2.0, 6.0, 150)
    x = dice.poisson(level[:, None] * year[bins]).astype(float)
    past = Panel(x[:, :72], bins[:72], bins[72:78])
    learned = learn(past, 6)
    assert learned.season
    assert learned.season_error < 0.8
    said = foresee(learned, past).mean.sum(axis=0)
    assert said == pytest.approx((level.sum() * year)[:6], rel=0.12)
    flat = dice.poisson(np.repeat(level[:, None], 72, axis=1)).astype(float)
    assert not learn(Panel(flat, bins[:72], bins[72:78]), 6).season


def test_a_season_that_is_over_is_not_forgotten():
    """Three years of weeks that end in June: of the weeks just gone none tells of December."""
    dice = np.random.default_rng(8)
    month = ((np.arange(156 + 30) * 7 + 160) // 30.4375).astype(np.int64) % 12
    year = np.where(np.arange(12) == 11, 4.0, 1.0)
    year /= year.mean()
    level = dice.gamma(2.0, 6.0, 100)
    x = dice.poisson(level[:, None] * year[month[:156]]).astype(float)
    december = int(np.flatnonzero(month[156:] == 11)[0])
    past = Panel(x, month[:156], month[156 : 156 + 4])
    learned = learn(past, 4)
    assert learned.season
    # At the end of November: what is foreseen of the first weeks of December.
    more = dice.poisson(level[:, None] * year[month[156 : 156 + december]]).astype(float)
    grown = np.concatenate([x, more], axis=1)[:, december:]
    bins = month[december : 156 + december]
    ahead = month[156 + december : 160 + december]
    said = foresee(learned, Panel(grown, bins, ahead)).mean.sum()
    assert said == pytest.approx(float((level[:, None] * year[ahead]).sum()), rel=0.15)


def test_a_promotion_behind_is_taken_out_and_one_ahead_is_put_in():
    dice = np.random.default_rng(6)
    level = dice.gamma(2.0, 6.0, 100)
    promoted = np.zeros((100, 50), dtype=bool)
    promoted[:50, 44:] = True
    x = dice.poisson(level[:, None] * np.where(promoted, 3, 1)).astype(float)
    ahead = np.zeros((100, 4), dtype=bool)
    ahead[0, 1] = True
    panel = Panel(x, promoted=promoted, ahead_promoted=ahead)
    found = foresee(learn(panel, 4), panel)
    assert found.level[:50].sum() == pytest.approx(level[:50].sum(), rel=0.1)
    assert found.mean[0, 1] == pytest.approx(3 * found.mean[0, 0], rel=0.15)


def test_a_new_item_sells_as_its_like_until_it_speaks_for_itself():
    _, x = steady()
    x[0, :], x[1, :], x[2, :], x[3, :] = 50.0, NAN, NAN, NAN
    x[2, -3:] = [4, 5, 6]
    learned = learn(Panel(x), 4)
    like = np.full(len(x), -1)
    like[1] = like[2] = 0
    found = foresee(learned, Panel(x), like)
    assert [found.shapes[n] for n in (1, 2, 3)] == [Shape.NEW] * 3
    assert found.methods[1] is Method.LIKE
    assert found.level[1] == pytest.approx(found.level[0])
    assert 5 < found.level[2] < found.level[0]
    # Of what was never there, and is like nothing, nobody knows that it is wanted.
    assert found.level[3] == 0


def test_nothing_and_next_to_nothing_are_foreseen_too():
    for x in (np.zeros((0, 5)), np.full((2, 5), NAN), np.zeros((3, 60)), np.array([[1.0]])):
        panel = Panel(x)
        found = foresee(learn(panel, 4), panel)
        assert found.mean.shape == (len(x), 4)
        assert np.isfinite(found.mean).all()
        assert (found.quantile(0.95, np.full(len(x), 2.0), np.zeros(len(x))) >= 0).all()


def test_quantiles_over_an_uncertain_time_grow_with_both():
    _, x = steady()
    panel = Panel(x)
    found = foresee(learn(panel, 4), panel)
    weeks, sure = np.full(len(x), 2.5), np.zeros(len(x))
    here = found.quantile(0.95, weeks, sure)
    assert (found.quantile(0.99, weeks, sure) >= here).all()
    assert (found.quantile(0.95, weeks, sure + 1) >= here).all()
    assert found.quantile(0.95, weeks, sure + 1).sum() > here.sum()
    mean, _ = found.over(np.full(len(x), 6.0), sure)
    assert mean == pytest.approx(6 * found.level)


def test_items_are_foreseen_the_same_page_by_page_as_all_at_once():
    dice = np.random.default_rng(9)
    bins = np.arange(72) % 12
    year = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)
    # In the order of their demand, as SKUs of a family stand together.
    level = np.sort(dice.gamma(1.0, 6.0, 90))
    x = dice.poisson(level[:, None] * year[bins]).astype(float)
    learned = learn(Panel(x, bins, np.arange(4)), 4)
    assert learned.season
    whole = foresee(learned, Panel(x, bins, np.arange(4)))
    pages = [foresee(learned, Panel(x[n : n + 7], bins, np.arange(4)), part=True) for n in range(0, 90, 7)]
    assert np.concatenate([one.mean for one in pages]) == pytest.approx(whole.mean)
    assert np.concatenate([one.sizes for one in pages]) == pytest.approx(whole.sizes)
    assert [kind for one in pages for kind in one.shapes] == list(whole.shapes)


def test_what_was_learned_is_the_same_after_json():
    _, x = steady()
    learned = learn(Panel(x), 4)
    again = unkept(json.loads(msgspec.json.encode(kept(learned, [1.0] * 7))))
    assert (foresee(again, Panel(x)).mean == foresee(learned, Panel(x)).mean).all()
    assert again == learned


def test_the_aims_on_the_car_parts(capsys):
    if not (SHARED / "forecast-carparts").exists():
        pytest.skip(f"no forecast-carparts in {SHARED}")
    assert main(["--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    totals = {line["method"]: line for line in lines if line["what"] == "year total"}
    # Known from elsewhere: what naive, the mean, Croston and smoothing come to on these series.
    assert {name: round(totals[name]["rmse"], 2) for name in ("mean", "ses", "croston", "sba", "naive", "zero")} == {
        "mean": 7.35, "ses": 5.74, "croston": 8.60, "sba": 8.35, "naive": 17.01, "zero": 8.07,
    }  # fmt: skip
    assert totals["floorhand"]["items"] == 2493
    assert totals["floorhand"]["to_mean"] <= 0.78
    shelves = {line["method"]: line for line in lines if line["what"] == "shelves at 95 %"}
    assert abs(shelves["floorhand"]["service"] - 0.95) <= 0.02
    assert abs(shelves["floorhand"]["enough"] - 0.95) <= 0.02
    assert min(shelves, key=lambda name: shelves[name]["pinball"]) == "floorhand"


def test_the_bench_says_when_there_is_nothing_to_measure(tmp_path, capsys):
    assert main(["--data", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "skipped" in said.err


def test_series_of_the_bench_are_those_with_a_known_year(tmp_path):
    file = Path(tmp_path) / "parts.csv"
    months = [f"{2000 + n // 12}-{n % 12 + 1:02}" for n in range(14)]
    file.write_text(
        ",a,b,c\n" + "".join(f"{month},1,{'' if n == 13 else 2},{int(n > 2)}\n" for n, month in enumerate(months))
    )
    demand, bins = _parts.read(file)
    assert demand.tolist() == [[1.0] * 14]
    assert bins[:13].tolist() == [*range(12), 0]
    assert foreseeing.learn(Panel(demand[:, :2]), 12).choice(Shape.NEW).method is Method.SES
