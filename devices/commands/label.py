"""`floorhand devices label FILE`: looks at a label template, and with values fills it in and writes it in a printer's language."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from devices.labels import RESOLUTIONS, WRITERS, build
from devices.labels.template_file import read
from devices.labels.templates import LANGUAGES, Template


def options_for(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a template such as shipping.toml")
    parser.add_argument("values", nargs="*", metavar="FIELD=VALUE", help="fill it in; | begins a new line")
    parser.add_argument("--words", choices=LANGUAGES, default="en", help="language of the fixed words")
    parser.add_argument("--dialect", choices=sorted(WRITERS), default="zpl", help="language of the printer")
    parser.add_argument("--dpmm", type=int, choices=RESOLUTIONS, default=8, help="dots per mm of the printer")
    parser.add_argument("--out", type=Path, help="where the label goes (default: only checked)")


def label(options: argparse.Namespace) -> int:
    """Exit code 1 when the template or the values are not good; the reason is on standard error."""
    try:
        template = read(options.file.read_text(encoding="utf-8"))
        if not options.values:
            _tell(template, options.json)
            return 0
        values = {}
        for word in options.values:
            field, equals, value = word.partition("=")
            if not equals:
                raise ValueError(f"{word!r} is not FIELD=VALUE")
            values[field] = value.split("|")
        built = build(template.fill(values, options.words), options.dialect, options.dpmm)
        if options.out:
            options.out.write_bytes(built.payload)
    except (OSError, ValueError) as trouble:
        print(f"{options.file}: {trouble}", file=sys.stderr)
        return 1
    _say({"bytes": len(built.payload), "changed": list(built.changed)}, options.json)
    return 0


def _tell(template: Template, as_json: bool) -> None:
    facts = {
        "name": template.name,
        "width_mm": template.width,
        "height_mm": template.height,
        "needed": sorted(template.needed),
        "optional": sorted(template.optional),
    }
    _say(facts, as_json)


def _say(facts: dict[str, object], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts))
        return
    for name, value in facts.items():
        print(f"{name:10} {', '.join(map(str, value)) if isinstance(value, list) else value}")
