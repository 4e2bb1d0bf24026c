"""Which carton for these goods: the smallest that holds their volume, their longest sides and their weight. Called by `services.pack`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

Size = tuple[int, int, int]

#: Goods never fill a box to the last corner: more than this share of its volume is taken as not fitting.
MOST_FILL_PERCENT = 90
OFFERS = 4


@dataclass(frozen=True, slots=True)
class Goods:
    """What has to go in: `volume` in cubic millimetres, each item's sides in millimetres, `grams` in all. Items whose size or weight
    nobody knows yet take no room and weigh nothing here."""

    volume: int = 0
    sizes: tuple[Size, ...] = ()
    grams: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A carton of the shop: inner sides in mm, `tare_g` of its own, `max_g` it may hold."""

    code: str
    name: str
    inner: Size
    tare_g: int
    max_g: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A carton on offer: how full it would be, and whether it holds the goods by what is known of them."""

    box: Box
    fill_percent: int
    fits: bool
    suggested: bool = False


def goods(units: Iterable[tuple[int, Size | None, int | None]]) -> Goods:
    """Sums up (quantity, size in mm, grams each) of the packed lines."""
    counted = [(qty, size, grams) for qty, size, grams in units if qty > 0]
    return Goods(
        volume=sum(qty * prod(size) for qty, size, _ in counted if size),
        sizes=tuple(sorted({_sorted(size) for _, size, _ in counted if size})),
        grams=sum(qty * (grams or 0) for qty, _, grams in counted),
    )


def holds(box: Box, load: Goods) -> bool:
    """Whether the goods fit, as far as volume, single sides and weight can tell."""
    return (
        load.volume * 100 <= prod(box.inner) * MOST_FILL_PERCENT
        and all(_lies_in(size, box.inner) for size in load.sizes)
        and load.grams <= box.max_g
    )


def offers(boxes: Sequence[Box], load: Goods) -> tuple[Offer, ...]:
    """Up to four cartons: the smallest that fits is suggested and comes first, larger ones follow, then the largest that do not fit."""
    by_size = sorted(boxes, key=lambda box: (prod(box.inner), box.code))
    fitting = [box for box in by_size if holds(box, load)]
    others = [box for box in reversed(by_size) if not holds(box, load)]
    return tuple(
        Offer(box, _fill(box, load), n < len(fitting), suggested=bool(fitting) and n == 0)
        for n, box in enumerate([*fitting, *others][:OFFERS])
    )


def _fill(box: Box, load: Goods) -> int:
    return round(load.volume * 100 / prod(box.inner)) if prod(box.inner) else 0


def _sorted(size: Size) -> Size:
    small, middle, large = sorted(size)
    return small, middle, large


def _lies_in(size: Size, inner: Size) -> bool:
    return all(side <= room for side, room in zip(size, _sorted(inner), strict=True))
