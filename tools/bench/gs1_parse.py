"""What understanding a scan costs: labels, element strings with many elements, links and envelopes through the client's parser, and
hostile texts that make it search."""

import datetime as dt
import time
from statistics import median, quantiles

from devices.codecs.gs1 import parse
from tools.bench import Figure

ROUNDS = 2_000
TODAY = dt.date(2026, 6, 1)
LABELS = (
    "9501101530003",
    "]C100095012345678901237",
    "]d20109501101530003172512311030\x1d2112345\x1d3712\x1d3103001250",
    "]C1010950110153000310LOT{GS}21SERIAL{GS}240ADDITIONAL-ID{GS}17251231430902790858483015297971{GS}800825010112",
    "https://id.gs1.org/01/09501101530003/10/LOT7/21/SER?17=251231",
    "[)>\x1e06\x1dPABC\x1dQ10\x1d1TLOT\x1dSSER\x1e\x04",
    "A-01-02",
    "FH:CONFIRM",
)
HOSTILE = (
    "]C1" + "10" * 4000,
    "]C1" + "3710101010" * 12,
    "]C1" + "9110" * 30,
    "]C1" + ("91" + "21" * 58 + "\x1d") * 60,
    "]C1" + "10A\x1d" * 2000,
    "https://a/" + "01/" * 2700,
    "[)>\x1e06" + "\x1dQ1" * 2700,
    "1" * 10_000_000,
)


def main() -> list[Figure]:
    """The figures."""
    parse(LABELS[2], None, TODAY)
    times = [_milliseconds(text) for _ in range(ROUNDS) for text in LABELS]
    worst = max(min(_milliseconds(text) for _ in range(3)) for text in HOSTILE)
    return [
        Figure("GS1 parse, p50", median(times), "ms"),
        Figure("GS1 parse, p99", quantiles(times, n=100)[98], "ms", 0.2),
        Figure("GS1 parse, worst of hostile texts", worst, "ms", 50),
    ]


def _milliseconds(text: str) -> float:
    begun = time.perf_counter()
    parse(text, None, TODAY)
    return (time.perf_counter() - begun) * 1000
