"""What stands beside the list of the board: a row with what can be done about it, or a question that an act asks first. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.screens.floor.words import FloorWord
from app.screens.frame import Action
from app.screens.plans.words import PlansWord
from app.screens.words import Vocabulary, Word
from app.services.floor_port import Row
from sync.contract.board import (
    BoardAct,
    BoardCounts,
    BoardTab,
    DeviceLine,
    DeviceState,
    ExceptionLine,
    JobLine,
    ReclaimPreview,
    ReclaimReason,
    SettleReason,
)
from sync.contract.codes import JobState, Method
from sync.contract.waves import WaveAct, WaveRow

REASONS: dict[str, Vocabulary] = {
    ReclaimReason.NO_CONTACT: FloorWord.TAKEN_NO_CONTACT,
    ReclaimReason.BATTERY_FLAT: FloorWord.TAKEN_BATTERY_FLAT,
    ReclaimReason.LOST_OR_BROKEN: FloorWord.TAKEN_LOST_OR_BROKEN,
    ReclaimReason.PERSON_GONE: FloorWord.TAKEN_PERSON_GONE,
    ReclaimReason.NEEDED_ELSEWHERE: FloorWord.TAKEN_NEEDED_ELSEWHERE,
}
SETTLED: dict[str, Vocabulary] = {
    SettleReason.DONE: FloorWord.SETTLED_DONE,
    SettleReason.NOT_NEEDED: FloorWord.SETTLED_NOT_NEEDED,
    SettleReason.MISTAKE: FloorWord.SETTLED_MISTAKE,
}
_OF_EXCEPTION: dict[str, tuple[str, Vocabulary]] = {
    BoardAct.APPROVE: ("approve", FloorWord.APPROVE_SHORT),
    BoardAct.WITHDRAW: ("withdraw", FloorWord.WITHDRAW_APPROVAL),
    BoardAct.REALLOCATE: ("reallocate", FloorWord.PICK_ELSEWHERE),
    BoardAct.SUBSTITUTE: ("substitute", FloorWord.TAKE_SOMETHING_ELSE),
    BoardAct.RESOLVE: ("settle", FloorWord.SETTLE),
}
TABS: dict[BoardTab, Vocabulary] = {
    BoardTab.EXCEPTIONS: FloorWord.TAB_EXCEPTIONS,
    BoardTab.DEVICES: FloorWord.TAB_DEVICES,
    BoardTab.JOBS: FloorWord.TAB_JOBS,
    BoardTab.PEOPLE: FloorWord.TAB_PEOPLE,
    BoardTab.PLANNED: FloorWord.TAB_PLANNED,
    BoardTab.WAVES: FloorWord.TAB_WAVES,
}
#: What is done to a wave: the likeliest in each state is a button of its own, the others stand behind "More".
WAVE_ACTS: dict[str, Vocabulary] = {
    WaveAct.RELEASE: Word.RELEASE,
    WaveAct.RESUME: FloorWord.WAVE_ACT_RESUME,
    WaveAct.PLAN: FloorWord.WAVE_ACT_PLAN,
    WaveAct.REPLAN_SHORTS: FloorWord.WAVE_ACT_REPLAN_SHORTS,
    WaveAct.PULL: FloorWord.PULL_OUT,
    WaveAct.HOLD: FloorWord.WAVE_ACT_HOLD,
    WaveAct.PAUSE: FloorWord.WAVE_ACT_PAUSE,
    WaveAct.UNDO: FloorWord.WAVE_ACT_UNDO,
    WaveAct.ADD: FloorWord.WAVE_ACT_ADD,
    WaveAct.CANCEL: FloorWord.WAVE_ACT_CANCEL,
}
_LIKELIEST = (WaveAct.RELEASE, WaveAct.RESUME, WaveAct.PLAN, WaveAct.PAUSE)
WAYS: dict[Method, Vocabulary] = {
    Method.CLUSTER: FloorWord.WAY_CLUSTER,
    Method.WALL: FloorWord.WAY_PUT_WALL,
    Method.SINGLE: FloorWord.WAY_SINGLE_ORDER,
    Method.LEGS: FloorWord.WAY_LEGS,
    Method.ZONES: FloorWord.WAY_ZONES,
}
_ZONES = Action("zones", FloorWord.ZONES, "F5")
_NEW_WAVE = Action("new_wave", FloorWord.NEW_WAVE, "F7")
#: An act of the centre's that this board leaves to what is made of it: a count that differs is booked or repeated.
_RECOUNT = "recount_differs"
#: What each kind of panel asks.
QUESTIONS: dict[str, Vocabulary] = {
    "reclaim": FloorWord.READ_AND_CONFIRM,
    "why": FloorWord.WHY_TAKE_BACK,
    "one_job": FloorWord.WHICH_JOB,
    "give": FloorWord.GIVE_TO_WHOM,
    "pull": FloorWord.WHICH_ORDER,
    "settle": FloorWord.HOW_SETTLED,
    "wave_more": FloorWord.WHAT_WITH_WAVE,
    "wave_pull": FloorWord.WHICH_ORDER,
    "wave_cancel": FloorWord.READ_AND_CONFIRM,
    "new_wave": FloorWord.HOW_NEW_WAVE,
    "zones": FloorWord.WHICH_ZONE,
}
#: Most answers that have a key.
_KEYS = 9
URGENT, USUAL = 1, 3


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question; `text` where it is a name and no word."""

    intent: str
    word: Vocabulary
    text: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside the list. `kind`: `row`, or a question: `one_job`, `reclaim` (the consequences), `why` (the reason, which does
    it), `give`, `pull`, `settle`, `wave_more`, `wave_pull`, `wave_cancel` (the consequences),
    `new_wave` (of `orders`), `zones`. `changed`: the consequences are not those that were confirmed."""

    kind: str = "row"
    preview: ReclaimPreview | None = None
    job: str | None = None
    changed: bool = False
    options: tuple[Option, ...] = ()
    orders: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether an answer is waited for."""
        return self.kind != "row"


def acts_of(row: Row | None, tab: BoardTab) -> tuple[Action, ...]:
    """What can be done about a row, the likeliest first."""
    match row:
        case DeviceLine(jobs=[_, *more], state=state):
            take = Action("reclaim", FloorWord.TAKE_BACK, "F5", "undo", main=state is not DeviceState.LIVE)
            one = Action("one_job", FloorWord.TAKE_BACK_ONE, "F6")
            return (take, one) if more else (take,)
        case JobLine(state=state):
            return _of_job(row) if state != JobState.WAITING else ()
        case ExceptionLine(kind=kind) if kind == _RECOUNT:
            return (
                Action("believe", FloorWord.BELIEVE_COUNT, "F5", main=True),
                Action("recount", FloorWord.COUNT_ONCE_MORE, "F6"),
            )
        case WaveRow():
            return _of_wave(row)
        case ExceptionLine(acts=acts):
            known = [_OF_EXCEPTION[act] for act in acts if act in _OF_EXCEPTION]
            return tuple(Action(intent, word, f"F{5 + i}", main=not i) for i, (intent, word) in enumerate(known))
    if tab is BoardTab.PEOPLE:
        return (_ZONES,)
    return (_NEW_WAVE,) if tab is BoardTab.PLANNED else ()


def _of_wave(wave: WaveRow) -> tuple[Action, ...]:
    first = next((act for act in _LIKELIEST if act in wave.acts), None)
    acts = []
    if first is not None:
        acts.append(Action(f"wave:{first}", WAVE_ACTS[first], "F5", main=first is not WaveAct.PAUSE))
    if any(act != first for act in wave.acts):
        acts.append(Action("wave_more", FloorWord.WAVE_MORE, "F6"))
    return (*acts, _NEW_WAVE)


def plans_act(wave: WaveRow) -> Action:
    """Where its walks are planned, and saved once it runs."""
    return Action("plans", PlansWord.OPEN if wave.released_at is None else PlansWord.OPEN_RUNNING, "F8")


def wave_options(wave: WaveRow, *, searched: bool) -> tuple[Option, ...]:
    """What else can be done to a wave; orders are added only when some are searched for."""
    first = next((act for act in _LIKELIEST if act in wave.acts), None)
    return tuple(
        Option(f"wave:{act}", word)
        for act, word in WAVE_ACTS.items()
        if act in wave.acts and act != first and (act != WaveAct.ADD or searched)
    )


def wave_order_options(wave: WaveRow, searched: tuple[str, ...]) -> tuple[Option, ...]:
    """Which order of a wave; those searched for on top, for there may be many."""
    wanted = sorted(wave.orders, key=lambda order: not any(word.casefold() in order.casefold() for word in searched))
    return tuple(Option(f"wave_pull:{order}", Word.ORDER_NO, order) for order in wanted[:_KEYS])


def new_wave_options(templates: tuple[str, ...], orders: tuple[str, ...]) -> tuple[Option, ...]:
    """In which way certain orders are picked, or else by which template a wave is made."""
    if orders:
        return tuple(Option(f"of_orders:{method}", word) for method, word in WAYS.items())
    return tuple(Option(f"template:{i}", FloorWord.NEW_WAVE, name) for i, name in enumerate(templates[:_KEYS]))


def _of_job(job: JobLine) -> tuple[Action, ...]:
    urgent = Action("first", FloorWord.GO_FIRST, "F5")
    usual = Action("usual", FloorWord.GO_AS_USUAL, "F5")
    acts = [usual if job.priority == URGENT else urgent, Action("give", FloorWord.GIVE_TO, "F6")]
    if job.order_count > 1:
        acts.append(Action("pull", FloorWord.PULL_OUT, "F7"))
    if job.device_id:
        acts.append(Action("reclaim", FloorWord.TAKE_BACK, "F4", "undo"))
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


def zone_options(counts: BoardCounts) -> tuple[Option, ...]:
    """Stopped zones can be started, the others stopped."""
    return tuple(
        Option(f"start_zone:{zone}", FloorWord.START_ZONE, zone)
        if zone in counts.stopped
        else Option(f"stop_zone:{zone}", FloorWord.STOP_ZONE, zone)
        for zone in counts.zones
    )


def keyed(options: tuple[Option, ...]) -> tuple[Action, ...]:
    """The options as acts with the keys 1 to 9."""
    return tuple(
        Action(option.intent, option.word, str(i) if i <= _KEYS else "") for i, option in enumerate(options, 1)
    )
