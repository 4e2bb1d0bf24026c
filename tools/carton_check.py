"""An independent judge of packed cartons: it knows the values of a choice and none of the packer's reckoning. Used by tests and the bench.

It is slow and plain on purpose: every pair of units, every rule, one sentence for each that is broken.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from oms.packing.cartons import Choice, Item, Packed, Placement, Rotation, Rules


def broken(items: Sequence[Item], choice: Choice, rules: Rules) -> list[str]:
    """What is wrong with a choice, in plain words; empty when every rule holds."""
    by_code = {item.code: item for item in items}
    wrong = list(_lost(items, choice))
    for parcel in choice.parcels:
        wrong += _outside(parcel, rules)
        wrong += _turned(parcel, by_code)
        wrong += _overlaps(parcel)
        wrong += _too_heavy(parcel, by_code, rules)
        wrong += _too_full(parcel, rules)
        wrong += _floating(parcel, rules)
        wrong += _crushed(parcel, by_code)
        wrong += _unlayable(parcel)
    return wrong


def _lost(items: Sequence[Item], choice: Choice) -> Iterator[str]:
    """Every unit is in exactly one place: a parcel, or the list of what fits nowhere."""
    wanted = Counter[str]()
    for item in items:
        if item.qty > 0 and item.size is not None:
            wanted[item.code] += item.qty
    loose = {item.code for item in items if item.size is None}
    there = Counter(one.code for parcel in choice.parcels for one in parcel.placements)
    for unfit in choice.unfit:
        if unfit.code not in loose:
            there[unfit.code] += unfit.qty
    if wanted != there:
        yield f"wanted {dict(wanted - there)} more and {dict(there - wanted)} less"


def _outside(parcel: Packed, rules: Rules) -> Iterator[str]:
    for one in parcel.placements:
        for corner, side, inner in zip(one.at, one.sides, parcel.carton.inner, strict=True):
            if corner < rules.clearance_mm or corner + side > inner - rules.clearance_mm:
                yield f"{one} reaches out of {parcel.carton.code}"


def _turned(parcel: Packed, by_code: dict[str, Item]) -> Iterator[str]:
    for one in parcel.placements:
        item = by_code[one.code]
        assert item.size is not None
        if sorted(one.sides) != sorted(item.size):
            yield f"{one} is not of the size of its item"
        if item.rotation is Rotation.NEVER and one.sides != item.size:
            yield f"{one} was turned"
        if item.rotation is Rotation.FLAT and one.sides[2] != item.size[2]:
            yield f"{one} was tilted"


def _overlaps(parcel: Packed) -> Iterator[str]:
    placed = parcel.placements
    for n, a in enumerate(placed):
        for b in placed[n + 1 :]:
            if all(a.at[k] < b.at[k] + b.sides[k] and b.at[k] < a.at[k] + a.sides[k] for k in range(3)):
                yield f"{a} and {b} are in the same place"


def _too_heavy(parcel: Packed, by_code: dict[str, Item], rules: Rules) -> Iterator[str]:
    grams = parcel.carton.tare_g + sum(by_code[one.code].grams or 0 for one in parcel.placements)
    grams += sum(item.qty * (item.grams or 0) for code in parcel.unmeasured for item in (by_code[code],))
    if grams != parcel.gross_g:
        yield f"{parcel.carton.code} weighs {grams} g, not {parcel.gross_g} g"
    for limit in (parcel.carton.max_g, rules.lift_g):
        if limit is not None and grams > limit:
            yield f"{parcel.carton.code} weighs {grams} g, more than {limit} g"


def _too_full(parcel: Packed, rules: Rules) -> Iterator[str]:
    used = sum(one.sides[0] * one.sides[1] * one.sides[2] for one in parcel.placements)
    room = parcel.carton.inner[0] * parcel.carton.inner[1] * parcel.carton.inner[2]
    if used * 100 > room * rules.max_fill_percent:
        yield f"{parcel.carton.code} is {used * 100 // room} % full"


def _shared(a: Placement, b: Placement) -> int:
    """The area two units share seen from above."""
    long = min(a.at[0] + a.sides[0], b.at[0] + b.sides[0]) - max(a.at[0], b.at[0])
    wide = min(a.at[1] + a.sides[1], b.at[1] + b.sides[1]) - max(a.at[1], b.at[1])
    return long * wide if long > 0 and wide > 0 else 0


def _floating(parcel: Packed, rules: Rules) -> Iterator[str]:
    for one in parcel.placements:
        if one.at[2] <= rules.clearance_mm:
            continue
        carried = sum(_shared(one, other) for other in parcel.placements if other.at[2] + other.sides[2] == one.at[2])
        if carried * 100 < one.sides[0] * one.sides[1] * rules.support_percent:
            yield f"{one} stands on too little"


def _crushed(parcel: Packed, by_code: dict[str, Item]) -> Iterator[str]:
    """Nothing is above a fragile unit; what is above the others, and above that, weighs no more than they bear."""
    for one in parcel.placements:
        item = by_code[one.code]
        if not item.fragile and item.bears_g is None:
            continue
        above, todo = set[int](), [one]
        while todo:
            low = todo.pop()
            for n, other in enumerate(parcel.placements):
                if n not in above and other.at[2] >= low.at[2] + low.sides[2] and _shared(low, other):
                    above.add(n)
                    todo.append(other)
        load = sum(by_code[parcel.placements[n].code].grams or 0 for n in above)
        if above and item.fragile:
            yield f"{one} is fragile and carries {len(above)}"
        if item.bears_g is not None and load > item.bears_g:
            yield f"{one} carries {load} g, more than {item.bears_g} g"


def _unlayable(parcel: Packed) -> Iterator[str]:
    """Units are laid in the order of their steps, each from above."""
    steps = [one.step for one in parcel.placements]
    if steps != list(range(len(steps))):
        yield f"steps {steps}"
    for n, one in enumerate(parcel.placements):
        for later in parcel.placements[n + 1 :]:
            if later.at[2] + later.sides[2] <= one.at[2] and _shared(one, later):
                yield f"{later} would have to go under {one}"


def wrong_loading(
    container: tuple[int, int, int],
    goods: Sequence[tuple[Sequence[tuple[int, int, int]], int]],
    units: Sequence[tuple[int, int, int, int, int, int, int]],
) -> list[str]:
    """What is wrong with one filled container: `goods` are the ways each kind may lie and how many there are, `units` their places."""
    wrong = [
        f"kind {kind} is there too often"
        for kind, count in Counter(unit[0] for unit in units).items()
        if count > goods[kind][1]
    ]
    for n, (kind, *at, long, wide, high) in enumerate(units):
        if (long, wide, high) not in goods[kind][0]:
            wrong.append(f"kind {kind} may not lie as {long} x {wide} x {high}")
        if any(low < 0 or low + side > room for low, side, room in zip(at, (long, wide, high), container, strict=True)):
            wrong.append(f"unit {n} reaches out")
        for _, x, y, z, length, width, height in units[n + 1 :]:
            apart = at[0] >= x + length or x >= at[0] + long or at[1] >= y + width or y >= at[1] + wide
            if not (apart or at[2] >= z + height or z >= at[2] + high):
                wrong.append(f"unit {n} and one at {x}, {y}, {z} are in the same place")
    return wrong
