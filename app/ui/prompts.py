"""Which icon stands beside which prompt."""

from __future__ import annotations

from app.core.messages import Code, Message
from app.screens.frame import Phrase
from app.screens.words import Vocabulary, Word

_ICONS: dict[Code, str] = {
    Code.SCAN_BADGE: "badge",
    Code.ENTER_PIN: "dialpad",
    Code.CHOOSE_SHORT_REASON: "hand",
    Code.WHY_ASIDE: "hand",
    Code.REOPEN_WHY: "hand",
    Code.WAIT_FOR_GOODS: "start",
    Code.TAKE_NEXT_WORK: "start",
    Code.NO_WORK: "empty",
    Code.NO_WORK_OFFLINE: "away",
    Code.CHOOSE_CARTON: "box",
    Code.PUT_ON_SCALE: "scale",
    Code.WAIT_FOR_STEADY: "scale",
    Code.WAIT_FOR_LABEL: "printer",
    Code.LABEL_PENDING: "away",
    Code.LABEL_PROBLEM: "triangle",
    Code.LABEL_UNSURE_ASK: "printer",
    Code.LABEL_FAILED: "printer",
    Code.PRINTER_OUT_OF_LABELS: "printer",
    Code.PRINTER_OPEN: "printer",
    Code.PRINTER_PAUSED: "printer",
    Code.PRINTER_OUT_OF_RIBBON: "printer",
    Code.CHOOSE_ORDERS: "orders",
    Code.PAIR_DEVICE: "link",
    Code.DEVICE_FAULT: "triangle",
    Code.DEVICES_DARK: "triangle",
    Code.ALL_PICKED: "check",
    Code.SCAN_LANE: "lane",
}

_OF_WORDS: dict[Vocabulary, str] = {
    Word.DEVICES_PROMPT: "scan",
    Word.SCAN_ANYTHING: "scan",
    Word.PUT_ANYTHING: "scale",
    Word.PRINT_A_TEST: "printer",
    Word.DID_IT_COME_OUT: "printer",
    Word.DEVICE_STARTING: "link",
    Word.DEVICES_PROMPT_NONE: "link",
    Word.WHAT_IS_IT_FOR: "help",
    Word.WHAT_DOES_IT_SPEAK: "help",
    Word.TYPE_ADDRESS: "keyboard",
    Word.CHECK_PROMPT: "settings",
}


def icon_of(prompt: Message | Phrase) -> str:
    """The icon of a prompt: a scan frame or a hand unless something else is to be done."""
    if isinstance(prompt, Message):
        return _ICONS.get(prompt.code, "scan")
    return _OF_WORDS.get(prompt.word, "hand")


def tone_of(prompt: Message | Phrase) -> str:
    """The colour token of a prompt: blue, or the tone of trouble that stands where the prompt stands."""
    if isinstance(prompt, Message) and prompt.look.tone in ("warn", "bad", "good"):
        return str(prompt.look.tone)
    return "ask"
