"""Scans that went wrong on their way: separators lost, characters flipped, cut, doubled. Nothing may fail, and nothing wrong be believed.

Arguments: number of scans (default 1000000), seed.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence

from devices.codecs import gtin
from devices.codecs.gs1 import parse
from devices.codecs.gs1.elements import GS, join
from devices.codecs.gs1.linters import CSET82
from tools.bench import Figure

TODAY = dt.date(2026, 6, 1)
_NOISE = "\x00\x04\x1b\x1d\x1e\xff()]^|~{}0123456789ABCxyz"
_SYMBOLOGIES = ("]C1", "]d2", "]Q3", None)


def main(arguments: Sequence[str]) -> list[Figure]:
    """How many scans lost a separator or were damaged, and how many of them were believed and wrong."""
    scans = int(arguments[0]) if arguments else 1_000_000
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(1 << 32)
    print(f"gs1_scans: seed {seed}")
    counts = play(scans, random.Random(seed))
    return [
        Figure("GS1 scans with a lost separator", counts["lost"], ""),
        Figure("of them refused, or flagged and right", counts["lost: refused"] + counts["lost: flagged"], ""),
        Figure("of them read as one longer value, but suspected", counts["lost: suspected"], ""),
        Figure("of them read as one longer value, as GS1 says they must be", counts["lost: joined"], ""),
        Figure("of them believed and wrong", counts["lost: wrong"], "", limit=0),
        Figure("GS1 scans damaged", counts["damaged"], ""),
        Figure("of them inconsistent in themselves", counts["damaged: wrong"], "", limit=0),
    ]


def play(scans: int, rng: random.Random) -> Counter[str]:
    """Half the scans lose a separator, half are damaged; counts by what became of them."""
    counts: Counter[str] = Counter()
    for number in range(scans):
        elements = _elements(rng)
        if number % 2:
            counts["lost"] += 1
            counts[f"lost: {_lose(elements, rng)}"] += 1
        else:
            counts["damaged"] += 1
            counts[f"damaged: {_damage(elements, rng)}"] += 1
    return counts


def _elements(rng: random.Random) -> list[tuple[str, str]]:
    body = "".join(rng.choices("0123456789", k=13))
    variable = [
        ("10", _text(rng, 20)),
        ("21", _text(rng, 20)),
        ("240", _text(rng, 30)),
        ("37", str(rng.randrange(1, 10 ** rng.randrange(1, 9)))),
        ("30", str(rng.randrange(1, 10 ** rng.randrange(1, 9)))),
        ("3922", str(rng.randrange(1, 100_000))),
    ]
    fixed = [("17", f"{rng.randrange(20, 40)}1231"), ("3103", f"{rng.randrange(1_000_000):06d}")]
    chosen = rng.sample(variable, rng.randrange(2, 5)) + rng.sample(fixed, rng.randrange(3))
    rng.shuffle(chosen)
    chosen.insert(rng.choice([0, 0, len(chosen)]), ("01", body + gtin.check_digit(body)))
    return chosen


def _text(rng: random.Random, most: int) -> str:
    alphabet = rng.choice(["0123456789", "0123456789ABCDEF", CSET82])
    return "".join(rng.choices(alphabet, k=rng.randrange(1, most + 1)))


def _lose(elements: list[tuple[str, str]], rng: random.Random) -> str:
    message = join(elements)
    places = [at for at, char in enumerate(message) if char == GS]
    lost = rng.choice(places)
    scan = parse(message[:lost] + message[lost + 1 :], rng.choice(_SYMBOLOGIES[:3]), TODAY)
    if scan.error:
        return "refused"
    if scan.separator_lost and list(scan.elements) == elements:
        return "flagged"
    # The value before the loss is legal with all that follows it: nobody can see that a separator was there.
    longer = [element for element in scan.elements if element not in elements]
    swallowed = len(longer) == 1 and len(scan.elements) < len(elements)
    if not swallowed or scan.gtin not in (None, dict(elements)["01"]):
        return "wrong"
    return "suspected" if scan.separator_lost else "joined"


def _damage(elements: list[tuple[str, str]], rng: random.Random) -> str:
    text = list(join(elements))
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text))
        text[at : at + rng.randrange(2)] = rng.choices(_NOISE, k=rng.randrange(3))
        text = text or ["0"]
    scan = parse("".join(text), rng.choice(_SYMBOLOGIES), TODAY)
    if scan.error or not scan.elements:
        return "refused"
    whole = "".join(identifier + value for identifier, value in scan.elements)
    sound = all(gtin.has_valid_check_digit(code) for code in (scan.gtin, scan.sscc, scan.content_gtin) if code)
    return "read" if sound and set(whole) <= set(CSET82) and len(whole) <= len(text) else "wrong"
