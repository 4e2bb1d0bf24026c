"""Judges GS1 test vectors by the name of their file: element strings, scans, Digital Links, linters."""

from __future__ import annotations

from devices.conformance.report import Check

CHECKS: dict[str, Check] = {}
