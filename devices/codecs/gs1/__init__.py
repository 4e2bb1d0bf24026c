"""GS1: what a scan says. `parse(text, symbology)` is what the rest of the program needs; builders of labels take `elements`."""

from devices.codecs.gs1.scan import ParsedScan, Reading, ScanKind, parse

__all__ = ["ParsedScan", "Reading", "ScanKind", "parse"]
