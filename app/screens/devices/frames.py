"""What stands around each page of the device set-up screen: title, prompt, acts. Pure; used by its presenter."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.core.messages import Message
from app.screens.devices.port import ROLES, DeskView, DeviceCard, Finding, FoundCard, ScanFacts
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.words import Word, named

_LEAVE = Action("leave", Word.BACK, "Esc", "back")
_UP = Action("up", Word.BACK, "Esc", "back")
_SEARCH = Action("search", Word.SEARCH_DEVICES, "F5", "search", main=True)
_BY_HAND = Action("hand", Word.BY_HAND, "F4", "keyboard")
_CHECK = Action("check", Word.CHECK_COMPUTER, "F6", "check")
_CHECK_RIGHTS = replace(_CHECK, key="F3", main=True)
_RESTORE = Action("restore", Word.UNDO, "F8", "undo")
_TEST = Action("print", Word.PRINT_TEST, "F5", "printer", main=True)
_YES = Action("yes", Word.CAME_OUT, "F2", "check", main=True)
_NO = Action("no", Word.DID_NOT_COME_OUT, "F3", "cross")
_ZERO = Action("zero", Word.ZERO_SCALE, "F2", "scale", main=True)
_RETRY = Action("retry", Word.RETRY, "F6", "undo")
_ROLE = Action("role", Word.CHANGE_ROLE, "F7", "arrow")
_SPEAK = Action("language", Word.CHANGE_LANGUAGE, "0", "arrow")
_REMOVE = Action("remove", Word.REMOVE_DEVICE, "F4", "cross")
_SAVE = Action("save", Word.SAVE_TRAFFIC, "F8", "orders")
_STOP = Action("stop", Word.STOP_ASKING, "F2", "skip", main=True)
_AGAIN = Action("again", Word.CHECK_AGAIN, "F5", "undo", main=True)

_PROMPTS = {
    "scanner": Word.SCAN_ANYTHING,
    "scale": Word.PUT_ANYTHING,
    "label-printer": Word.PRINT_A_TEST,
    "paper-printer": Word.PAPERS_COME_OUT,
}
#: States of a test label in which a person can look whether it came out.
ASKED = ("printed", "unsure")
ROLE_WORDS = {
    "scanner": Word.SCANNER,
    "scale": Word.SCALE,
    "label-printer": Word.LABEL_PRINTER,
    "paper-printer": Word.PAPER_PRINTER,
}


@dataclass(frozen=True, slots=True)
class DevicesState:
    """What the device set-up screen draws. `page` is `list`, `device`, `role`, `speak`, `type` or `check`.

    `device` is the one in use that is open, `candidate` one that is to get a role; `verdict` what the person said of the test label.
    """

    frame: Frame
    page: str
    view: DeskView | None = None
    device: DeviceCard | None = None
    candidate: FoundCard | None = None
    scan: ScanFacts | None = None
    verdict: str = ""
    findings: tuple[Finding, ...] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the presenter stands: all that a frame is made of."""

    page: str
    view: DeskView | None
    device: DeviceCard | None
    candidate: FoundCard | None
    verdict: str
    may_change: bool
    can_restore: bool
    busy: Word | None
    refusal: Message | None


def frame_of(now: Standing) -> Frame:
    """The frame of the page that is open."""
    title, prompt, actions, choices, leave = _PAGES[now.page](now)
    return Frame(
        title=title,
        prompt=prompt,
        actions=actions,
        choices=choices,
        refusal=Refusal(now.refusal) if now.refusal else None,
        busy=phrase(now.busy) if now.busy else None,
        help=(Word.HELP_DEVICES, Word.HELP_DEVICES_TEST),
        leave=leave,
    )


_Parts = tuple[Phrase, Message | Phrase, tuple[Action, ...], tuple[Action, ...], str]


def _list(now: Standing) -> _Parts:
    view = now.view or DeskView()
    empty = not any(not d.fixed for d in view.devices) and not view.found
    prompt = Word.DEVICES_PROMPT_NONE if empty else Word.DEVICES_PROMPT
    change = (_BY_HAND,) if now.may_change else ()
    undo = (_RESTORE,) if now.can_restore and now.may_change else ()
    return phrase(Word.DEVICES), phrase(prompt), (*undo, _SEARCH, _LEAVE, *change, _CHECK), doors(view), "leave"


def doors(view: DeskView) -> tuple[Action, ...]:
    """What opens a device: the first nine have a key each."""
    intents = [f"open:{d.key}" for d in view.devices] + [f"found:{f.key}" for f in view.found]
    return tuple(Action(intent, Word.DEVICES, str(n) if n < 10 else "") for n, intent in enumerate(intents, start=1))


def _device(now: Standing) -> _Parts:
    card = now.device
    if card is None:
        return _list(now)
    asked = card.role == "label-printer" and card.test in ASKED and not now.verdict
    prompt: Message | Phrase = phrase(_PROMPTS.get(card.role, Word.SCAN_ANYTHING))
    if card.trouble is not None and card.link == "trouble":
        prompt = card.trouble
    elif card.link == "starting":
        prompt = phrase(Word.DEVICE_STARTING)
    elif asked:
        prompt = phrase(Word.DID_IT_COME_OUT)
    test = {"scale": (_ZERO,), "label-printer": (_YES, _NO) if asked else (_TEST,)}.get(card.role, ())
    own = () if card.fixed else (_SAVE,)
    speak = (_SPEAK,) if card.dialects else ()
    change = (_ROLE, *speak, _REMOVE) if now.may_change and not card.fixed else ()
    retry = (_RETRY,) if card.link == "trouble" else ()
    # What helps now and the way back are in sight, the rest is behind "More" where there is little room.
    mends = _mending(card, now.may_change)
    first = mends or retry or test
    later = tuple(act for act in (*retry, *test) if act not in first)
    title = phrase(Word.KEYBOARD_SCANNER) if card.fixed else phrase(Word.DEVICE_NAMED, name=card.name)
    rest = tuple(act for act in (*later, *change, *own) if act not in first)
    return title, prompt, (*first, _UP, *rest), doors(now.view or DeskView()), "up"


def _mending(card: DeviceCard, may_change: bool) -> tuple[Action, ...]:
    """The act of this screen that helps against what is wrong, if one does."""
    helps = str(card.trouble.words.get("help", "")) if card.trouble and card.link == "trouble" else ""
    if helps.startswith("join"):
        return (_CHECK_RIGHTS,)
    return (_SPEAK,) if helps == "dialect" and card.dialects and may_change else ()


def _role(now: Standing) -> _Parts:
    name = now.candidate.name if now.candidate else now.device.name if now.device else ""
    takes = tuple(
        Action(f"take:{role}", ROLE_WORDS[role], str(n), _ICONS[role]) for n, role in enumerate(ROLES, start=1)
    )
    return phrase(Word.DEVICE_NAMED, name=name), phrase(Word.WHAT_IS_IT_FOR), (_UP,), takes, "up"


def _speak(now: Standing) -> _Parts:
    card = now.device
    if card is None:
        return _list(now)
    tongues = tuple(
        Action(f"speak:{dialect}", Word.CHANGE_LANGUAGE, str(n) if n < 10 else "")
        for n, dialect in enumerate(card.dialects, start=1)
    )
    return phrase(Word.DEVICE_NAMED, name=card.name), phrase(Word.WHAT_DOES_IT_SPEAK), (_UP,), tongues, "up"


def _type(now: Standing) -> _Parts:
    acts = (_STOP, _UP) if now.busy else (_UP,)
    return phrase(Word.BY_HAND), phrase(Word.TYPE_ADDRESS), acts, (), "up"


def _check(now: Standing) -> _Parts:
    return phrase(Word.CHECK_COMPUTER), phrase(Word.CHECK_PROMPT), (_AGAIN, _UP), doors(now.view or DeskView()), "up"


_ICONS = {"scanner": "scan", "scale": "scale", "label-printer": "printer", "paper-printer": "printer"}
_PAGES = {"list": _list, "device": _device, "role": _role, "speak": _speak, "type": _type, "check": _check}


def icon_of_role(role: str) -> str:
    """The icon of a role; of a device without one, a question."""
    return _ICONS.get(role, "help")


def word_of_weight(state: str) -> Word:
    """How a scale is, in words; a state nobody has words for is "not ready"."""
    return named("weighs", state) or Word.WEIGHS_BUSY
