"""Plans of a wave, the floor they are drawn on, and the rescue of a wave that runs. Implements `plans_port.Plans`."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.services.floor_drawing import FloorDrawing, prepared
from app.services.ports import Store
from app.services.supervising import DeskCentre, Supervising
from sync.contract.plans import (
    FloorMapReply,
    FloorMapRequest,
    MakePlanRequest,
    PlanAsked,
    PlanOutcomeReply,
    PlanReply,
    PlanRequest,
    PlanRow,
    PlansAgainstReply,
    PlansAgainstRequest,
    PlansReply,
    PlansRequest,
)
from sync.contract.rescue import Move, MoveKind, Rescue, RescueActReply, RescueActRequest, RescueReply, RescueRequest
from sync.contract.waves import WaveAct, WaveActRequest, WaveReply

#: How long somebody waits for a list, for an act, and for work to be made of a plan.
LOOK_S: Final = 6.0
ACT_S: Final = 10.0
APPLY_S: Final = 30.0
_REFUSED: Final[Mapping[str, Code]] = {
    "no_orders": Code.WAVE_EMPTY,
    "nothing_to_release": Code.WAVE_NOTHING_FREE,
    "orders_not_free": Code.WAVE_NOTHING_FREE,
    "already_begun": Code.WAVE_BEGUN,
    "too_many_waiting": Code.PLAN_TOO_MANY,
}


class PlansService:
    """Owns the floor as it was last fetched."""

    def __init__(self, store: Store, centre: DeskCentre) -> None:
        self._centre = centre
        self._drawing: FloorDrawing | None = None
        self._asks = Supervising(store, centre, self._forget)

    def _forget(self) -> None:
        self._drawing = None

    def online(self) -> bool:
        """See the port."""
        return self._centre.online()

    def plans(self, wave: str) -> Outcome[tuple[PlanRow, ...]]:
        """See the port."""
        reply = self._asks.ask(
            lambda session: self._centre.post(
                "/v1/plans/list", PlansRequest(session=session, wave=wave), PlansReply, LOOK_S
            )
        )
        return Outcome("plans", (), reply) if isinstance(reply, Message) else Outcome("plans", tuple(reply.plans))

    def make(self, wave: str, asked: PlanAsked) -> Outcome[PlanRow | None]:
        """See the port."""
        return self._of_plan("/v1/plans", lambda session: MakePlanRequest(session=session, wave=wave, asked=asked))

    def look(self, plan: str) -> Outcome[PlanRow | None]:
        """See the port."""
        return self._of_plan("/v1/plans/look", lambda session: PlanRequest(session=session, plan=plan), LOOK_S)

    def cancel(self, plan: str) -> Outcome[PlanRow | None]:
        """See the port."""
        return self._of_plan("/v1/plans/cancel", lambda session: PlanRequest(session=session, plan=plan))

    def apply(self, plan: str) -> Outcome[PlanRow | None]:
        """See the port."""
        done = self._of_plan("/v1/plans/apply", lambda session: PlanRequest(session=session, plan=plan), APPLY_S)
        if done.message is not None or done.view is None or done.view.applied is None:
            return done
        used = done.view.applied
        if used.left_out:
            return Outcome("done", done.view, say(Code.PLAN_USED_PARTLY, n=len(used.left_out), jobs=used.jobs))
        return Outcome("done", done.view, say(Code.PLAN_USED, n=used.jobs))

    def against(self, one: str, other: str) -> Outcome[PlansAgainstReply | None]:
        """See the port."""
        reply = self._asks.ask(
            lambda session: self._centre.post(
                "/v1/plans/against",
                PlansAgainstRequest(session=session, one=one, other=other),
                PlansAgainstReply,
                LOOK_S,
            )
        )
        return Outcome("against", None, reply) if isinstance(reply, Message) else Outcome("against", reply)

    def outcome(self, plan: str) -> Outcome[PlanOutcomeReply | None]:
        """See the port."""
        reply = self._asks.ask(
            lambda session: self._centre.post(
                "/v1/plans/outcome", PlanRequest(session=session, plan=plan), PlanOutcomeReply, LOOK_S
            )
        )
        return Outcome("outcome", None, reply) if isinstance(reply, Message) else Outcome("outcome", reply)

    def floor(self) -> Outcome[FloorDrawing]:
        """See the port."""
        reply = self._asks.ask(
            lambda session: self._centre.post("/v1/floor/map", FloorMapRequest(session=session), FloorMapReply, ACT_S)
        )
        if isinstance(reply, Message):
            return Outcome("floor", self._drawing or FloorDrawing(), reply)
        self._drawing = prepared(reply)
        return Outcome("floor", self._drawing)

    def rescue(self, wave: str) -> Outcome[Rescue | None]:
        """See the port."""
        reply = self._asks.ask(
            lambda session: self._centre.post(
                "/v1/waves/rescue", RescueRequest(session=session, wave=wave), RescueReply, ACT_S
            )
        )
        return Outcome("rescue", None, reply) if isinstance(reply, Message) else Outcome("rescue", reply.rescue)

    def move(self, wave: str, move: Move) -> Outcome[None]:
        """See the port."""
        return self._pull(wave, move.orders) if move.kind is MoveKind.PULL else self._send(wave, move)

    def _pull(self, wave: str, orders: list[str]) -> Outcome[None]:
        reply = self._asks.ask(
            lambda session: self._centre.post(
                "/v1/waves/act",
                WaveActRequest(session=session, wave=wave, act=WaveAct.PULL, orders=orders),
                WaveReply,
                ACT_S,
            )
        )
        if isinstance(reply, Message):
            return Outcome("move", None, reply)
        if reply.reason is not None:
            return Outcome("refused", None, say(_REFUSED.get(reply.reason, Code.BOARD_CHANGED)))
        return Outcome("done", None, say(Code.SAVED))

    def _send(self, wave: str, move: Move) -> Outcome[None]:
        reply = self._asks.ask(
            lambda session: self._centre.post(
                "/v1/waves/rescue/act",
                RescueActRequest(
                    session=session, wave=wave, move=move.kind, orders=move.orders, to_service=move.to_service
                ),
                RescueActReply,
                ACT_S,
            )
        )
        if isinstance(reply, Message):
            return Outcome("move", None, reply)
        if reply.refused:
            return Outcome("refused", None, say(Code.RESCUE_REFUSED, n=len(reply.refused)))
        return Outcome("done", None, say(Code.SAVED))

    def _of_plan(self, path: str, body: Callable[[str], Struct], timeout_s: float = ACT_S) -> Outcome[PlanRow | None]:
        reply = self._asks.ask(lambda session: self._centre.post(path, body(session), PlanReply, timeout_s))
        if isinstance(reply, Message):
            return Outcome("plan", None, reply)
        if reply.reason is not None:
            return Outcome("refused", reply.plan, say(_REFUSED.get(reply.reason, Code.BOARD_CHANGED)))
        return Outcome("done", reply.plan)
