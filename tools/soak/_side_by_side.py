"""One search in several processes: each plays its share on a database of its own, so that no core waits for another's database."""

import argparse
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """`--jobs N`."""
    parser.add_argument("--jobs", type=int, default=1, choices=range(1, 65), metavar="N", help="processes side by side")


def shares(of: range, jobs: int) -> list[range]:
    """`of` in `jobs` parts of the same length, but for one; those that would be empty are left out."""
    return [part for first in range(jobs) if (part := of[first::jobs])]


def side_by_side(play: Callable[[range], T], of: range, jobs: int) -> list[T]:
    """What `play` made of each share. With one job it is played in this process. Raises what a share raised."""
    parts = shares(of, jobs)
    if len(parts) < 2:
        return [play(part) for part in parts]
    # A fresh interpreter each: a fork would share the sockets of this one.
    with ProcessPoolExecutor(len(parts), multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(play, parts))
