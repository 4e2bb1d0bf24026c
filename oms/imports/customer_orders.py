"""Customer orders from a file of a channel: an adapter reads it, the capture takes what it found, and every line is in the report."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session, sessionmaker

from oms.channels.actions import channel as find_channel
from oms.channels.adapters import choosing
from oms.channels.adapters.choosing import Format, format_of
from oms.channels.adapters.values import Read
from oms.channels.codes import Platform
from oms.db.work import Work
from oms.imports.report import BadLine, Line, Result
from oms.imports.text import Shape
from oms.sales.capture import Captured, CaptureResult, capture
from oms.sales.drafts import SaleDraft, Trouble

BATCH: Final = 200
_RESULTS: Final = {
    CaptureResult.CREATED: Result.CREATED, CaptureResult.HELD: Result.HELD, CaptureResult.UNCHANGED: Result.UNCHANGED,
    CaptureResult.CONFLICT: Result.HELD, CaptureResult.REJECTED: Result.REJECTED,
}  # fmt: skip


def read(sessions: sessionmaker[Session], body: bytes, channel: str, format_: str, is_json: bool, shape: Shape) -> Read:
    """What the file says. Raises `BadLine` for a format nobody knows and for a file that is not in it."""
    with sessions() as db:
        row = find_channel(db, channel) if channel else None
    platform = Platform.PLAIN if row is None else row.platform
    try:
        chosen = Format(format_) if format_ else format_of(platform, is_json=is_json)
    except ValueError:
        raise BadLine("unknown_format", value=format_[:60]) from None
    return choosing.read(chosen, body, channel, shape)


def apply(w: Work, drafts: Sequence[SaleDraft]) -> list[Line]:
    """Takes the drafts; a line of report for each line of the file that belongs to one."""
    done = capture(w, drafts)
    return [line for draft, one in zip(drafts, done, strict=True) for line in _lines(draft, one)]


def _lines(draft: SaleDraft, done: Captured) -> list[Line]:
    """A line's own trouble stands on it, the order's first one on the others."""
    result, key = _RESULTS[done.result], done.number or draft.reference or ""
    own: dict[int, Trouble] = {}
    for trouble in done.holds:
        at = draft.lines[trouble.line - 1].at if trouble.line and trouble.line <= len(draft.lines) else 0
        own.setdefault(at or draft.at, trouble)
    first = own.get(draft.at) or next(iter(own.values()), None)
    numbers = sorted({draft.at, *draft.rows, *(line.at for line in draft.lines if line.at), *own})
    if first is None:
        return [Line(line=number, key=key, result=result) for number in numbers]
    return [_line(number, key, result, own.get(number, first)) for number in numbers]


def _line(number: int, key: str, result: Result, trouble: Trouble) -> Line:
    return Line(line=number, key=key, result=result, code=str(trouble.code), words=trouble.params)
