"""Labels that carriers and others wrote: what of their ZPL reaches the printer, and in which state it leaves the printer. Used by the ZPL
driver, and by whoever prints a carrier's label.

Kept is what draws a label. Taken out is what sets up, calibrates, resets, asks or feeds the printer, or would leave something behind that
outlives the label: setting up belongs to commissioning. What a label may change is reset before and after it. Command names and what
outlives a label: ZPL II Programming Guide, and the list in `_MODES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from devices.codecs.printers.zpl import EVIDENCE_END, EVIDENCE_HEADER
from devices.codecs.printers.zpl_stream import Command, commands, escaped
from devices.model import PrintJob

LONGEST = 2_000_000
MOST_STORED = 4_000_000
MOST_LABELS = 50


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DRAWS = _names("FD FV GB GC GD GE GF GS XG IM IL SN XF")
_KEPT = _DRAWS | _names(
    "B0 B1 B2 B3 B4 B5 B7 B8 B9 BA BB BC BD BE BF BI BJ BK BL BM BO BP BQ BR BS BT BU BX BY BZ "
    "CF CI CV CW DF FB FC FE FH FM FN FO FP FR FS FT FW FX ID JM LH LL LR LS MU PA PM PO PW SE SF TB"
)
_CARRIED = _names("CI CF CW BY LH LL LS LR PW PO PM FW MU SE")
"""Modes that some write before the first label; they hold for it."""
_STORES = frozenset({"DG", "DY", "DU", "DB", "DS", "DT"})
_REFUSED = {
    "^IS": "keeps a picture in the printer for other labels",
    "^CD": "changes the delimiter",
    "~CD": "changes the delimiter",
    "~JB": "clears the printer's memory",
    "^JB": "clears the printer's memory",
    "^JI": "starts a program in the printer",
    "~JI": "starts a program in the printer",
}
_MODES = b"^LH0,0^LS0^PON^PMN^LRN^FWN^CI0^CVN^BY2,3,10^CFA,9,5^MUD^JMA"
"""What of the printer's state a kept command may have changed, at the value it is switched on with."""
RESET = b"^XA" + _MODES + b"^XZ\n"
_OBJECT = re.compile(rb"\s*(?:([A-Z]):)?([^.,:^~\s]{1,16})(\.[A-Z]{1,3})?", re.IGNORECASE)


class ForeignRefused(ValueError):
    """This text is not a label that may go to the printer; the message says why."""


@dataclass(slots=True)
class ForeignLabel:
    """What became of a payload: the `wire` bytes, how many `labels` they are, and what was taken out, each command once."""

    wire: bytes = b""
    labels: int = 0
    dropped: list[str] = field(default_factory=list)

    def drop(self, command: Command) -> None:
        """Notes a command that was taken out."""
        name = command.name.decode("ascii", "replace") or "text outside of a label"
        if name not in self.dropped:
            self.dropped.append(name)


def wrap(payload: bytes, dpmm: int = 8) -> bytes:
    """The label as it may go to the printer: cleaned, in standard spelling, between two resets. ForeignRefused if it may not."""
    return inspect(payload, dpmm).wire


def inspect(payload: bytes, dpmm: int = 8) -> ForeignLabel:
    """As `wrap`, with what was found. `dpmm` (dots per millimetre) gives a label without a size of its own 104 x 152.4 mm.

    ForeignRefused: no label, half a label, too large, too many labels, or a command that no label needs and that cannot be left out.
    """
    if len(payload) > LONGEST:
        raise ForeignRefused(f"the label has {len(payload)} bytes, the most is {LONGEST}")
    label = ForeignLabel()
    stored = _stored(payload)
    out: list[bytes] = [RESET]
    for part in _parts(commands(payload), label):
        if isinstance(part, Command):
            out.append(_aim(part, stored).text.split(b"! U")[0].rstrip() + b"\n")
        else:
            out.append(_format(part, stored, label, dpmm))
    if not label.labels:
        raise ForeignRefused("there is no label in it")
    if label.labels > MOST_LABELS:
        raise ForeignRefused(f"it asks for {label.labels} labels, the most is {MOST_LABELS}")
    cleaned = b"".join(b"^IDR:%s^FS" % name for name in sorted(stored))
    label.wire = b"".join([*out, b"^XA" + _MODES + cleaned + b"^XZ\n"])
    _check_spelling(label.wire)
    return label


def foreign_job(job_id: str, payload: bytes, meaning: str = "", identity: str = "", dpmm: int = 8) -> PrintJob:
    """A print job for somebody else's label. ForeignRefused as `inspect`."""
    label = inspect(payload, dpmm)
    return PrintJob(job_id, label.wire, meaning=meaning, identity=identity, foreign=True, labels=label.labels)


def with_evidence(wrapped: bytes, job_id: str, copies: int) -> bytes:
    """What `wrap` made, with the request to report every label of this job. Nothing is added to what is seen: the field that is reported
    holds a blank, and the job's id is in the header of the report."""
    found = commands(wrapped)
    used = {command.body.strip()[:4] for command in found if command.name == b"^FN"}
    number = next(n for n in range(999, 0, -1) if b"%d" % n not in used)
    ask = f"^FO0,0^A0N,10,10^FN{number}^FD ^FS^HV{number},1,{EVIDENCE_HEADER}{job_id},{EVIDENCE_END},L^FS".encode(
        "ascii"
    )
    out = []
    for command in found:
        if command.name == b"^PQ":
            out.append(ask + b"^PQ%d,0,1,Y" % (int(command.body.split(b",")[0]) * copies))
        else:
            out.append(command.text)
    return b"".join(out)


def _check_spelling(wire: bytes) -> None:
    """What was data under other prefixes must not have become a command under ours."""
    allowed = {b"^" + name.encode() for name in _KEPT | {"XA", "XZ", "PQ"}} | {b"~" + name.encode() for name in _STORES}
    for command in commands(wire):
        if command.name and command.name not in allowed and command.name[:2] != b"^A":
            raise ForeignRefused("its data cannot be told from commands")


def _parts(found: list[Command], label: ForeignLabel) -> Iterator[Command | list[Command]]:
    """Downloads and whole formats (what stands between ^XA and ^XZ), in their order."""
    inside: list[Command] | None = None
    before: list[Command] = []
    for command in found:
        name = command.name.decode("latin-1")
        if name in _REFUSED:
            raise ForeignRefused(f"{name} {_REFUSED[name]}")
        if name == "^XA":
            # Some carriers begin twice. Where something is drawn already, the end of the label before got lost.
            if inside and any(one.name[1:].decode("latin-1") in _DRAWS for one in inside):
                raise ForeignRefused("a label begins inside another one")
            inside, before = [*(inside or []), *before], []
        elif name == "^XZ" and inside is not None:
            yield inside
            inside = None
        elif name[:1] == "~" and name[1:] in _STORES:
            yield command
        elif inside is None and name[1:] in _CARRIED:
            before.append(command)
        elif inside is None:
            if command.text.strip() and name not in ("^CC", "^CT", "~CC", "~CT", "^FX", "^FS"):
                label.drop(command)
        else:
            inside.append(command)
    if inside is not None:
        raise ForeignRefused("its last label has no end")


def _format(found: list[Command], stored: set[bytes], label: ForeignLabel, dpmm: int) -> bytes:
    """One format, cleaned. One that draws gets its number of labels as `^PQ`, and a size if it has none."""
    kept = [_aim(command, stored) for command in escaped(found) if _is_kept(command, label)]
    names = {command.name[1:].decode("latin-1") for command in kept}
    body = b"".join(command.text for command in kept)
    if "DF" in names or not names & _DRAWS:
        return b"^XA" + body + b"^XZ\n"
    quantity = next((command.body for command in found if command.name == b"^PQ"), b"1")
    digits = re.match(rb"\s*(\d{1,6})", quantity)
    number = max(int(digits[1]), 1) if digits else 1
    label.labels += number
    size = b"" if "PW" in names else b"^PW%d" % round(104 * dpmm)
    size += b"" if "LL" in names else b"^LL%d" % round(152.4 * dpmm)
    last = [command.name for command in kept if command.name in (b"^FS", b"^FO", b"^FT")][-1:]
    closed = b"" if last == [b"^FS"] else b"^FS"
    return b"^XA" + size + body + closed + b"^PQ%d^XZ\n" % number


def _is_kept(command: Command, label: ForeignLabel) -> bool:
    name = command.name[1:].decode("latin-1")
    # ^A is followed by the letter of a font, any of them. Only R:, the memory that is lost with the power, may be cleaned.
    kept = not command.name or (command.name[:1] == b"^" and (name in _KEPT or name[:1] == "A"))
    if name == "ID" and command.body.strip()[:2].upper() != b"R:":
        kept = False
    # How many labels is said anew; changed prefixes are standard by now.
    if not kept and command.name not in (b"^PQ", b"^CC", b"^CT", b"~CC", b"~CT"):
        label.drop(command)
    return kept


def _stored(payload: bytes) -> set[bytes]:
    """Names of the objects that the payload puts into the printer. ForeignRefused for a flood of them."""
    names, size = set(), 0
    for command in commands(payload):
        if command.name[1:].decode("latin-1") in _STORES or command.name == b"^DF":
            match = _OBJECT.match(command.body)
            if match is None:
                raise ForeignRefused(f"{command.name.decode('latin-1')} without a name")
            names.add(_name(match))
            size += len(command.body) + sum(int(n) for n in re.findall(rb",\s*(\d{4,8})\s*,", command.body[:80])[:1])
    if size > MOST_STORED:
        raise ForeignRefused(f"it stores {size} bytes in the printer, the most is {MOST_STORED}")
    return names


def _name(match: re.Match[bytes]) -> bytes:
    return (match[2] + (match[3] or b".*")).upper()


def _aim(command: Command, stored: set[bytes]) -> Command:
    """What the payload itself stores goes to and comes from R:, memory that is lost with the power, not flash."""
    name = command.name[1:].decode("latin-1")
    if not (name in _STORES or name in ("DF", "XF", "XG", "IM", "IL", "ID")):
        return command
    match = _OBJECT.match(command.body)
    if match is None or match[1] in (None, b"R", b"r") or _name(match) not in stored:
        return command
    return Command(command.name, b"R:" + command.body[match.start(2) :])
