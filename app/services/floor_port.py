"""What the floor screen may ask, and what it is given: pages of the board's lists with the edits that lead to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.core.outcome import Outcome
from sync.contract.board import (
    ActReply,
    BoardAct,
    BoardCounts,
    BoardTab,
    DeviceLine,
    ExceptionLine,
    JobLine,
    PersonLine,
    ReclaimPreview,
    ReclaimReason,
    ReclaimReply,
    UndoAct,
    WaveLine,
)
from sync.contract.codes import Method
from sync.contract.waves import WaveAct, WaveReply, WaveRow

#: What a presenter may speak of without knowing the wire.
__all__ = [
    "ActReply",
    "BoardAct",
    "BoardCounts",
    "BoardTab",
    "DeviceLine",
    "Edit",
    "Floor",
    "FloorPage",
    "JobLine",
    "Method",
    "ReclaimPreview",
    "ReclaimReason",
    "ReclaimReply",
    "Row",
    "UndoAct",
    "WaveAct",
    "WaveReply",
    "WaveRow",
]

Row = DeviceLine | JobLine | PersonLine | ExceptionLine | WaveLine | WaveRow


@dataclass(frozen=True, slots=True)
class Edit:
    """One step from a page to the next: rows `first` to `last` are removed, or `rows` are put in at `first`, or stand there changed."""

    kind: str
    first: int
    last: int
    rows: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class FloorPage:
    """A list as it stands. `edits` lead here from page `base`; None when everything is to be drawn anew. `of` rows before narrowing;
    `current` is the row that was asked for by id, while it is on the list; `loading` until the first answer."""

    tab: BoardTab
    rows: Sequence[Row]
    number: int
    base: int
    edits: tuple[Edit, ...] | None
    of: int
    counts: BoardCounts = field(default_factory=BoardCounts)
    current: Row | None = None
    loading: bool = False


class Floor(Protocol):
    """The supervisor's board. `page` never waits; all others ask the centre and run on the network worker."""

    def online(self) -> bool:
        """Whether the centre answered last time."""

    def fetch(self, tab: BoardTab) -> Outcome[None]:
        """Brings a list up to date."""

    def page(self, tab: BoardTab, search: str, current: str) -> Outcome[FloorPage]:
        """The list as last fetched, narrowed to rows with these words, and one row of it by id."""

    def preview(self, device: str, job: str | None) -> Outcome[ReclaimPreview | None]:
        """What taking work back from a device would mean."""

    def reclaim(
        self, device: str, job: str | None, version: str, reason: ReclaimReason
    ) -> Outcome[ReclaimReply | None]:
        """Takes it back, if it still stands so."""

    def act(self, act: BoardAct, id: str, value: str = "", reason: str = "") -> Outcome[ActReply | None]:
        """Does something about one row."""

    def decide_count(self, exception: str, *, believe: bool) -> Outcome[None]:
        """A count that differs much is booked, or done once more."""

    def templates(self) -> Outcome[tuple[str, ...]]:
        """By which templates a wave can be made."""

    def new_wave(
        self, *, template: str | None = None, orders: tuple[str, ...] = (), method: Method = Method.CLUSTER
    ) -> Outcome[WaveReply | None]:
        """Makes a wave by a template, or of these orders."""

    def wave_act(self, wave: str, act: WaveAct, orders: tuple[str, ...] = ()) -> Outcome[WaveReply | None]:
        """Does something to a wave."""
