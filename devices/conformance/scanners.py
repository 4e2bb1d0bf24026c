"""Judges scanner inputs (rows with `kind`): SSI packets, serial lines, HID-POS reports, wedge timelines, host commands."""

from __future__ import annotations

from devices.conformance.report import Check

CHECKS: dict[str, Check] = {}
