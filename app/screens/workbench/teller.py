"""One order in words: its sheet, its timeline, and what an act asks. Lines for the side of the workbench. No Qt of its own."""

from __future__ import annotations

from app.core.messages import Look, Tone
from app.screens.devices.cards import Line, heading
from app.screens.floor.prose import Lines, head, plain, quiet, signed
from app.screens.words import named
from app.screens.workbench.asking import Question
from app.screens.workbench.cells import TONES, money_text, state_text
from app.screens.workbench.presenter import WorkbenchState
from app.screens.workbench.words import WorkbenchWord as W
from app.screens.workbench.words import of_code
from app.services.workbench_ports import EventIcon, OrderSheet, SheetHold, SheetLine, SheetReason, TimelineEntry
from app.ui.texts import Texts

_SIGNS = {"good": "good", "warn": "warn", "ask": "ask"}
_ICONS = {
    EventIcon.HOLD: "warn",
    EventIcon.SHORT: "warn",
    EventIcon.TROUBLE: "bad",
    EventIcon.DELIVERY: "good",
    EventIcon.TRUCK: "good",
    EventIcon.MONEY: "flag",
}
#: Words of an event that people read.
_TOLD = (
    "text", "part", "sku", "qty", "bin", "tote", "shelf", "reason", "because", "carrier", "tracking", "mail", "event", "to",
    "paper", "number", "payment", "state", "amount", "total", "problem",
)  # fmt: skip
#: Words that are codes, and what their wordings begin with.
_CODES = {"mail": "mail", "event": "event", "payment": "money", "state": "money", "paper": "money"}


class WorkbenchTeller:
    """Owns the words."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, state: WorkbenchState) -> Lines:
        """What stands at the side now."""
        word, sheet = self._texts.word, state.sheet
        lines: Lines = []
        if not state.fresh:
            lines.append(signed("warn", word(W.WB_OFFLINE)))
        lines += [signed("warn", word(W.WB_UNKNOWN, what=one.text)) for one in state.unknown[:3]]
        if sheet is None:
            return lines
        if state.changed:
            what = ", ".join(dict.fromkeys(self._event(kind) for kind in state.changed))
            lines.append(signed("warn", word(W.WB_CHANGED, what=what)))
        if state.question.asks:
            return [*lines, *self._question(state.question, sheet)]
        if state.tab == "timeline":
            return [*lines, *self._timeline(sheet, state.entries)]
        return [*lines, *self._sheet(sheet)]

    # a sheet

    def _sheet(self, sheet: OrderSheet) -> Lines:
        return [
            *self._head(sheet), *self._holds(sheet), *self._notes(sheet), *self._lines(sheet), *self._parts(sheet),
            *self._why(sheet), *self._address(sheet), *self._money(sheet),
        ]  # fmt: skip

    def _head(self, sheet: OrderSheet) -> Lines:
        word, one = self._texts.word, sheet.head
        tone = "bad" if one.late else _SIGNS.get(TONES.get(one.state, ("quiet", ""))[0], "info")
        late = f" · {word(W.WB_LATE)}" if one.late else ""
        lines = [head(f"{one.number} · {one.customer}" if one.customer else one.number)]
        lines.append(signed(tone, f"{state_text(self._texts, one.state)}{late}"))
        flags = [self._flag(flag) for flag in one.flags]
        lines += [signed("flag", " · ".join(flags))] if flags else []
        if one.promised:
            lines.append(plain(word(W.WB_PROMISED_FOR, date=one.promised)))
        if sheet.wanted:
            lines.append(plain(word(W.WB_WANTED_FOR, date=sheet.wanted)))
        if sheet.pick_up_site:
            lines.append(plain(word(W.WB_PICK_UP_AT, site=sheet.pick_up_site)))
        facts = (one.channel, one.reference or "", sheet.email, sheet.phone, word(W.WB_PRIORITY_NO, n=one.priority))
        lines.append(quiet(" · ".join(part for part in facts if part)))
        if sheet.note:
            lines.append(quiet(sheet.note))
        return lines

    def _flag(self, flag: str) -> str:
        word = named("flag", flag.lower())
        return self._texts.word(word) if word is not None else flag

    def _holds(self, sheet: OrderSheet) -> Lines:
        held = [hold for hold in sheet.holds if hold.released_at is None]
        return [signed("warn", self.hold(hold)) for hold in held]

    def hold(self, hold: SheetHold) -> str:
        """Why an order is held, in words."""
        word = of_code("hold", hold.code)
        text = self._texts.word(word) if word else self._texts.word(W.WB_OTHER_REASON, what=hold.code)
        more = [str(v) for v in (hold.because, *hold.params.values()) if v not in ("", None)]
        return f"{text}: {', '.join(more)}" if more else text

    def _notes(self, sheet: OrderSheet) -> Lines:
        word = self._texts.word
        notes = sorted(sheet.notes, key=lambda one: not one.pinned)[:4]
        told = [
            signed("info", word(W.WB_BY, what=n.text, name=n.who)) if n.pinned else quiet(f"{n.text} ({n.who})")
            for n in notes
        ]
        return [heading(word(W.WB_HEAD_NOTES)), *told] if told else []

    def _lines(self, sheet: OrderSheet) -> Lines:
        lines: Lines = [heading(self._texts.word(W.WB_HEAD_LINES))]
        for line in sheet.lines:
            lines.append(plain(self._line(line)))
            counts = self._line_counts(line)
            lines += [quiet(counts)] if counts else []
        return lines

    def _line(self, line: SheetLine) -> str:
        named_ = f"{line.name} ({line.sku})" if line.name else line.sku
        return self._texts.word(W.WB_LINE_COUNTS, n=line.qty, name=named_)

    def _line_counts(self, line: SheetLine) -> str:
        word = self._texts.word
        told = [word(W.WB_AT_SITE, site=at.site, n=at.qty) for at in line.sites if at.qty]
        told += [word(W.WB_COUNT_SHORT, n=at.short) for at in line.sites if at.short]
        counts = (
            (W.WB_COUNT_OPEN, line.open), (W.WB_COUNT_BACKORDERED, line.backordered), (W.WB_COUNT_SHIPPED, line.shipped),
            (W.WB_COUNT_CANCELLED, line.cancelled),
        )  # fmt: skip
        told += [word(one, n=n) for one, n in counts if n]
        if line.expected:
            told.append(word(W.WB_EXPECTED, date=line.expected))
        return " · ".join(told)

    def _parts(self, sheet: OrderSheet) -> Lines:
        word = self._texts.word
        lines: Lines = []
        for part in sheet.parts:
            state = named("state", part.state)
            said = self._texts.word(state) if state else part.state
            name = word(W.WB_PART, site=part.site_name or part.site, no=part.number)
            lines.append(plain(f"{name}: {said}"))
            for parcel in part.parcels:
                facts = (parcel.carrier, parcel.tracking, parcel.news)
                no = word(W.WB_PARCEL, no=f"…{parcel.sscc[-6:]}")
                lines.append(quiet(" · ".join(part_ for part_ in (no, *facts) if part_)))
        return [heading(word(W.WB_HEAD_PARTS)), *lines] if lines else []

    def _why(self, sheet: OrderSheet) -> Lines:
        told = [plain(self.reason(one)) for one in sheet.decision[:6]]
        return [heading(self._texts.word(W.WB_HEAD_WHY)), *told] if told else []

    def reason(self, reason: SheetReason) -> str:
        """Why this site, in words."""
        word = of_code("why", reason.code)
        if word is None:
            return self._texts.word(W.WB_OTHER_REASON, what=reason.code)
        return self._texts.word(word, **{"site": reason.site, **reason.words})

    def _address(self, sheet: OrderSheet) -> Lines:
        to = sheet.ship_to
        town = " ".join(part for part in (to.postcode, to.city) if part)
        text = ", ".join(part for part in (to.name, to.street, town, to.region, to.country) if part)
        return [heading(self._texts.word(W.WB_HEAD_ADDRESS)), plain(text)] if text else []

    def _money(self, sheet: OrderSheet) -> Lines:
        word, m = self._texts.word, sheet.money
        sums = ((W.WB_GOODS, m.goods), (W.WB_DISCOUNT, m.discount), (W.WB_SHIPPING, m.shipping), (W.WB_TAX, m.tax))
        told = [word(one, what=money_text(self._texts, amount, m.currency)) for one, amount in sums if float(amount)]
        pay = of_code("pay", m.payment)
        return [
            heading(word(W.WB_HEAD_MONEY)),
            plain(word(W.WB_TOTAL, what=money_text(self._texts, m.total, m.currency))),
            quiet(" · ".join([*told, word(pay) if pay else m.payment])),
        ]

    # what happened

    def _timeline(self, sheet: OrderSheet, entries: tuple[TimelineEntry, ...] | None) -> Lines:
        lines: Lines = [head(sheet.head.number)]
        if entries is not None and not entries:
            lines.append(quiet(self._texts.word(W.WB_NO_ENTRIES)))
        day = ""
        for entry in entries or ():
            if entry.at[:10] != day:
                day = entry.at[:10]
                lines.append(heading(self._texts.day(day)))
            look = _ICONS.get(entry.icon)
            text = self._entry(entry)
            lines.append(signed(look, text) if look else Line(text, 17, 500, lines=4, look=Look(Tone.INFO)))
        return lines

    def _entry(self, entry: TimelineEntry) -> str:
        told = [self._told(key, entry) for key in _TOLD if entry.words.get(key) not in (None, "")]
        told = [one for one in told if one]
        who = " · ".join(part for part in (entry.who, entry.device, entry.site) if part)
        text = f"{self._texts.clock(entry.at)} {self._event(entry.code, entry.icon)}"
        return f"{text}: {', '.join(told)} ({who})" if told and who else f"{text} ({who})" if who else text

    def _told(self, key: str, entry: TimelineEntry) -> str:
        value, currency = str(entry.words[key]), entry.words.get("currency")
        if key in _CODES:
            # A state is told where it is that of money: others are said by what happened.
            word = of_code(_CODES[key], value) if key != "state" or "payment" in entry.words else None
            return self._texts.word(word) if word else ""
        if key in ("amount", "total"):
            return money_text(self._texts, value, str(currency)) if currency else ""
        return value.replace("_", " ") if key in ("reason", "problem") else value

    def _event(self, code: str, icon: EventIcon | None = None) -> str:
        word = of_code("event", code) or (of_code("icon", icon.value) if icon is not None else None)
        return self._texts.word(word) if word else code

    # what is asked

    def _question(self, question: Question, sheet: OrderSheet) -> Lines:
        word = self._texts.word
        lines: Lines = [head(f"{sheet.head.number} · {sheet.head.customer}")]
        for field, text in zip(question.fields, question.typed, strict=False):
            lines.append(plain(f"{word(field.word)}: {text or '–'}"))
        if question.field is not None:
            lines.append(signed("ask", word(question.field.word)))
        return lines

    def option(self, key: str, text: str, n: int, question: Question, sheet: OrderSheet | None, word: str) -> str:
        """The words on an answer."""
        if question.kind == "release" and sheet is not None and key:
            hold = next((one for one in sheet.holds if one.id == key), None)
            return self.hold(hold) if hold is not None else text
        ticked = "✓ " if key in question.ticked else ""
        return f"{ticked}{n} × {text}" if text and n else f"{ticked}{word}"
