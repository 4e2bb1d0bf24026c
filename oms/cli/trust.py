"""`floorhand server rotate-key` and `floorhand server audit`: the server's own key, and who did what. Through the API of the server on this
machine, like `floorhand admin`."""

import argparse
import json
import ssl
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up
from oms.datafolder import DataFolder
from oms.server_tls import has_next_key, next_key, pin_of, take_next_key

_SERVED_WITHIN_S = 15.0

_STEPS = """A change of the server's TLS key takes three steps, days apart, so that no device must be paired again:
  --prepare    make the next key and announce it: every device hears of it within ten minutes of being online
  --activate   serve with it; refused while devices that were here lately have not heard of it
  --finish     devices forget the key before
Without a step it says how far things are."""


def rotate_main(argv: list[str]) -> int:
    """One step; prints how things are after it."""
    parser = argparse.ArgumentParser(
        "floorhand server rotate-key", description=_STEPS, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    steps = parser.add_mutually_exclusive_group()
    steps.add_argument("--prepare", action="store_const", dest="step", const="prepare", help="announce the next key")
    steps.add_argument("--activate", action="store_const", dest="step", const="activate", help="serve with it")
    steps.add_argument("--finish", action="store_const", dest="step", const="finish", help="forget the key before")
    parser.add_argument(
        "--force", action="store_true", help="with --activate: devices that have not heard must be paired again"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")
    add_data_argument(parser, site=True)
    got = parser.parse_args(argv)
    api = Api.local(got.data, got.site)
    where, tls = _where(got.data)
    state = _step(api, tls, got.step, force=got.force)
    if got.step == "activate":
        _wait_until_served(where, next(spki for spki, rank in state["keys"].items() if rank == "serving"))
    print(json.dumps(state) if got.json else _words(state))
    return 0


def _where(data: Path) -> tuple[str, Path]:
    """The server's URL and the folder of its TLS key."""
    where = DataFolder(data).where()
    if where is None or not where.certificate:
        give_up("this server runs without TLS")
    return where.url, Path(where.certificate).parent


def _wait_until_served(url: str, spki: str) -> None:
    """The running server looks for a new key every second."""
    parts = urlsplit(url)
    end = time.monotonic() + _SERVED_WITHIN_S
    while time.monotonic() < end:
        certificate = ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=2)
        if pin_of(certificate) == spki:
            return
        time.sleep(0.1)
    give_up("the next key is in place, but the server does not use it yet; restart it")


def _step(api: Api, tls: Path, step: str | None, *, force: bool) -> dict[str, Any]:
    path = "/v1/admin/server-keys"
    match step:
        case None:
            state = api.get(path)
        case "prepare":
            state = api.post(path, _body(step="announce", spki=next_key(tls)))
        case "activate":
            if not has_next_key(tls):
                give_up("there is no next key; begin with --prepare")
            state = api.post(path, _body(step="activate", spki=next_key(tls), force=force))
            # Only now, and last: should we stop before this line, the same command again does the rest.
            take_next_key(tls)
        case _:
            state = api.post(path, _body(step="finish"))
    found: dict[str, Any] = state
    return found


def _body(**words: Any) -> bytes:
    return msgspec.json.encode(words)


def _words(state: dict[str, Any]) -> str:
    lines = [f"{rank:8} {spki}" for spki, rank in state["keys"].items()]
    if "next" in state["keys"].values():
        lines.append(f"devices that know the next key: {', '.join(state['heard']) or 'none'}")
        lines.append(f"devices that do not: {', '.join(state['not_heard']) or 'none'}")
    return "\n".join(lines)


def audit_main(argv: list[str]) -> int:
    """Prints acts, newest first."""
    parser = argparse.ArgumentParser("floorhand server audit", description="Who did what, when, on which device.")
    parser.add_argument("--person", help="number, name or id")
    parser.add_argument("--device", help="label or id")
    parser.add_argument("--since", metavar="TIME", help="not before, like 2026-11-22T06:00Z")
    parser.add_argument("--until", metavar="TIME", help="before")
    parser.add_argument("--what", help="acts whose name begins so, like session. or fact.")
    parser.add_argument("--thing", help="what it is about: the number or id of an order, parcel, customer, bin ...")
    parser.add_argument("--limit", type=int, default=100, help="at most so many (1 to 1000)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_data_argument(parser, site=True)
    got = parser.parse_args(argv)
    wanted = {name: getattr(got, name) for name in ("person", "device", "since", "until", "what", "thing", "limit")}
    query = urlencode({name: value for name, value in wanted.items() if value is not None})
    for act in Api.local(got.data, got.site).get(f"/v1/admin/audit?{query}")["acts"]:
        print(json.dumps(act) if got.json else _line(act))
    return 0


def _line(act: dict[str, Any]) -> str:
    who = act["name"] or act["source"]
    words = " ".join(f"{key}={json.dumps(value)}" for key, value in act["words"].items())
    return f"{act['at']}  {act['what']:24} {who:20} {act['label'] or act['device'] or '-':16} {words}".rstrip()
