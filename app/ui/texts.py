"""Codes and words to sentences in the language of the person. Besides the views, the only place that translates.

The sentences live in `resources/i18n/<language>.ts` (Qt Linguist's format, read as it is: no compiling, so a translation can be
corrected on the floor). Contexts: `messages` (a `Code`, with `.detail` and `.hint` beside it), `words` (a `Word`), `reasons`, `faults`
(what is wrong with a device, short enough for a chip) and `helps` (what helps against it).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # our own files
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from PySide6.QtCore import QDate, QLocale

import resources
from app.core.messages import Code, Message, Words
from app.core.money import Money
from app.screens.frame import Phrase
from app.screens.words import Vocabulary, Word

_LOCALES = {"en": "en_IE", "nl": "nl_NL", "de": "de_DE", "da": "da_DK"}
_SIGNS = {"EUR": "€", "DKK": "kr.", "GBP": "£", "USD": "$"}
#: Words of messages that are grams, and those that may be negative and are shown without their sign.
_GRAMS = frozenset({"grams", "expected", "tolerance", "diff"})
#: Words that are days.
_DATES = frozenset({"date", "first_date", "last_date"})
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400

#: One wording: a single form, or the forms for one and for many.
Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message in words: what it is, what exactly, what to do about it. The last two may be empty."""

    title: str
    detail: str = ""
    hint: str = ""


@cache
def catalogue(language: str) -> dict[str, dict[str, Forms]]:
    """All wordings of a language by context and id."""
    root = ET.parse(resources.path(f"i18n/{language}.ts")).getroot()  # noqa: S314
    out: dict[str, dict[str, Forms]] = {}
    for context in root.iter("context"):
        entries = out.setdefault(context.findtext("name", ""), {})
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            forms = tuple(form.text or "" for form in translation.iter("numerusform"))
            entries[message.get("id", "")] = forms or (translation.text or "",)
    return out


class _Blanks(dict[str, str]):
    """Words for a sentence; one that is missing leaves a dash instead of stopping the work."""

    def __missing__(self, key: str) -> str:
        return "–"


class Texts:
    """The words of one window. `use` changes the language at once; who shows words asks again."""

    def __init__(self, language: str = "en") -> None:
        self.use(language)

    def use(self, language: str) -> None:
        """Changes the language; an unknown one becomes English."""
        self.language = language if language in _LOCALES else "en"
        self._locale = QLocale(_LOCALES[self.language])
        self._catalogue = catalogue(self.language)

    def message(self, message: Message) -> Sentence:
        """A message as sentences."""
        words = message.words
        entries = self._catalogue["messages"]
        title = entries[message.code]
        if message.code is Code.WEIGHT_OUT and isinstance(diff := words.get("diff"), int):
            title = entries["weight_out.light" if diff < 0 else "weight_out.heavy"]
        # A sentence of its own where there is nothing, or where it is known in which tote the goods are.
        case = next((c for c, so in ((".none", words.get("n") == 0), (".tote", "tote" in words)) if so), "")
        case = case if f"{message.code}.detail{case}" in entries else ""
        parts = (entries.get(f"{message.code}.{part}", ("",)) for part in (f"detail{case}", "hint"))
        return Sentence(self._filled(title, words), *(self._filled(forms, words) for forms in parts))

    def phrase(self, phrase: Phrase) -> str:
        """A phrase of the screens."""
        return self._filled(self._catalogue["words"][phrase.word], phrase.words)

    def word(self, word: Vocabulary, **words: str | int) -> str:
        """A word of the screens with what stands in it."""
        return self._filled(self._catalogue["words"][word], words)

    def prompt(self, prompt: Message | Phrase) -> str:
        """A prompt, whichever kind it is."""
        return self.phrase(prompt) if isinstance(prompt, Phrase) else self.message(prompt).title

    def age(self, seconds: float) -> str:
        """How long ago, as people say it: minutes, hours or days."""
        if seconds < _MINUTE:
            return self.word(Word.NOW)
        if seconds < _HOUR:
            return self.word(Word.MINUTES, n=int(seconds // _MINUTE))
        if seconds < _DAY:
            return self.word(Word.HOURS, n=int(seconds // _HOUR))
        return self.word(Word.DAYS, n=int(seconds // _DAY))

    def kilograms(self, grams: Decimal | int) -> str:
        """Grams as kilograms with three decimals, without the unit."""
        return self._locale.toString(float(grams) / 1000, "f", 3)

    def reading(self, figure: str) -> str:
        """A figure from the display of a scale, with the decimal mark of the language."""
        return figure.replace(".", self._locale.decimalPoint())

    def money(self, money: Money) -> str:
        """An amount as the language writes it."""
        sign = _SIGNS.get(money.currency, f"{money.currency}\N{NO-BREAK SPACE}")
        return self._locale.toCurrencyString(float(money.amount), sign)

    def grams(self, grams: int) -> str:
        """A weight with its unit: grams below a kilogram, else kilograms."""
        if abs(grams) < 1000:
            return f"{self._locale.toString(grams)}\N{NO-BREAK SPACE}g"
        return f"{self.kilograms(grams)}\N{NO-BREAK SPACE}kg"

    def day(self, iso: str) -> str:
        """An ISO date as the language writes it; anything else as it is."""
        date = QDate.fromString(iso[:10], "yyyy-MM-dd")
        return (
            self._locale.toString(date, "dd.MM.yyyy" if self.language in ("de", "da") else "dd/MM/yyyy")
            if date.isValid()
            else iso
        )

    def clock(self, iso: str) -> str:
        """The time of day of an ISO date and time, as people on the floor say it; anything else as it is."""
        return iso[11:16] if len(iso) >= 16 and iso[10] in "T " else iso

    def reason(self, reason: str) -> str:
        """A reason out of a fixed list in words; a reason nobody has words for becomes a general sentence."""
        return reason if " " in reason else self._listed("reasons", reason, "other")

    def fault(self, reason: str) -> str:
        """What is wrong with a device, in two or three words: `out of labels`."""
        return self._listed("faults", reason, "other")

    def help(self, key: str) -> str:
        """What helps against a fault, as one or two sentences."""
        return self._listed("helps", key, "support")

    def _listed(self, context: str, key: str, usual: str) -> str:
        entries = self._catalogue[context]
        return entries.get(key.replace("-", "_").lower(), entries[usual])[0]

    def _filled(self, forms: Forms, words: Words) -> str:
        count = next((words[k] for k in ("n", "left", "minutes") if isinstance(words.get(k), int)), None)
        form = forms[0] if len(forms) == 1 or count == 1 else forms[1]
        return form.format_map(_Blanks({key: self._worded(key, value) for key, value in words.items()}))

    def _worded(self, key: str, value: str | int) -> str:
        if key in _GRAMS and isinstance(value, int):
            return self.grams(abs(value) if key == "diff" else value)
        if key == "reason" and isinstance(value, str):
            return self.reason(value)
        if key == "fault" and isinstance(value, str):
            return self.fault(value)
        if key == "help" and isinstance(value, str):
            return self.help(value)
        if key in _DATES and isinstance(value, str):
            return self.day(value)
        return str(value)
