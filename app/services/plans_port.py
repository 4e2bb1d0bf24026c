"""What the screen of plans may ask, and what it is given. Implemented by `app.services.plans`."""

from typing import Protocol

from app.core.outcome import Outcome
from app.services.floor_drawing import FloorDrawing
from sync.contract.plans import (
    Because,
    Compared,
    CurvePoint,
    Happened,
    LateOrder,
    PlanApplied,
    PlanAsked,
    PlanBatch,
    PlanForecast,
    PlanOutcomeReply,
    PlanResult,
    PlanRow,
    PlansAgainstReply,
    PlanState,
    PlanStop,
    PlanWhy,
)
from sync.contract.rescue import Doomed, Move, MoveKind, Rescue

#: What a presenter may speak of without knowing the wire.
__all__ = [
    "Because",
    "Compared",
    "CurvePoint",
    "Doomed",
    "FloorDrawing",
    "Happened",
    "LateOrder",
    "Move",
    "MoveKind",
    "PlanApplied",
    "PlanAsked",
    "PlanBatch",
    "PlanForecast",
    "PlanOutcomeReply",
    "PlanResult",
    "PlanRow",
    "PlanState",
    "PlanStop",
    "PlanWhy",
    "Plans",
    "PlansAgainstReply",
    "Rescue",
]


class Plans(Protocol):
    """Plans of one wave, and its rescue while it runs. All but `online` ask the centre and run on the network worker."""

    def online(self) -> bool:
        """Whether the centre answered last time."""

    def plans(self, wave: str) -> Outcome[tuple[PlanRow, ...]]:
        """The plans of a wave, the newest first, without their results."""

    def make(self, wave: str, asked: PlanAsked) -> Outcome[PlanRow | None]:
        """Asks for a plan; it is thought out at the centre."""

    def look(self, plan: str) -> Outcome[PlanRow | None]:
        """How far a plan is; with its result when it is done."""

    def cancel(self, plan: str) -> Outcome[PlanRow | None]:
        """Stops thinking."""

    def apply(self, plan: str) -> Outcome[PlanRow | None]:
        """Makes the wave's work as planned; what could not be is in `applied.left_out`."""

    def against(self, one: str, other: str) -> Outcome[PlansAgainstReply | None]:
        """Two plans figure by figure."""

    def outcome(self, plan: str) -> Outcome[PlanOutcomeReply | None]:
        """What a plan foresaw beside what happened."""

    def floor(self) -> Outcome[FloorDrawing]:
        """The floor, ready to be drawn; as last known where the centre does not answer."""

    def rescue(self, wave: str) -> Outcome[Rescue | None]:
        """A running wave as it will end, with what can be done."""

    def move(self, wave: str, move: Move) -> Outcome[None]:
        """Does one of the moves."""
