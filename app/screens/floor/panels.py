"""What stands beside the list of the board: a row with what can be done about it, or a question that an act asks first. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.screens.frame import Action
from app.screens.words import Word
from app.services.floor_port import Row
from sync.contract.board import (
    BoardAct,
    BoardTab,
    DeviceLine,
    DeviceState,
    ExceptionLine,
    JobLine,
    ReclaimPreview,
    ReclaimReason,
    SettleReason,
)

REASONS: dict[str, Word] = {
    ReclaimReason.NO_CONTACT: Word.TAKEN_NO_CONTACT,
    ReclaimReason.BATTERY_FLAT: Word.TAKEN_BATTERY_FLAT,
    ReclaimReason.LOST_OR_BROKEN: Word.TAKEN_LOST_OR_BROKEN,
    ReclaimReason.PERSON_GONE: Word.TAKEN_PERSON_GONE,
    ReclaimReason.NEEDED_ELSEWHERE: Word.TAKEN_NEEDED_ELSEWHERE,
}
SETTLED: dict[str, Word] = {
    SettleReason.DONE: Word.SETTLED_DONE,
    SettleReason.NOT_NEEDED: Word.SETTLED_NOT_NEEDED,
    SettleReason.MISTAKE: Word.SETTLED_MISTAKE,
}
_OF_EXCEPTION: dict[str, tuple[str, Word]] = {
    BoardAct.APPROVE: ("approve", Word.APPROVE_SHORT),
    BoardAct.WITHDRAW: ("withdraw", Word.WITHDRAW_APPROVAL),
    BoardAct.REALLOCATE: ("reallocate", Word.PICK_ELSEWHERE),
    BoardAct.RESOLVE: ("settle", Word.SETTLE),
}
TABS: dict[BoardTab, Word] = {
    BoardTab.EXCEPTIONS: Word.TAB_EXCEPTIONS,
    BoardTab.DEVICES: Word.TAB_DEVICES,
    BoardTab.JOBS: Word.TAB_JOBS,
    BoardTab.PEOPLE: Word.TAB_PEOPLE,
    BoardTab.WAVES: Word.TAB_WAVES,
}
#: Most answers that have a key.
_KEYS = 9
URGENT, USUAL = 1, 3


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question; `text` where it is a name and no word."""

    intent: str
    word: Word
    text: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside the list. `kind`: `row`, or a question: `one_job`, `reclaim` (the consequences), `why` (the reason, which does
    it), `give`, `pull`, `settle`. `changed`: the consequences are not those that were confirmed."""

    kind: str = "row"
    preview: ReclaimPreview | None = None
    job: str | None = None
    changed: bool = False
    options: tuple[Option, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether an answer is waited for."""
        return self.kind != "row"


def acts_of(row: Row | None) -> tuple[Action, ...]:
    """What can be done about a row, the likeliest first."""
    match row:
        case DeviceLine(jobs=[_, *more], state=state):
            take = Action("reclaim", Word.TAKE_BACK, "F5", "undo", main=state is not DeviceState.LIVE)
            one = Action("one_job", Word.TAKE_BACK_ONE, "F6")
            return (take, one) if more else (take,)
        case JobLine():
            return _of_job(row)
        case ExceptionLine(acts=acts):
            known = [_OF_EXCEPTION[act] for act in acts if act in _OF_EXCEPTION]
            return tuple(Action(intent, word, f"F{5 + i}", main=not i) for i, (intent, word) in enumerate(known))
    return ()


def _of_job(job: JobLine) -> tuple[Action, ...]:
    urgent = Action("first", Word.GO_FIRST, "F5")
    usual = Action("usual", Word.GO_AS_USUAL, "F5")
    acts = [usual if job.priority == URGENT else urgent, Action("give", Word.GIVE_TO, "F6")]
    if job.order_count > 1:
        acts.append(Action("pull", Word.PULL_OUT, "F7"))
    if job.device_id:
        acts.append(Action("reclaim", Word.TAKE_BACK, "F4", "undo"))
    return tuple(acts)


def reclaim_options() -> tuple[Option, ...]:
    """Why work is taken back."""
    return tuple(Option(f"reason:{reason}", word) for reason, word in REASONS.items())


def settle_options(row: Row | None) -> tuple[Option, ...]:
    """Why a thing is settled; a put-back only by being done."""
    only_done = isinstance(row, ExceptionLine) and row.kind == "put_back"
    return tuple(
        Option(f"settle:{reason}", word)
        for reason, word in SETTLED.items()
        if reason == SettleReason.DONE or not only_done
    )


def job_options(device: DeviceLine) -> tuple[Option, ...]:
    """Which job of a device."""
    return tuple(
        Option(f"one_job:{job.job}", Word.ORDER_NO, ", ".join(job.orders[:3]) or job.tote or job.job)
        for job in device.jobs[:_KEYS]
    )


def order_options(job: JobLine) -> tuple[Option, ...]:
    """Which order of a job."""
    return tuple(Option(f"pull:{order}", Word.ORDER_NO, order) for order in job.orders[:_KEYS])


def keyed(options: tuple[Option, ...]) -> tuple[Action, ...]:
    """The options as acts with the keys 1 to 9."""
    return tuple(
        Action(option.intent, option.word, str(i) if i <= _KEYS else "") for i, option in enumerate(options, 1)
    )
