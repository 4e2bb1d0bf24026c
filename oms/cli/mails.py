"""`floorhand mails list|again|preview|bounces|allow|staff|text`: what customers and the staff are written, through a server's API."""

import argparse
import json
import mailbox
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from oms.cli.call import Api
from oms.cli.common import give_up
from oms.cli.imports import add_server_arguments, api_of
from oms.documents.formats import LANGUAGES
from oms.notify.codes import STAFF_KINDS, MailKind, MailState

_BASE = "/v1/mails"


def main(argv: list[str]) -> int:
    """Exit status 0 when it was done."""
    got = _parser().parse_args(argv)
    run: Callable[[Api, argparse.Namespace], None] = got.run
    run(api_of(got), got)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand mails", description="What customers and the staff are written.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    found = _command(commands, "list", _list, "what became of them, newest first")
    found.add_argument("--state", choices=[one.value for one in MailState], help="dead: given up")
    found.add_argument("--kind", choices=[one.value for one in MailKind])
    found.add_argument("--order")
    found.add_argument("--limit", type=int, default=100)
    found.add_argument("--json", action="store_true")
    again = _command(commands, "again", _again, "sends one again that was given up")
    again.add_argument("id")
    again.add_argument("--to", default="", help="to another address")
    shown = _command(commands, "preview", _preview, "how a mail would read; nothing is sent")
    shown.add_argument("kind", choices=[one.value for one in MailKind])
    shown.add_argument("--order", default="", help="as this order would get it; else made-up facts")
    shown.add_argument("--language", default="", choices=["", *LANGUAGES])
    shown.add_argument("--channel", default="")
    shown.add_argument("--html", action="store_true", help="the page instead of the plain text")
    back = _command(commands, "bounces", _bounces, "reads mails that came back: a mail in a file, an mbox or a Maildir")
    back.add_argument("path", type=Path)
    allowed = _command(commands, "allow", _allow, "writes to an address again that mails came back from")
    allowed.add_argument("address")
    staff = _command(
        commands,
        "staff",
        _staff,
        "who is told of low stock, late waves, mails that came back; without arguments: lists them",
    )
    staff.add_argument("address", nargs="?")
    staff.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(sorted(STAFF_KINDS)))
    staff.add_argument("--language", default="en", choices=LANGUAGES)
    staff.add_argument("--quiet", default="", metavar="21:00-07:00", help="not in these hours, in the site's time")
    staff.add_argument("--remove", metavar="ID", default="")
    text = _command(commands, "text", _text, "a sentence in the shop's own words; without arguments: lists them")
    text.add_argument("sentence", nargs="?")
    text.add_argument("text", nargs="?", default="", help="without it: takes it back")
    text.add_argument("--language", default="en", choices=LANGUAGES)
    text.add_argument("--channel", default="")
    return parser


def _command(
    commands: Any, name: str, run: Callable[[Api, argparse.Namespace], None], words: str
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    made.set_defaults(run=run)
    add_server_arguments(made)
    return made


def _list(api: Api, got: argparse.Namespace) -> None:
    wanted = {name: getattr(got, name) for name in ("state", "kind", "order", "limit")}
    found = api.get(f"{_BASE}?{urlencode({name: value for name, value in wanted.items() if value is not None})}")
    print(json.dumps(found) if got.json else "\n".join(_line(one) for one in found) or "none")


def _line(one: dict[str, Any]) -> str:
    head = f"{one['id']}  {one['state']:<8} {one['created_at'][:19]}  {one['kind']:<20} {one['order']:<12} {one['to']}"
    return f"{head}  {one['attempts']} tries {one['problem']}".rstrip()


def _again(api: Api, got: argparse.Namespace) -> None:
    _post(api, f"{_BASE}/{quote(got.id, safe='')}/again", {"to": got.to})


def _preview(api: Api, got: argparse.Namespace) -> None:
    body = {"kind": got.kind, "language": got.language, "channel": got.channel, "order": got.order}
    found = _post(api, f"{_BASE}/preview", body)
    print(found["html"] if got.html else f"{found['subject']}\n\n{found['text']}")


def _bounces(api: Api, got: argparse.Namespace) -> None:
    known = failed = read = 0
    for raw in _mails_in(got.path):
        said = api.post(f"{_BASE}/bounces", raw, "message/rfc822")
        read, known, failed = read + 1, known + said["known"], failed + said["failed"]
    print(f"{read} read, {known} about mails of ours, {failed} that will never get there")


def _mails_in(path: Path) -> Iterator[bytes]:
    if not path.exists():
        give_up(f"no such file: {path}")
    if path.is_dir():
        box: mailbox.Mailbox[Any] = mailbox.Maildir(path, create=False)
    elif path.read_bytes()[:5] == b"From ":
        box = mailbox.mbox(path, create=False)
    else:
        yield path.read_bytes()
        return
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _allow(api: Api, got: argparse.Namespace) -> None:
    _post(api, f"{_BASE}/allow", {"address": got.address})


def _staff(api: Api, got: argparse.Namespace) -> None:
    if got.remove:
        _post(api, f"{_BASE}/staff/{quote(got.remove, safe='')}/remove", {})
    elif got.address:
        body = {"address": got.address, "kinds": got.kinds, "language": got.language, "quiet": got.quiet}
        print(_post(api, f"{_BASE}/staff", body)["id"])
    else:
        for one in api.get(f"{_BASE}/staff"):
            print(
                f"{one['id']}  {one['address']:<30} {one['language']}  {','.join(one['kinds'])}  {one['quiet']}".rstrip()
            )


def _text(api: Api, got: argparse.Namespace) -> None:
    if got.sentence:
        body = {"sentence": got.sentence, "language": got.language, "text": got.text, "channel": got.channel}
        _post(api, f"{_BASE}/texts", body)
        return
    for one in api.get(f"{_BASE}/texts"):
        print(f"{one['channel'] or '*':<12} {one['language']}  {one['sentence']:<28} {one['text']}")


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(path, json.dumps(body).encode())
