"""How the handlers of the floor's facts answer, and the words they share."""

from oms.feed.ports import APPLIED, Credit
from oms.picking.rules import Verdict
from oms.picking.scene import Scene, TaskScene
from sync.contract.codes import Outcome
from sync.contract.wire import Notice

_LATE = Credit(Outcome.APPLIED_LATE, Notice(action="applied_late"))
#: Kept as said; it came too late, or from somebody else, to change anything that a person must know of.
STORED_LATE = Credit(Outcome.APPLIED_LATE)


def credited(verdict: Verdict) -> Credit:
    """The answer to a fact that counts."""
    return _LATE if verdict.outcome is Outcome.APPLIED_LATE else APPLIED


def lot_of(lot: str | None, scene: TaskScene | None) -> str:
    """The lot that moved: the one that was read, else the one that was asked for."""
    return lot or (scene.item.lot if scene else "")


def order_no_of(scene: Scene | None) -> str | None:
    """The order an item works for."""
    return scene.order.number if scene else None
