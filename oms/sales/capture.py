"""Takes orders of channels: idempotent, hundreds in one unit of work. The API, the import and webhooks call it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from oms.sales.drafts import Address, HoldCode, SaleDraft, SaleDraftLine, Trouble

if TYPE_CHECKING:
    from oms.db.work import Work

__all__ = ["Address", "Captured", "CaptureResult", "HoldCode", "SaleDraft", "SaleDraftLine", "Trouble", "capture"]


class CaptureResult(StrEnum):
    """What became of a draft."""

    CREATED = "created"
    #: Kept, and held until somebody mends or releases it.
    HELD = "held"
    #: Known, and the same.
    UNCHANGED = "unchanged"
    #: Known under this reference with other content: the order that is there is held now.
    CONFLICT = "conflict"
    #: Known with other content and on a floor already: nothing changed.
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of a draft: the order's number ('' when there is none), and why it is held or was rejected."""

    number: str
    result: CaptureResult
    holds: tuple[Trouble, ...] = ()


def capture(w: "Work", drafts: Sequence[SaleDraft]) -> list[Captured]:
    """Takes the drafts in one go, one `Captured` each in their order. Locks orders that are known already."""
    raise NotImplementedError
