"""Labels of real carriers, and what must be read on each: for whoever passes foreign ZPL on and wants to know that it came out unharmed."""

import json
from dataclasses import dataclass
from pathlib import Path

from tools.labels.decode import Engine, decode, render_all

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "third-party" / "zpl-zebrash"
_EXPECTED = FOLDER / "expected-decodes.jsonl"

#: Some of them are longer than the usual 6 inches.
SIZE_MM = (101.6, 203.2)

Decodes = frozenset[tuple[str, bytes]]


@dataclass(frozen=True)
class CarrierLabel:
    """One label: its file's name, the bytes, and the codes to be read on it."""

    name: str
    zpl: bytes
    codes: Decodes


def carrier_labels() -> list[CarrierLabel]:
    """All of them; none where the third-party data is not on this machine."""
    if not _EXPECTED.exists():
        return []
    cases = [json.loads(line) for line in _EXPECTED.read_text(encoding="utf-8").splitlines()]
    return [
        CarrierLabel(
            case["file"],
            (FOLDER / case["file"]).read_bytes(),
            frozenset((kind, text.encode()) for kind, text in case["decoded_from_zpl_renderer_js_3.4.0"]),
        )
        for case in cases
    ]


def decodes_of(zpl: bytes, dpmm: int = 8, size: tuple[float, float] = SIZE_MM, engine: Engine = "zebrash") -> Decodes:
    """All codes on all labels in `zpl` as (AIM identifier, data). Raises NotRendered when the engine refuses."""
    return frozenset(code for png in render_all(zpl, engine, *size, dpmm) for code in decode(png))
