"""`floorhand devices ...`: find and identify devices, test this machine, simulate devices, replay records, judge frames.

Parses the words; what is done is in `devices.commands`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from devices.commands.label import label, options_for
from devices.commands.selftest import selftest
from devices.commands.simulate import DEVICES, simulate
from devices.commands.transcripts import replay_file
from devices.conformance.run import main as conformance
from devices.model import Role


def main(arguments: Sequence[str] | None = None) -> int:
    """One command; the process's exit code."""
    options = _options(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="floorhand devices", description="Scanners, scales and printers.")
    commands = parser.add_subparsers(dest="what", required=True)

    one = commands.add_parser("find", help="list the devices that are there; nothing is written to any of them")
    one.add_argument("--seconds", type=float, default=3.0, help="how long to look")
    one.add_argument("--search", action="store_true", help="also broadcast in the network (Zebra, SNMP)")
    _finish(one, _find)

    one = commands.add_parser("identify", help="ask one address what it is; this writes to the device")
    one.add_argument("url", metavar="URL", help="serial:///dev/ttyUSB0, tcp://host:9100, hid://VID:PID or host[:port]")
    _finish(one, _identify)

    one = commands.add_parser("selftest", help="say which rule, group or right is missing on this machine")
    _finish(one, selftest)

    one = commands.add_parser("conformance", help="run a folder of frames or vectors against the codecs")
    one.add_argument("folder", type=Path, help="folder with *.jsonl files, searched with its subfolders")
    _finish(one, conformance)

    one = commands.add_parser("transcript", help="records of what went over a device's wire")
    (one := one.add_subparsers(dest="act", required=True).add_parser("replay", help="play a record to a driver"))
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--role", choices=[role.value for role in Role], help="of the driver (default: as recorded)")
    one.add_argument("--dialect", help="of the driver (default: as recorded)")
    _finish(one, replay_file)

    one = commands.add_parser("label", help="check a label template, or fill it in")
    options_for(one)
    _finish(one, label)

    _simulate_options(commands.add_parser("simulate", help="run one simulated device"))
    return parser.parse_args(arguments)


# Discovery loads mDNS and HID, for which a simulated device need not wait.


def _find(options: argparse.Namespace) -> int:
    from devices.commands.find import find

    return find(options)


def _identify(options: argparse.Namespace) -> int:
    from devices.commands.find import identify_one

    return identify_one(options)


def _finish(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    parser.add_argument("--json", action="store_true", help="JSON instead of lines")
    parser.set_defaults(run=run)


def _simulate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", choices=sorted(DEVICES))
    parser.add_argument("--dialect", "--language", help="what it speaks (default: lines, mt-sics or zpl)")
    parser.add_argument("--link", type=Path, help="path that always points to the scanner's or scale's terminal")
    parser.add_argument(
        "--port", type=int, help="TCP port on the loopback (printer: default any; scale: TCP instead of a terminal)"
    )
    parser.add_argument("--folder", type=Path, default=Path("labels"), help="where the printer's labels come out")
    parser.add_argument("--print-s", type=float, default=0.12, help="seconds a label takes")
    parser.set_defaults(run=simulate)


if __name__ == "__main__":
    sys.exit(main())
