"""Judges printer frames (rows with `language`): request, reply in hex, and what the reply means."""

from __future__ import annotations

from devices.conformance.report import Row


def check(row: Row) -> list[str]:
    """See report.Check."""
    return [f"no codec here judges {row!r:.60}"]
