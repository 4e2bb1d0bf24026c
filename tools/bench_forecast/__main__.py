"""`make bench-forecast`: demand of 2,674 car parts (`forecast-carparts`), the last year kept aside.

Two questions: how wrong was the year's total, beside what simple methods say; and what would the shelves have done month by month with
levels for 95 % of times. Nothing of the year kept aside is looked at before it is over.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.bench_forecast import _parts
from tools.bench_forecast._run import measure

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "third-party"
AIM_RMSE, AIM_SERVICE = 0.78, 0.02


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. 0 also where the data are not there: that is said, and nothing is printed as if it were a result; 1 when an aim is
    missed."""
    parser = argparse.ArgumentParser("bench-forecast", description="Forecasts beside simple methods.")
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with forecast-carparts")
    parser.add_argument("--json", action="store_true", help="the figures as JSON lines")
    parser.add_argument("--run", type=int, default=0, metavar="N", help="also a run over N items with 50 orders each")
    options = parser.parse_args(arguments)
    path = options.data / "forecast-carparts" / "carparts.csv"
    if not path.exists():
        print(f"skipped: no forecast-carparts in {options.data}", file=sys.stderr)
        return 0
    lines, good = figures(path)
    if options.run:
        lines.append(measure(options.run, 50 * options.run))
    for line in lines:
        print(json.dumps(line) if options.json else _told(line))
    return 0 if good else 1


def figures(path: Path) -> tuple[list[dict[str, object]], bool]:
    """The lines of the table, and whether the aims were met."""
    demand, bins = _parts.read(path)
    begun = time.thread_time()
    said, learned = _parts.year_totals(demand, bins)
    spent = time.thread_time() - begun
    found = _parts.errors(demand, said)
    base = found["mean"].rmse
    lines: list[dict[str, object]] = [
        {
            "what": "year total", "method": name, "items": one.items, "rmse": round(one.rmse, 3),
            "to_mean": round(one.rmse / base, 4), "bias": round(one.bias, 3), "mase": round(one.mase, 4),
        }
        for name, one in sorted(found.items(), key=lambda pair: pair[1].rmse)
    ]  # fmt: skip
    earlier = _parts.year_earlier(demand, bins)
    before = _parts.errors(earlier[0], _parts.year_totals(*earlier)[0])
    lines += [
        {
            "what": "year earlier", "method": name, "items": one.items, "rmse": round(one.rmse, 3),
            "to_mean": round(one.rmse / before["mean"].rmse, 4), "bias": round(one.bias, 3), "mase": round(one.mase, 4),
        }
        for name, one in sorted(before.items(), key=lambda pair: pair[1].rmse)
        if name in ("floorhand", "ses", "imapa", "mean", "croston", "naive")
    ]  # fmt: skip
    shelves = _parts.stocks(demand, bins)
    lines += [
        {
            "what": "shelves at 95 %", "method": name, "service": round(outcome.cycle, 4), "enough": round(enough, 4),
            "fill": round(outcome.fill, 4), "held": round(outcome.held), "orders": outcome.orders, "pinball": round(lost, 4),
        }
        for name, (outcome, enough, lost) in shelves.items()
    ]  # fmt: skip
    lines.append(
        {"what": "learning", "seconds": round(spent, 2), "season": learned.season, "season_error": learned.season_error}
    )
    ours = shelves["floorhand"][0].cycle
    good = found["floorhand"].rmse <= AIM_RMSE * base and abs(ours - _parts.TARGET) <= AIM_SERVICE
    return lines, good


def _told(line: dict[str, object]) -> str:
    words = [f"{name} {value}" for name, value in line.items() if name not in ("what", "method")]
    return f"{line['what']:16} {line.get('method', ''):16} " + "  ".join(words)


if __name__ == "__main__":
    sys.exit(main())
