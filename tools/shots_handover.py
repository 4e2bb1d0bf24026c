"""Moments of handing work from device to device, for the pictures. Used by `tools.shots` and `tools.shots_data`."""

from __future__ import annotations

from typing import Any

from app.core.handover import HandOverView, Picture, split
from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.views import JobCard
from app.wiring.handover import draw_symbol

JOBS = (
    JobCard("j1", "50231", 6, 14, True, "T-0417", ("vip",), "2026-11-22T16:00"),
    JobCard("j2", "50244", 2, 3, False, None, ("gift",), "2026-11-22T16:00"),
)
#: Bytes that do not repeat, as those of a packed hand-over.
_TEXTS = split(bytes((n * n * 31 + n * 7) % 251 for n in range(5600)))

START = HandOverView("start", say(Code.HAND_OVER_START), jobs=JOBS, waiting=12, unconfirmed=True)
EMPTY = HandOverView("start", say(Code.HAND_OVER_START))
SHOW = HandOverView("show", say(Code.HAND_OVER_SHOW), count=len(_TEXTS), whole=_TEXTS[0][:12], minutes=11)
SHOW_LATE = HandOverView("show", say(Code.HAND_OVER_SHOW), count=len(_TEXTS), whole=_TEXTS[0][:12])
GIVEN = HandOverView("given", say(Code.HAND_OVER_CONFIRMED))
TAKE = HandOverView("take", say(Code.HAND_OVER_TAKE))
TAKING = HandOverView("take", say(Code.HAND_OVER_TAKE), count=31, have=16, missing=(2, 5, 6, 9, *range(20, 31)))
TAKEN = HandOverView(
    "taken", say(Code.HAND_OVER_CODE), code="471903", receipt=draw_symbol("FHXR471903"), giver="Handheld 7", minutes=11
)


class CannedHandOver:
    """A hand-over that stands as the moment says, whatever is done."""

    def __init__(self, canned: Any) -> None:
        self._canned = canned

    def picture(self, number: int) -> Picture | None:
        """See the port."""
        return Picture(number, draw_symbol(_TEXTS[number]))

    def __getattr__(self, _name: str) -> Any:
        return self._answer

    def _answer(self, *_args: object) -> Outcome[HandOverView]:
        moment = self._canned.moment
        view = moment.view if isinstance(moment.view, HandOverView) else EMPTY
        return Outcome(view.page, view, moment.message)
