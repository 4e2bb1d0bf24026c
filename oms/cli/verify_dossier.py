"""`floorhand verify-dossier FILE`: whether a dossier is as it was made. Needs no server, no database and no network."""

import argparse
from pathlib import Path

import msgspec

from oms.cli.common import give_up
from oms.documents.dossier_record import Verdict, verify


def main(argv: list[str]) -> int:
    """Exit status 0 when not a byte was changed, 1 when one was, or when it is not from the server of `--pin`."""
    parser = argparse.ArgumentParser("floorhand verify-dossier")
    parser.add_argument("file", type=Path, help="the PDF")
    parser.add_argument(
        "--pin", default="", metavar="HEX", help="the key it must be signed with (as in the server's pairing)"
    )
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    got = parser.parse_args(argv)
    try:
        verdict = verify(got.file.read_bytes())
    except OSError as error:
        give_up(f"{got.file}: {error.strerror}")
    pin = got.pin.strip().lower()
    right_key = not pin or verdict.pin == pin
    ok = verdict.ok and right_key
    if got.json:
        told = {
            "ok": ok,
            "problems": verdict.problems,
            "order": verdict.order,
            "entries": verdict.entries,
            "pin": verdict.pin,
        }
        print(msgspec.json.encode(told).decode())
    else:
        print(_words(verdict, right_key))
    return 0 if ok else 1


def _words(verdict: Verdict, right_key: bool) -> str:
    out = [f"order {verdict.order}, made {verdict.made_at} by {verdict.made_by}"] if verdict.order else []
    out += (
        [f"{verdict.entries} entries, {verdict.facts} of them facts with the proof of their device"]
        if verdict.order
        else []
    )
    out.append(f"signed with key {verdict.pin}" if verdict.pin else "not signed: who wrote it cannot be told")
    out += [] if right_key else ["not the key that was asked for"]
    out += [f"changed: {problem}" for problem in verdict.problems]
    if verdict.ok and right_key:
        out.append("nothing was changed")
    return "\n".join(out)
