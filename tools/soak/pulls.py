"""A catch-up that is interrupted at every page: by a lost answer, or by the power going while the page is written. Nothing is fetched more
than one page too often, and in the end every row is there.

    python -m tools.soak pulls -- --changes 100000 --page 500 --seed 1
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import msgspec
from msgspec import Raw

from sync.client.ports import Identity
from sync.client.status import ClaimPolicy
from sync.contract.rows import ItemRow
from sync.contract.wire import Change, PullReply
from sync.simulation.clock import VirtualClock, VirtualTime
from tools.bench import Figure
from tools.soak._handheld import Handheld, fresh_files


@dataclass(slots=True)
class Caught:
    """Pages there are, pages fetched, breaks, and whether the rows and their check sum are right in the end."""

    pages: int = 0
    fetched: int = 0
    breaks: int = 0
    wrong: int = 0


def _body(n: int) -> bytes:
    return msgspec.json.encode(ItemRow(id=f"SKU-{n:06d}", name=f"Item {n}", codes=[]))


def _page(cursor: str, size: int, changes: int) -> PullReply:
    first = int(cursor or 0)
    last = min(first + size, changes)
    news = [Change(e="item", id=f"SKU-{n:06d}", v=n + 1, d=Raw(_body(n))) for n in range(first, last)]
    return PullReply(
        from_=cursor,
        to=str(last),
        head=changes,
        more=last < changes,
        changes=news,
        epoch=1,
        server_time="",
        through=last,
    )


def catch_up(changes: int, size: int, seed: int) -> Caught:
    """Fetches all pages, each broken once."""
    dice = Random(seed)
    device = Handheld("d", VirtualClock(VirtualTime()), ClaimPolicy(), dice, fresh_files())
    device.ports.meta.save_identity(Identity("dev", "MAIN", "c", 1, "", ()))
    caught = Caught(pages=-(-changes // size))
    try:
        broken: set[str] = set()
        while (cursor := device.ports.rows.cursor()) != str(changes):
            page = _page(cursor, size, changes)
            caught.fetched += 1
            if cursor not in broken:
                broken.add(cursor)
                caught.breaks += 1
                _break(device, page, dice)
                continue
            device.ports.rows.apply_page(page)
        caught.wrong = sum(1 for _ in _wrong(device, changes))
    finally:
        device.destroy()
    return caught


def _break(device: Handheld, page: PullReply, dice: Random) -> None:
    """The answer never arrives; or the power goes while it is written. In both cases the page is there whole, or not at all."""
    if dice.random() < 0.5:
        return
    device.cut_power_after(dice.randint(0, 12))
    device.attempt(lambda: device.ports.rows.apply_page(page))
    device.power_on()


def _wrong(device: Handheld, changes: int) -> Iterator[str]:
    rows = device.sight().rows
    for n in range(changes):
        if rows.get(("item", f"SKU-{n:06d}")) != (n + 1, _body(n)):
            yield f"row {n}"
    if len(rows) != changes:
        yield "rows nobody sent"


def main(arguments: Sequence[str]) -> list[Figure]:
    """Pages and what was fetched in vain."""
    parser = argparse.ArgumentParser(prog="pulls")
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--page", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    caught = catch_up(got.changes, got.page, got.seed)
    return [
        Figure("F17 pages", caught.pages, ""),
        Figure("F17 breaks", caught.breaks, ""),
        Figure("F17 pages fetched again for a break", (caught.fetched - caught.pages) / caught.breaks, "", limit=1),
        Figure("F17 rows that differ", caught.wrong, "", limit=0),
    ]
