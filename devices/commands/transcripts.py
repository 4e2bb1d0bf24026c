"""`floorhand devices transcript replay FILE`: plays a recorded conversation to the driver and prints what it makes of it."""

from __future__ import annotations

import argparse
import json
import sys

from devices.drivers.base import Event
from devices.model import Role
from devices.simulated.transcript import Transcript
from devices.simulated.transcript_replay import LinkChange, replay, told

LARGEST = 64 * 1024 * 1024


def replay_file(options: argparse.Namespace) -> int:
    """Prints each event with its time. Exit code 2 for a file that is no transcript, 1 when the driver asked what is not in it."""
    count = 0

    def listener(at: float, event: Event | LinkChange) -> None:
        nonlocal count
        count += 1
        print(json.dumps({"at": round(at, 3), "event": told(event)}) if options.json else f"{at:9.3f} s  {told(event)}")

    try:
        if options.file.stat().st_size > LARGEST:
            raise ValueError("too large")
        transcript = Transcript.parse(options.file.read_text("utf-8"))
        role = Role(options.role) if options.role else None
        device = replay(transcript, listener, role, options.dialect)
    except (OSError, ValueError) as trouble:
        print(f"{options.file}: {trouble}", file=sys.stderr)
        return 2
    if device.unexpected:
        print(f"the driver asked {len(device.unexpected)} things that are not in the record", file=sys.stderr)
    return 1 if device.unexpected else 0
