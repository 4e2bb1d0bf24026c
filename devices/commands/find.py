"""`floorhand devices find`: lists what is there, for some seconds, and `identify`: asks one address what it is."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterable, Sequence

from devices.discovery.finder import Finder, Source
from devices.discovery.found import Found
from devices.discovery.here import sources_here
from devices.discovery.identify import identify
from devices.transports.base import LinkError


def facts(found: Found) -> dict[str, object]:
    """One device in plain words, for JSON."""
    return {
        "key": found.key.text,
        "url": found.url,
        "role": found.role.value if found.role else None,
        "dialect": found.dialect,
        "name": found.name,
        "model": found.model,
        "serial": found.serial,
        "ways": list(found.ways),
        "other_urls": list(found.doors),
    }


def find(options: argparse.Namespace, sources: Sequence[Source] | None = None) -> int:
    """Looks for `--seconds`; broadcasts only with `--search`. Prints a table, or JSON."""
    finder = Finder(sources_here() if sources is None else sources, lambda found: None)
    finder.start()
    if options.search:
        finder.search()
    threading.Event().wait(options.seconds)
    found = finder.found()
    finder.stop()
    if options.json:
        print(json.dumps({"devices": [facts(each) for each in found]}, indent=1))
    else:
        print(_table(found))
    return 0


def identify_one(options: argparse.Namespace) -> int:
    """Asks one address: this writes to the device. Exit code 1 when nobody there speaks a language we know."""
    try:
        found = identify(options.url)
    except (ValueError, LinkError) as trouble:
        print(trouble, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({"device": facts(found) if found else None}, indent=1))
    else:
        print(_table([found]) if found else "nobody there speaks a language that we know")
    return 0 if found else 1


def _table(found: Iterable[Found]) -> str:
    lines = [
        f"{each.role.value if each.role else '?':14} {each.dialect or '?':16} {each.name}\n"
        f"    {each.url}\n    {each.key} (by {', '.join(each.ways)})"
        for each in found
    ]
    return "\n".join(lines) or "no devices found"
