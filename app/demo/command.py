"""`floorhand demo`: plays a shift in the demonstration warehouse, by itself or with a visitor's hands, and counts what came of it."""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_DEFAULT_OUT = Path("demo-out")
METHODS = ("single", "cluster", "putwall", "passpick", "zones", "wave")


def parsed(arguments: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser("floorhand demo", description="A whole small warehouse on this machine.")
    parser.add_argument("--headless", action="store_true", help="no display: the shift runs by itself")
    parser.add_argument("--auto", action="store_true", help="with a display: the shift runs by itself in the windows")
    parser.add_argument("--orders", type=int, help="orders to ship (default 6; 20 of a --dataset)")
    parser.add_argument("--method", choices=METHODS, help="how orders are picked; without a display")
    parser.add_argument(
        "--pickers", type=int, default=1, help="pickers, each a client process of its own when there are several"
    )
    parser.add_argument(
        "--faults", type=float, default=0.0, help="share of scans that go wrong on the floor, such as 0.1"
    )
    parser.add_argument(
        "--pace",
        type=float,
        default=0.0,
        help="people take time to walk and reach, so many times quicker than life, on a drawn floor (default: none)",
    )
    parser.add_argument("--chaos", action="store_true", help="kill the OMS and cut the network while work goes on")
    parser.add_argument("--soak", action="store_true", help="repeat the shift until --minutes are over")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument(
        "--dataset", type=Path, metavar="DIR", help="real orders (items.csv, boxes.csv) instead of ours"
    )
    parser.add_argument("--language", default="en", choices=("en", "nl", "de", "da"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help=f"folder for pictures, labels and logs (default {_DEFAULT_OUT})")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object, and nothing else")
    options = parser.parse_args(arguments)
    if options.orders is None:
        options.orders = 20 if options.dataset else 6
    if options.faults and not options.method:
        # Somebody has to decide about what nobody could pick.
        options.method = "single"
    return options


def main(arguments: list[str]) -> int:
    """Exit status 0 when every order was shipped and nothing was lost or doubled."""
    options = parsed(arguments)
    has_display = bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform in ("win32", "darwin")
    )
    if options.headless or not has_display:
        options.headless = True
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out: Path = options.out or _DEFAULT_OUT
    if out.exists() and any(out.iterdir()):
        # Only what an earlier demonstration left is cleared away.
        if not (out / "figures.json").exists():
            print(
                f"floorhand: {out} is not empty and not from a demonstration; name another folder with --out",
                file=sys.stderr,
            )
            return 2
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    # Also marks the folder as ours, should the demonstration be interrupted.
    (out / "figures.json").write_text("{}")
    if options.soak:
        return _soak(options, out)
    figures = _play(options, out)
    _print(figures, options, out)
    return 0 if figures.get("ok") else 1


def _soak(options: argparse.Namespace, out: Path) -> int:
    end = time.monotonic() + options.minutes * 60
    for number in range(1, 10_000):
        options.seed = number
        figures = _play(options, out / f"{number:04d}")
        _print(figures, options, out / f"{number:04d}")
        if not figures.get("ok"):
            return 1
        if time.monotonic() > end:
            return 0
        shutil.rmtree(out / f"{number:04d}")
    return 0


def _play(options: argparse.Namespace, out: Path) -> dict[str, Any]:
    # The store's imports come before Qt's (see bootstrap), and neither before the platform is chosen.
    from app.bootstrap import Client  # noqa: F401
    from app.demo.play import play

    # Sockets of the embedded database need a short path; what a visitor wants to keep goes to `out`.
    work = Path(tempfile.mkdtemp(prefix="floorhand-demo-"))

    def tell(text: str) -> None:
        if not options.json:
            print(f"  {time.strftime('%H:%M:%S')}  {text}", flush=True)

    try:
        return play(options, work, out, tell, random.Random(options.seed))  # noqa: S311 - plays people
    finally:
        out.mkdir(parents=True, exist_ok=True)
        for log in work.glob("*.log"):
            shutil.copy(log, out)
        shutil.rmtree(work, ignore_errors=True)


def _print(figures: dict[str, Any], options: argparse.Namespace, out: Path) -> None:
    (out / "figures.json").write_text(json.dumps(figures, indent=1))
    if options.json:
        print(json.dumps(figures))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title="What came of the shift", show_header=False)
    for name, value in figures.items():
        if isinstance(value, dict):
            value = ", ".join(f"{k} {v}" for k, v in value.items()) or "none"
        table.add_row(name.replace("_", " "), str(value))
    console = Console()
    console.print(table)
    console.print(f"Pictures, labels and logs: {out}")
