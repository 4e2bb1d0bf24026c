"""`floorhand reports`: figures of a period, as text or a file; who gets them by mail; through the API."""

import argparse
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up

_LANGUAGES = ("en", "nl", "de", "da")
_EVERY = ("day", "week", "month")


def main(argv: list[str]) -> int:
    """Exit status 1 when the server refused; its reason is said."""
    parser = argparse.ArgumentParser("floorhand reports", description="Figures of a period.")
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="figures of a period; of today when no days are given")
    file = commands.add_parser("file", help="the same as a file, by its ending .pdf or .csv")
    file.add_argument("path", type=Path)
    for command in (show, file):
        command.add_argument("--since", default="", metavar="DAY")
        command.add_argument("--through", default="", metavar="DAY")
        command.add_argument("--every", default="day", choices=_EVERY)
        command.add_argument("--channel", default="")
        command.add_argument("--site", default="", help="one site; else all")
    figures = commands.add_parser("figures", help="what each figure means")
    commands.add_parser("mails", help="who gets reports by mail")
    mail = commands.add_parser("mail", help="send somebody the report of each day, week or month")
    mail.add_argument("address")
    mail.add_argument("every", nargs="?", default="day", choices=_EVERY)
    mail.add_argument("--channel", default="")
    mail.add_argument("--site", default="", help="one site; else all")
    for command in (show, file, figures, mail):
        command.add_argument("--language", default="en", choices=_LANGUAGES)
    commands.add_parser("unmail", help="send them no more").add_argument("id")
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="the server's answer as JSON")
        add_data_argument(command)
    got = parser.parse_args(argv)
    runs = {"show": _show, "file": _file, "figures": _figures, "mails": _mails, "mail": _mail, "unmail": _unmail}
    return runs[got.command](Api.local(got.data), got)


def _show(api: Api, got: argparse.Namespace) -> int:
    answer = api.get(f"/v1/reports?{_asked(got)}")
    report = answer["report"]
    lines = [
        f"{report['since']} to {report['through']} ({report['zone']})",
        *(f"{row['name']}: {value_of(row['value'], row['unit'])}" for row in report["figures"]),
        *(f"  {one['channel'] or '-'}, {one['name']}: {one['orders']}" for one in report["states"]),
        *(f"  {one['name']}: {one['orders']}" for one in report["ages"] if one["orders"]),
        *(_person(n, one) for n, one in enumerate(answer["people"], 1)),
    ]
    print(json.dumps(answer) if got.json else "\n".join(lines))
    return 0


def _file(api: Api, got: argparse.Namespace) -> int:
    kind = got.path.suffix.lstrip(".").lower()
    if kind not in ("pdf", "csv"):
        give_up("a file is a .pdf or a .csv")
    body = api.file(f"/v1/reports/files/{kind}?{_asked(got)}")
    try:
        got.path.write_bytes(body)
    except OSError as error:
        give_up(f"{got.path}: {error.strerror}")
    print(f"{got.path}: {len(body)} bytes")
    return 0


def _figures(api: Api, got: argparse.Namespace) -> int:
    answer = api.get(f"/v1/reports/figures?{urlencode({'language': got.language})}")
    print(json.dumps(answer) if got.json else "\n".join(f"{one['name']}: {one['means']}" for one in answer))
    return 0


def _mails(api: Api, got: argparse.Namespace) -> int:
    answer = api.get("/v1/reports/mails")
    lines = [
        f"{one['id']}: {one['address']}, each {one['every']}, {one['site'] or 'all sites'}, {one['channel'] or 'all channels'}"
        for one in answer
    ]
    print(json.dumps(answer) if got.json else "\n".join(lines) or "nobody gets reports by mail")
    return 0


def _mail(api: Api, got: argparse.Namespace) -> int:
    body = {name: getattr(got, name) for name in ("address", "every", "language", "site", "channel")}
    answer = api.post("/v1/reports/mails", msgspec.json.encode(body))
    if answer["reason"]:
        give_up(answer["reason"])
    print(json.dumps(answer) if got.json else answer["id"])
    return 0


def _unmail(api: Api, got: argparse.Namespace) -> int:
    api.post(f"/v1/reports/mails/{quote(got.id, safe='')}/remove", b"")
    return 0


def value_of(value: float | None, unit: str) -> str:
    """A figure as text, `-` where there was nothing to measure."""
    if value is None:
        return "-"
    shown = {"percent": f"{value:.1%}", "hours": f"{value:.1f} h", "per_hour": f"{value:.1f}", "times": f"{value:.1f}"}
    return shown.get(unit, f"{value:g}")


def _person(place: int, one: dict[str, Any]) -> str:
    speed, right = value_of(one["picks_per_hour"], "per_hour"), value_of(one["accuracy"], "percent")
    return f"  {place}. {one['name']}: {speed} an hour, {right} right"


def _asked(got: argparse.Namespace) -> str:
    words = {name: getattr(got, name) for name in ("since", "through", "every", "channel", "site", "language")}
    return urlencode({name: word for name, word in words.items() if word})
