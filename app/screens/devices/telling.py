"""What the device set-up screen says about a device, in the words of the person: the lines of its cards. Used by its view only."""

from __future__ import annotations

from app.core.messages import LOOK, Code, Look, Tone
from app.screens.devices.cards import Line, breakable, heading
from app.screens.devices.frames import ROLE_WORDS, DevicesState, word_of_weight
from app.screens.devices.port import DeviceCard, FoundCard, ScanFacts
from app.screens.words import Word, named
from app.ui.texts import Texts

_GOOD, _WARN, _ASK, _BAD = Look(Tone.GOOD), LOOK[Code.DEVICE_FAULT], Look(Tone.ASK), Look(Tone.BAD)
_WEIGHT_LOOKS = {"stable": _GOOD, "zero": _GOOD, "unstable": _ASK, "over": _BAD, "under": _WARN, "error": _BAD}
_TESTS = {
    "": (Word.TEST_NONE, None),
    "waiting": (Word.TEST_WAITING, _ASK),
    "printing": (Word.TEST_PRINTING, _ASK),
    "printed": (Word.TEST_PRINTED, _ASK),
    "unsure": (Word.TEST_UNSURE, _WARN),
    "failed": (Word.TEST_FAILED, _BAD),
}
_VERDICTS = {
    "yes": (Word.VERDICT_YES, _GOOD),
    "no": (Word.VERDICT_NO, _WARN),
    "read": (Word.VERDICT_READ, _GOOD),
}
_TONGUES = {
    "mt-sics": "MT-SICS",
    "aandd": "A&D",
    "toledo-continuous": "Toledo continuous",
    "toledo-8213": "Toledo 8213",
    "toledo-8217": "Toledo 8217",
    "sartorius-sbi-16": "Sartorius SBI 16",
    "sartorius-sbi-22": "Sartorius SBI 22",
    "ohaus": "Ohaus",
    "adam": "Adam",
    "radwag": "Radwag",
    "dibal-98": "Dibal 98",
    "dialog06": "Dialog 06",
    "escpos": "ESC/POS",
    "generic": "RS-232 / USB-COM",
    "honeywell": "Honeywell",
    "metrologic": "Metrologic",
    "datalogic": "Datalogic",
    "zebra": "Zebra",
    "newland": "Newland",
    "lines": "RS-232 / USB-COM",
    "brother": "Brother",
}
_PATHS = ("serial", "usblp", "evdev")
_RAW_PORT = ":9100"
Card = tuple[Line, ...]


class Teller:
    """Turns cards of the desk into lines, in whatever language the texts speak now."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def name(self, card: DeviceCard | FoundCard) -> str:
        """What people call it."""
        if isinstance(card, DeviceCard) and card.fixed:
            return self._texts.word(Word.KEYBOARD_SCANNER)
        return card.name

    def row(self, card: DeviceCard | FoundCard) -> tuple[str, Look | None]:
        """The second line of a row, and its tone; a scale that weighs says what."""
        if isinstance(card, DeviceCard) and card.link == "ready" and card.trouble is None and card.weight is not None:
            words = self._texts.word(word_of_weight(card.weight.state))
            look = _WEIGHT_LOOKS.get(card.weight.state, _ASK)
            figure = self._texts.reading(card.weight.figure)
            return f"{figure} · {words}" if figure else words, look
        return self._state(card)

    def _state(self, card: DeviceCard | FoundCard) -> tuple[str, Look | None]:
        """How a device is."""
        word = self._texts.word
        if isinstance(card, FoundCard):
            address = breakable(short(card.address))
            role = ROLE_WORDS.get(card.role)
            text = word(Word.DEVICE_AT, role=word(role), address=address) if role else address
            return text, None
        if card.trouble is not None:
            return _begun(self._texts.fault(str(card.trouble.words.get("fault", "")))), _WARN
        if card.link == "starting":
            return word(Word.DEVICE_STARTING), _ASK
        return _begun(word(Word.DEVICE_READY)), _GOOD

    def cards(self, state: DevicesState) -> tuple[Card, ...]:
        """The page that is open."""
        if state.page == "check":
            return self._findings(state)
        if state.page in ("role", "speak"):
            return (self._candidate(state),)
        if state.page == "device" and state.device is not None:
            return self._device(state, state.device)
        if state.page == "list":
            word = self._texts.word
            return ((Line(word(Word.HELP_DEVICES), lines=4), Line(word(Word.HELP_DEVICES_TEST), lines=4)),)
        return ()

    def _device(self, state: DevicesState, card: DeviceCard) -> tuple[Card, ...]:
        test = {"scale": self._weight, "label-printer": self._test}.get(card.role)
        tested = test(state, card) if test else self._scan(state.scan)
        if card.role != "scanner" and state.scan is not None:
            return (self._head(card), tested, self._scan(state.scan))
        if card.proof and state.scan is None:
            return (self._head(card), tested, (heading(self._texts.word(Word.SCAN_THIS)),))
        return (self._head(card), tested)

    def _head(self, card: DeviceCard) -> Card:
        word = self._texts.word
        role = word(ROLE_WORDS[card.role])
        state, look = self._state(card)
        help_ = self._texts.message(card.trouble).detail if card.trouble else ""
        facts = [card.model] if card.model else []
        if card.dialect:
            facts.append(word(Word.DEVICE_SPEAKS, dialect=tongue(card.dialect)))
        return (
            heading(role),
            Line(self.name(card), 24, 800, lines=2),
            Line(state, 20, 700, look=look, lines=2),
            Line(help_, 18, 500, lines=5),
            Line("" if card.fixed else self._place(card.address), 16, 500, "quiet", 5),
            Line(" · ".join(facts), 16, 500, "quiet", 3),
        )

    def _weight(self, _state: DevicesState, card: DeviceCard) -> Card:
        word = self._texts.word
        if card.weight is None:
            return (heading(word(Word.WEIGHT)), Line(word(Word.NO_WEIGHT), 20, 600, "quiet", 2))
        look = _WEIGHT_LOOKS.get(card.weight.state, _ASK)
        return (
            heading(word(Word.WEIGHT)),
            Line(self._texts.reading(card.weight.figure) or "–", 64, 800, "text" if card.weight.figure else "quiet", 1),
            Line(word(word_of_weight(card.weight.state)), 20, 700, look=look, lines=3),
        )

    def _test(self, state: DevicesState, card: DeviceCard) -> Card:
        known, look = _VERDICTS.get(state.verdict) or _TESTS.get(card.test, _TESTS[""])
        word = self._texts.word
        return (heading(word(Word.TEST_LABEL)), Line(word(known), 20, 700, "quiet", 3, look))

    def _scan(self, scan: ScanFacts | None) -> Card:
        word = self._texts.word
        if scan is None:
            return (heading(word(Word.LAST_SCAN)), Line(word(Word.NO_SCAN_YET), 20, 600, "quiet", 2))
        lines = [
            heading(word(Word.LAST_SCAN)),
            Line("\N{ZERO WIDTH SPACE}".join(scan.text), 24, 700, lines=12),
            Line(scan.symbology, 17, 600, "quiet", 2),
        ]
        for field, value in scan.fields:
            known = named("field", field)
            shown = self._texts.day(value) if field == "expiry" else value
            lines.append(Line(f"{word(known) if known else field}: {shown}", 18, 600, lines=3))
        if scan.trouble is not None:
            sentence = self._texts.message(scan.trouble)
            lines.append(Line(sentence.title, 20, 700, lines=3, look=scan.trouble.look))
            lines += [Line(sentence.detail, 17, lines=8), Line(sentence.hint, 17, lines=8)]
        return tuple(lines)

    def _candidate(self, state: DevicesState) -> Card:
        card = state.candidate or state.device
        if card is None:
            return ()
        seen = " · ".join(card.ways) if isinstance(card, FoundCard) else ""
        return (
            Line(self.name(card), 24, 800, lines=3),
            Line(self._place(card.address), 17, 500, "quiet", 5),
            Line(seen, 16, 500, "quiet", 2),
        )

    def _findings(self, state: DevicesState) -> tuple[Card, ...]:
        cards: list[Card] = []
        for finding in state.findings or ():
            sentence = self._texts.message(finding.message)
            look = _GOOD if finding.good else _WARN
            cards.append(
                (
                    Line(sentence.title, 20, 700, look=look, lines=4),
                    Line(breakable(sentence.detail), 17, lines=5),
                    Line(breakable(finding.command), 17, 700, "ask", 8),
                )
            )
        return tuple(cards)

    def _place(self, address: str) -> str:
        return self._texts.word(Word.DEVICE_ADDRESS, address=breakable(short(address)))


def tongue(dialect: str) -> str:
    """A dialect as its makers write it."""
    return _TONGUES.get(dialect) or dialect.replace("-", " ").upper()


def short(address: str) -> str:
    """An address as people say it: `10.0.0.7` (the usual port is left out), `ttyUSB0`; anything else without its options."""
    scheme, _, rest = address.partition("://")
    rest = rest.partition("?")[0]
    if scheme in _PATHS:
        return rest.rstrip("/").rpartition("/")[2] or address
    if scheme == "tcp":
        return rest.removesuffix(_RAW_PORT)
    return f"{scheme}://{rest}" if rest else address


def _begun(words: str) -> str:
    """With a capital letter, as at the start of a sentence."""
    return words[:1].upper() + words[1:]
