"""What a device can report, under one name for the rooms that may not know the wire: the fact types and reason words of the contract.

Flows write these as effects, services store them, `sync` carries them.
"""

from sync.contract.codes import ShortReason
from sync.contract.facts import (
    ExceptionAck,
    Fact,
    JobDrop,
    LabelFate,
    PackConfirm,
    PackOpen,
    PackShort,
    ParcelShip,
    ParcelWeighed,
    PickAtBin,
    PickConfirm,
    PickShort,
    PickSkip,
    PickUndo,
    ScanRefused,
    ToteBind,
)

__all__ = [
    "ExceptionAck",
    "Fact",
    "JobDrop",
    "LabelFate",
    "PackConfirm",
    "PackOpen",
    "PackShort",
    "ParcelShip",
    "ParcelWeighed",
    "PickAtBin",
    "PickConfirm",
    "PickShort",
    "PickSkip",
    "PickUndo",
    "ScanRefused",
    "ShortReason",
    "ToteBind",
]
