"""The supervisor's board. Implements `floor_port.Floor`; all but `page` ask the centre and run on the network worker."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.services.floor_lists import FloorLists
from app.services.floor_port import FloorPage
from app.services.notices import message_of
from app.services.ports import Store
from app.services.supervising import DeskCentre, R, Supervising, T
from sync.contract.board import (
    ActReply,
    ActRequest,
    BoardAct,
    BoardReply,
    BoardRequest,
    BoardTab,
    DecideCountRequest,
    PreviewReply,
    PreviewRequest,
    ReclaimPreview,
    ReclaimReason,
    ReclaimReply,
    ReclaimRequest,
    TaskReply,
)
from sync.contract.codes import Method
from sync.contract.waves import MakeWaveRequest, WaveAct, WaveActRequest, WaveReply, WavesReply, WavesRequest

#: How long the board waits for a list, and a supervisor for an act.
FETCH_S = 4.0
ACT_S = 10.0
#: A plan allocates many orders.
WAVE_S = 20.0
#: Pages of one list fetched at a stretch; a list longer than that goes on next time.
_MOST_PAGES = 60
_OF_WAVES = {
    "not_in_this_state": Code.BOARD_CHANGED,
    "orders_not_in_wave": Code.BOARD_CHANGED,
    "unknown_template": Code.BOARD_GONE,
    "already_begun": Code.WAVE_BEGUN,
    "nothing_to_release": Code.WAVE_NOTHING_FREE,
    "no_orders": Code.WAVE_EMPTY,
    "orders_not_free": Code.WAVE_ORDERS_TAKEN,
    "too_few_orders": Code.WAVE_TOO_FEW,
    "nothing_found": Code.WAVE_NOTHING_FOUND,
}


class FloorService:
    """Owns the lists as they were last fetched."""

    def __init__(self, store: Store, centre: DeskCentre) -> None:
        self._centre = centre
        self._lists = FloorLists()
        self._asks = Supervising(store, centre, self._lists.forget)

    def online(self) -> bool:
        """See the port."""
        return self._centre.online()

    def page(self, tab: BoardTab, search: str, current: str) -> Outcome[FloorPage]:
        """See the port."""
        return Outcome(tab, self._lists.page(tab, search, current))

    def fetch(self, tab: BoardTab) -> Outcome[None]:
        """See the port."""
        trouble = self._asked(lambda session: self._fetch(tab, session))
        return Outcome(tab, None, trouble if isinstance(trouble, Message) else None)

    def preview(self, device: str, job: str | None) -> Outcome[ReclaimPreview | None]:
        """See the port."""
        reply = self._asked(
            lambda session: self._post(
                "/v1/floor/reclaim/preview", PreviewRequest(session=session, device=device, job=job), PreviewReply
            )
        )
        if isinstance(reply, Message):
            return Outcome("preview", None, reply)
        return Outcome("preview", reply.preview)

    def reclaim(
        self, device: str, job: str | None, version: str, reason: ReclaimReason
    ) -> Outcome[ReclaimReply | None]:
        """See the port."""
        reply = self._asked(
            lambda session: self._post(
                "/v1/floor/reclaim",
                ReclaimRequest(session=session, device=device, job=job, version=version, reason=reason),
                ReclaimReply,
            )
        )
        if isinstance(reply, Message):
            return Outcome("reclaim", None, reply)
        if not reply.done:
            return Outcome("changed", reply, say(Code.BOARD_CHANGED))
        return Outcome("done", reply, say(Code.WORK_TAKEN_BACK, n=reply.preview.lines_back, device=reply.preview.label))

    def act(self, act: BoardAct, id: str, value: str = "", reason: str = "") -> Outcome[ActReply | None]:
        """See the port."""
        reply = self._asked(
            lambda session: self._post(
                "/v1/floor/acts", ActRequest(session=session, act=act, id=id, value=value, reason=reason), ActReply
            )
        )
        if isinstance(reply, Message):
            return Outcome("act", None, reply)
        if reply.refused is not None:
            return Outcome("refused", reply, message_of(reply.refused, {"order": "", **reply.params}))
        return Outcome("done", reply, say(Code.SAVED))

    def decide_count(self, exception: str, *, believe: bool) -> Outcome[None]:
        """See the port."""
        reply = self._asked(
            lambda session: self._post(
                "/v1/tasks/counts",
                DecideCountRequest(session=session, exception=exception, believe=believe),
                TaskReply,
            )
        )
        if isinstance(reply, Message):
            return Outcome("count", None, reply)
        if reply.reason is not None:
            return Outcome("refused", None, say(Code.BOARD_GONE))
        return Outcome("done", None, say(Code.SAVED))

    def templates(self) -> Outcome[tuple[str, ...]]:
        """See the port."""
        reply = self._asked(
            lambda session: self._post("/v1/waves/list", WavesRequest(session=session), WavesReply, FETCH_S)
        )
        if isinstance(reply, Message):
            return Outcome("templates", (), reply)
        return Outcome("templates", tuple(one.name for one in reply.templates if one.active))

    def new_wave(
        self, *, template: str | None = None, orders: tuple[str, ...] = (), method: Method = Method.CLUSTER
    ) -> Outcome[WaveReply | None]:
        """See the port. A wave of certain orders bears the first one's number."""
        more = f" +{len(orders) - 1}" if len(orders) > 1 else ""
        return self._of_wave(
            "/v1/waves/make",
            lambda session: MakeWaveRequest(
                session=session,
                template=template,
                orders=list(orders),
                method=method,
                name=f"{orders[0]}{more}" if orders else "",
            ),
        )

    def wave_act(self, wave: str, act: WaveAct, orders: tuple[str, ...] = ()) -> Outcome[WaveReply | None]:
        """See the port."""
        return self._of_wave(
            "/v1/waves/act", lambda session: WaveActRequest(session=session, wave=wave, act=act, orders=list(orders))
        )

    def _of_wave(self, path: str, body: Callable[[str], Struct]) -> Outcome[WaveReply | None]:
        reply = self._asked(lambda session: self._post(path, body(session), WaveReply, WAVE_S))
        if isinstance(reply, Message):
            return Outcome("wave", None, reply)
        if reply.reason is not None:
            code = _OF_WAVES.get(reply.reason, Code.BOARD_CHANGED)
            return Outcome("refused", reply, Message(code, dict(reply.words)))
        return Outcome("done", reply, say(Code.SAVED))

    def _post(self, path: str, body: Struct, reads: type[R], timeout_s: float = ACT_S) -> R:
        return self._centre.post(path, body, reads, timeout_s)

    def _fetch(self, tab: BoardTab, session: str) -> BoardReply:
        since = self._lists.version(tab)
        reply = self._ask(tab, session, since, "")
        if reply.restart:
            since, reply = 0, self._ask(tab, session, 0, "")
        if not reply.full:
            self._lists.change(tab, reply, getattr(reply, tab.value))
            return reply
        rows: list[Any] = list(getattr(reply, tab.value))
        page = reply
        for _ in range(_MOST_PAGES):
            if not page.next:
                break
            page = self._ask(tab, session, 0, page.next)
            rows += getattr(page, tab.value)
        self._lists.replace(tab, rows, reply.ver, page.counts)
        return reply

    def _ask(self, tab: BoardTab, session: str, since: int, after: str) -> BoardReply:
        body = BoardRequest(session=session, tab=tab, since=since, after=after)
        return self._post("/v1/floor/board", body, BoardReply, FETCH_S)

    def _asked(self, ask: Callable[[str], T]) -> T | Message:
        return self._asks.ask(ask)
