"""How a newer app words a fact so that an older server can read it. The device's store asks when it records a fact.

A fact is worded when it happens, not when it is sent: its hash is in the log's chain.
"""

from collections.abc import Callable
from typing import Any

from sync.contract.facts import WRITTEN, Fact

#: (kind, version) -> the same fact in the words of the version before. Whoever raises the version of a kind adds its line.
BEFORE: dict[tuple[str, int], Callable[[Any], Fact]] = {}


def worded(fact: Fact, server_reads: Callable[[str], list[int]]) -> tuple[str, int, Fact]:
    """Kind, version and body to record: the newest wording that the server is known to read, or today's when it reads none of them.
    `server_reads` gives the versions of a kind; it is asked only where there is a choice."""
    kind, v = WRITTEN[type(fact)]
    if (kind, v) not in BEFORE:
        return kind, v, fact
    known = server_reads(kind)
    told, at = fact, v
    while known and at not in known and (kind, at) in BEFORE:
        told, at = BEFORE[kind, at](told), at - 1
    return (kind, at, told) if at in known else (kind, v, fact)
