"""When a wave must go, how much work to let go now, and who works where: plain functions over seconds and people.

The latest release is counted back from the truck over the steps that follow; the work let go keeps everybody busy for so long and no
longer; people are spread over zones so that the last zone is ready as early as can be. Called by `oms.waves.capacity` with learned times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt
from typing import Final

#: Standard deviations that 19 of 20 days stay within on the late side.
_SURE: Final = 1.645
#: How far the time of a step varies from day to day, as a share of it, where nobody has measured it.
USUAL_SPREAD: Final = 0.15
#: Nobody is sent to another zone for less than this share of the time to the end.
WORTH: Final = 0.03


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the way to the truck: person seconds that `people` share, of which the `longest` piece cannot be shared; `fixed` seconds
    are there whoever works. `spread` is its standard deviation as a share of it."""

    name: str
    seconds: float
    people: int = 1
    longest: float = 0.0
    fixed: float = 0.0
    spread: float = USUAL_SPREAD

    @property
    def lasts(self) -> float:
        """Seconds from its begin to its end."""
        return max(self.seconds / max(1, self.people), self.longest) + self.fixed


@dataclass(frozen=True, slots=True)
class Latest:
    """Seconds before the cut-off: at `usual` it is ready on a usual day, at `safe` on 19 of 20. `by_step` says what each step takes."""

    usual: float
    safe: float
    by_step: tuple[tuple[str, float], ...]

    @property
    def spread(self) -> float:
        """Seconds between the two."""
        return self.safe - self.usual


def latest_release(steps: Sequence[Step]) -> Latest:
    """How long before the cut-off work must go when the steps follow one another. Steps vary independently of each other."""
    usual = sum(step.lasts for step in steps)
    off = sqrt(sum((step.spread * (step.lasts - step.fixed)) ** 2 for step in steps))
    return Latest(usual, usual + _SURE * off, tuple((step.name, step.lasts) for step in steps))


@dataclass(frozen=True, slots=True)
class Going:
    """How much of what waits goes now: the first `count` pieces. `busy` is for how many seconds each zone's people then have work, `short`
    the zones whose people will have too little, because nothing waits for them."""

    count: int
    busy: tuple[float, ...]
    short: tuple[int, ...]


def let_go(floor: Sequence[float], waiting: Sequence[Sequence[float]], people: Sequence[int], seconds: float) -> Going:
    """Constant work: zone z has `floor[z]` person seconds to do and `people[z]`; piece p of what waits brings `waiting[p][z]`. Pieces go in
    their order until every zone that has people has work for `seconds`, or nothing that waits brings any to those that lack it. Zones
    without people are not waited for. ValueError for tables that do not match."""
    if len(people) != len(floor) or any(len(piece) != len(floor) for piece in waiting):
        raise ValueError("a number for every zone")
    work = list(floor)
    manned = [zone for zone, there in enumerate(people) if there > 0]

    def hungry(zone: int) -> bool:
        return work[zone] < seconds * people[zone]

    last = {zone: max((n for n, piece in enumerate(waiting) if piece[zone] > 0), default=-1) for zone in manned}
    count = 0
    for piece in waiting:
        if not any(last[zone] >= count and hungry(zone) for zone in manned):
            break
        work = [before + more for before, more in zip(work, piece, strict=True)]
        count += 1
    busy = tuple(done / there if there else (inf if done else 0.0) for done, there in zip(work, people, strict=True))
    return Going(count, busy, tuple(zone for zone in manned if hungry(zone)))


@dataclass(frozen=True, slots=True)
class Move:
    """`count` people go from one zone to another: that zone would be ready after `before` seconds, and is then after `after`."""

    start: int
    end: int
    count: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Labour:
    """People by zone, who moves, and when the last zone is ready: as it was and as it will be. `inf` while a zone with work has nobody."""

    people: tuple[int, ...]
    moves: tuple[Move, ...]
    before: float
    after: float


def spread_people(work: Sequence[float], people: Sequence[int], most: Sequence[int] = ()) -> Labour:
    """Who works where, so that the last zone (`work` in person seconds) is ready as early as can be and as few people move as that takes.
    At most `most[z]` work side by side in a zone (none given: any number). Where it gains less than `WORTH`, everybody stays.
    ValueError for tables that do not match, or negative numbers."""
    room = list(most) or [max(1, sum(people))] * len(work)
    if not len(work) == len(people) == len(room) or min([*work, *people, *room, 0]) < 0:
        raise ValueError("work and people for every zone")
    before = _finish(work, people)
    wanted = _earliest(work, sum(people), room)
    after = _finish(work, wanted)
    if not after < before * (1 - WORTH):
        return Labour(tuple(people), (), before, before)
    needs = [min(room[zone], ceil(todo / after - 1e-9)) if todo else 0 for zone, todo in enumerate(work)]
    then = _kept(needs, people, room)
    return Labour(tuple(then), tuple(_moves(work, people, then)), before, _finish(work, then))


def _finish(work: Sequence[float], people: Sequence[int]) -> float:
    return max(
        (todo / there if there else inf for todo, there in zip(work, people, strict=True) if todo > 0), default=0.0
    )


def _earliest(work: Sequence[float], hands: int, room: Sequence[int]) -> list[int]:
    # One after the other to the zone that would be ready last: nobody placed so is better placed elsewhere.
    placed = [0] * len(work)
    for _ in range(hands):
        open_ = [zone for zone in range(len(work)) if placed[zone] < room[zone] and work[zone] > 0]
        if not open_:
            break
        zone = max(open_, key=lambda one: (work[one] / placed[one] if placed[one] else inf, work[one], -one))
        placed[zone] += 1
    return placed


def _kept(needs: Sequence[int], people: Sequence[int], room: Sequence[int]) -> list[int]:
    """At least the needed ones in each zone; whoever is needed nowhere stays."""
    then = [max(need, 0) for need in needs]
    spare = sum(people) - sum(then)
    for zone in sorted(range(len(then)), key=lambda one: then[one] - people[one]):
        stay = max(0, min(spare, people[zone] - then[zone]))
        then[zone] += stay
        spare -= stay
    return then


def _moves(work: Sequence[float], people: Sequence[int], then: Sequence[int]) -> list[Move]:
    gone = {zone: people[zone] - then[zone] for zone in range(len(then)) if people[zone] > then[zone]}
    found = []
    wanting = [zone for zone in range(len(then)) if then[zone] > people[zone]]
    for end in sorted(wanting, key=lambda zone: (-(work[zone] / people[zone] if people[zone] else inf), zone)):
        lacks = then[end] - people[end]
        before = work[end] / people[end] if people[end] else inf
        for start in sorted(gone, key=lambda zone: (-gone[zone], zone)):
            count = min(lacks, gone[start])
            if count:
                found.append(Move(start, end, count, before, work[end] / then[end]))
                gone[start] -= count
                lacks -= count
    return found


@dataclass(frozen=True, slots=True)
class Parts:
    """Orders whose parts are picked in several zones at once: those that go now, when the slowest zone is ready (seconds), what each zone
    has, and the orders that wait until a slot of the wall is free."""

    go: tuple[int, ...]
    seconds: float
    zones: tuple[float, ...]
    wait: tuple[int, ...]


def side_by_side(parts: Sequence[Sequence[float]], people: Sequence[int], slots: int) -> Parts:
    """Which `slots` orders go together, order o with `parts[o][z]` person seconds in zone z: the most urgent (first) goes in any case, then
    always the one after which the slowest zone is ready earliest for the work that is done, so that zones end together. Every order
    whose parts meet takes a slot of the wall until they have. ValueError for tables that do not match."""
    if any(len(order) != len(people) for order in parts):
        raise ValueError("seconds for every zone")
    hands = [max(1, there) for there in people]
    load = [0.0] * len(people)
    go: list[int] = []
    rest = list(range(len(parts)))
    while rest and len(go) < slots:
        order = min(rest, key=lambda one: (bool(go) and _slowest(load, parts[one], hands), one))
        rest.remove(order)
        go.append(order)
        load = [done + more for done, more in zip(load, parts[order], strict=True)]
    zones = tuple(done / there for done, there in zip(load, hands, strict=True))
    return Parts(tuple(go), max(zones, default=0.0), zones, tuple(rest))


def _slowest(load: Sequence[float], order: Sequence[float], hands: Sequence[int]) -> float:
    """Idle person seconds until the slowest zone is ready, for each second of work done."""
    zones = [(done + more) / there for done, more, there in zip(load, order, hands, strict=True)]
    done = sum(load) + sum(order)
    return max(zones) * sum(hands) / done if done else 0.0
