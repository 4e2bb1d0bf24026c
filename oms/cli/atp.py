"""`floorhand atp SKU...`: what may be sold of items now, at which site, and what is expected when. Asks the server's API."""

import argparse
import json
from typing import Any

from oms.cli.call import Api
from oms.cli.common import add_data_argument


def main(argv: list[str]) -> int:
    """Exit status 1 when one of the items is known nowhere."""
    parser = argparse.ArgumentParser("floorhand atp", description="What may be sold of items, now and later.")
    parser.add_argument("sku", nargs="+")
    parser.add_argument("--channel", default="", help="as this channel may sell it")
    parser.add_argument("--until", default=None, metavar="DAY", help="nothing that comes later, as 2026-12-01")
    parser.add_argument("--json", action="store_true", help="the server's answer as JSON")
    add_data_argument(parser)
    got = parser.parse_args(argv)
    asked = {"skus": got.sku, "channel": got.channel, "until": got.until}
    answer = Api.local(got.data).post("/v1/availability", json.dumps(asked).encode())
    print(json.dumps(answer) if got.json else "\n".join(line for item in answer["items"] for line in _lines(item)))
    return 0 if all(item["sites"] for item in answer["items"]) else 1


def _lines(item: dict[str, Any]) -> list[str]:
    if not item["sites"]:
        return [f"{item['sku']}: known nowhere"]
    lines = [f"{item['sku']}: {item['now']} now{_coming(item)}"]
    for site in item["sites"]:
        less = ", ".join(f"{site[word]} {word}" for word in ("reserved", "kept", "safety") if site[word])
        lines.append(
            f"  {site['site']:<12} {site['now']:>7} now, {site['on_hand']} on hand{less and ', ' + less}{_coming(site)}"
        )
    return lines


def _coming(where: dict[str, Any]) -> str:
    return "".join(f", {one['units']} more from {one['day']}" for one in where["expected"])
