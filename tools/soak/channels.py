"""Files of channels, spoilt: bytes changed, doubled, cut off, mixed with others. No adapter may break, and no order may come out of a file
that is half of one in the file: what is kept of a message cut in two is nothing.

`tools/soak channels -- --seconds 600 --seed 1`
"""

import argparse
import random
import time
import warnings
from pathlib import Path

from oms.channels.adapters.choosing import Format, read
from oms.channels.adapters.values import Read
from oms.imports.report import BadLine
from tools.bench import Figure

DATA = Path(__file__).parents[2] / "tests" / "data" / "channels"
_BITS = (b"", b"\0", b"'", b'"', b"\n", b"\r\n", b"\t", b",", b";", b"+", b":", b"?", b"{", b"}", b"[", b"]", b"null", b"-1", b"1e999",
         b"\xff\xfe", b"\xef\xbb\xbf", b"9" * 400, b"NaN", b"\xc3\x28", b"UNH+", b"UNT+1+1'", b"LIN+")  # fmt: skip


def main(arguments: list[str]) -> list[Figure]:
    """Spoils files for a while; raises at the first that breaks an adapter, with its seed."""
    parser = argparse.ArgumentParser("channels")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    got = parser.parse_args(arguments)
    print(f"seed {got.seed}")
    files = sorted(DATA.rglob("*.*"))
    until, count, slowest = time.monotonic() + got.seconds, 0, 0.0
    while time.monotonic() < until:
        begun = time.monotonic()
        check_once(files[count % len(files)], got.seed + count)
        slowest = max(slowest, time.monotonic() - begun)
        count += 1
    return [Figure("channels.files", count, ""), Figure("channels.slowest_ms", slowest * 1000, "ms")]


def check_once(path: Path, seed: int) -> None:
    """Spoils one file, with `seed`, and reads it in every format it might be taken for."""
    dice = random.Random(seed)
    body = _spoilt(path.read_bytes(), dice)
    for format_ in (_format(path), dice.choice(list(Format))):
        try:
            found = read(format_, body, "web")
        except BadLine:
            continue
        _look(found, path, seed)


def _format(path: Path) -> Format:
    return Format(path.suffix[1:]) if path.parent.name == "plain" else Format(path.parent.name)


def _look(found: Read, path: Path, seed: int) -> None:
    for draft in found.drafts:
        assert draft.reference or draft.number, (path, seed)
        assert len(draft.content_hash()) == 64, (path, seed)
        assert all(line.qty is None or isinstance(line.qty, int) for line in draft.lines), (path, seed)


def _spoilt(body: bytes, dice: random.Random) -> bytes:
    made = bytearray(body)
    for _ in range(dice.randint(1, 8)):
        at, upto = (dice.randint(0, len(made)) for _ in range(2))
        match dice.randrange(5):
            case 0:
                made[at : at + dice.randint(0, 3)] = dice.choice(_BITS)
            case 1:
                del made[at : at + dice.randint(1, 60)]
            case 2:
                made[at:at] = made[min(at, upto) : min(at, upto) + dice.randint(1, 200)]
            case 3:
                del made[dice.randint(len(made) // 2, len(made)) :]
            case _:
                made[at : at + 1] = bytes([dice.randrange(256)])
    return bytes(made)


def by_coverage(data: bytes) -> None:
    """One run of Atheris (`python -c "..."`): its bytes as a file in each format."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for format_ in Format:
            try:
                read(format_, data, "web")
            except BadLine:
                continue
