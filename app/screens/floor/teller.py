"""Puts a row of the board, or the consequences of taking work back, into lines to read. Used by the floor view for its side."""

from __future__ import annotations

from app.core.messages import Code, Look, Tone, say
from app.screens.devices.cards import Line
from app.screens.floor.cells import claim_text, kind_text, leaves_text, orders_text, standing
from app.screens.floor.panels import Panel
from app.screens.words import Word
from app.services.floor_port import Row
from app.services.notices import message_of
from app.ui.texts import Texts
from sync.contract.board import (
    DeviceLine,
    DeviceState,
    ExceptionLine,
    HeldJob,
    JobLine,
    PersonLine,
    ReclaimPreview,
    WaveLine,
)

_LOOKS = {
    "good": Look(Tone.GOOD),
    "warn": Look(Tone.WARN),
    "bad": Look(Tone.BAD),
    "ask": Look(Tone.ASK),
    "info": Look(Tone.INFO),
    "flag": say(Code.COUNT_BIN).look,
}
#: Jobs of one device told one by one.
_MOST_JOBS = 6
_MOST_NAMED = 3

Lines = list[Line]


class Teller:
    """Owns nothing but the words of the window."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, row: Row | None, panel: Panel) -> Lines:
        """What is to be read at the side."""
        if panel.kind == "reclaim" and panel.preview is not None:
            return self._consequences(panel.preview, changed=panel.changed)
        if panel.kind == "why" and panel.preview is not None:
            return self._once_more(panel.preview)
        match row:
            case None:
                return [self._quiet(self._texts.word(Word.NO_ROW))]
            case DeviceLine():
                return self._device(row)
            case JobLine():
                return self._job(row)
            case PersonLine():
                return self._person(row)
            case ExceptionLine():
                return self._exception(row)
            case WaveLine():
                return self._wave(row)

    def stale(self, stale: bool) -> Lines:
        """That what is shown is not of this moment."""
        return [self._signed("warn", self._texts.word(Word.NOT_FRESH))] if stale else []

    # rows

    def _device(self, row: DeviceLine) -> Lines:
        word = self._texts.word
        lines = [self._head(row.label), self._standing(row.state, row.seen_s)]
        lines.append(self._plain(row.person))
        if row.left_s is not None:
            lines.append(self._plain(f"{word(Word.COLUMN_CLAIM)}: {claim_text(self._texts, row.left_s)}"))
        if row.waiting:
            lines.append(self._plain(word(Word.N_SCANS_WAIT, n=row.waiting)))
        for job in row.jobs[:_MOST_JOBS]:
            lines += self._held(job)
        if len(row.jobs) > _MOST_JOBS:
            lines.append(self._quiet(word(Word.AND_MORE, n=len(row.jobs) - _MOST_JOBS)))
        return lines

    def _held(self, job: HeldJob) -> Lines:
        title = orders_text(self._texts, job.orders, len(job.orders)) or kind_text(self._texts, job.kind)
        facts = [
            kind_text(self._texts, job.kind),
            self._texts.word(Word.COUNT_OF, n=job.units_done, of=job.units),
            self._texts.word(Word.TOTE_NO, tote=job.tote) if job.tote else "",
            self._texts.word(Word.CUT_OFF, time=self._texts.clock(job.cut_off)) if job.cut_off else "",
            self._texts.word(Word.HANDED_OVER) if job.handed_over else "",
        ]
        return [Line(title, 18, 700), self._quiet(" · ".join(filter(None, facts)))]

    def _job(self, row: JobLine) -> Lines:
        word = self._texts.word
        held = " · ".join(filter(None, (row.device, row.person)))
        free = word(Word.KEPT_FOR, device=row.kept_for) if row.kept_for else word(Word.JOB_FREE)
        facts = [
            word(Word.TOTE_NO, tote=row.tote) if row.tote else "",
            word(Word.CUT_OFF, time=self._texts.clock(row.cut_off)) if row.cut_off else "",
        ]
        return [
            self._head(orders_text(self._texts, row.orders, row.order_count) or kind_text(self._texts, row.kind)),
            self._plain(f"{kind_text(self._texts, row.kind)} · {held or free}"),
            self._plain(word(Word.LINES_UNITS, lines=row.lines, units=row.units)),
            self._plain(word(Word.COUNT_OF, n=row.units_done, of=row.units)),
            self._quiet(" · ".join(filter(None, facts))),
            self._signed("warn", word(Word.LACKS, n=row.short)) if row.short else self._quiet(""),
        ]

    def _person(self, row: PersonLine) -> Lines:
        word, age = self._texts.word, self._texts.age
        return [
            self._head(row.name),
            self._plain(" · ".join(filter(None, (row.device, row.zone)))),
            self._plain(word(Word.SIGNED_IN_FOR, age=age(row.since_s))),
            self._plain(word(Word.LINES_LAST_HOUR, n=row.lines_hour)),
            self._plain(word(Word.LAST_WORK, age=age(row.idle_s)) if row.idle_s is not None else ""),
        ]

    def _exception(self, row: ExceptionLine) -> Lines:
        word = self._texts.word
        sentence = self._texts.message(message_of(row.action, row.params))
        decided = {"approve": Word.GOES_WITHOUT, "reallocate": Word.PICKED_ELSEWHERE}.get(row.decision)
        facts = [
            word(Word.ORDER_NO, no=row.order) if row.order else "",
            word(Word.CUT_OFF, time=self._texts.clock(row.cut_off)) if row.cut_off else "",
        ]
        by = " · ".join(filter(None, (row.person, row.device)))
        return [
            Line(sentence.title, 20, 700, lines=3, look=_LOOKS["flag"]),
            self._plain(sentence.detail),
            self._signed("warn", word(Word.LACKS, n=row.missing)) if row.missing else self._quiet(""),
            self._signed("good", word(decided)) if decided else self._quiet(""),
            self._plain(" · ".join(filter(None, facts))),
            self._quiet(word(Word.SEEN_BY, worker=by) if by else ""),
        ]

    def _wave(self, row: WaveLine) -> Lines:
        word = self._texts.word
        counts = (
            (Word.WAVE_TO_PICK, row.to_pick),
            (Word.WAVE_PICKED, row.picked),
            (Word.WAVE_PACKED, row.packed + row.shipped),
            (Word.WAVE_HELD, row.held),
        )
        leaves = self._texts.clock(row.cut_off) if row.cut_off else ""
        return [
            self._head(" ".join(filter(None, (row.name, leaves)))),
            self._plain(leaves_text(self._texts, row.left_s) if row.left_s is not None else ""),
            *(self._plain(word(what, n=n)) for what, n in counts if n),
        ]

    # taking work back

    def _consequences(self, shown: ReclaimPreview, *, changed: bool) -> Lines:
        word = self._texts.word
        lines = [self._head(word(Word.TAKE_BACK_FROM, device=shown.label)), self._standing(shown.state, shown.seen_s)]
        if changed:
            lines.append(self._signed("warn", word(Word.CONS_CHANGED)))
        if not shown.jobs:
            return [*lines, self._plain(word(Word.CONS_EMPTY))]
        if shown.state is DeviceState.LIVE:
            lines.append(self._signed("warn", word(Word.CONS_LIVE)))
        if any(job.handed_over for job in shown.jobs):
            lines.append(self._signed("warn", word(Word.CONS_HANDED)))
        lines += self._timing(shown)
        lines.append(self._signed("info", word(Word.CONS_BACK, n=shown.lines_back)))
        lines.append(self._signed("info", self._begun(shown)))
        if shown.units_open:
            lines.append(self._signed("info", word(Word.CONS_OPEN, device=shown.label, units=shown.units_open)))
        if shown.waiting:
            lines.append(self._signed("warn", word(Word.N_SCANS_WAIT, n=shown.waiting)))
        return [*lines, *self._totes(shown), self._quiet(word(Word.CONS_FINAL))]

    def _once_more(self, shown: ReclaimPreview) -> Lines:
        """The same in two lines, for the word that does it."""
        word = self._texts.word
        return [
            self._head(word(Word.TAKE_BACK_FROM, device=shown.label)),
            self._signed("info", word(Word.CONS_BACK, n=shown.lines_back)),
            self._signed("warn", word(Word.CONS_FINAL)),
        ]

    def _timing(self, shown: ReclaimPreview) -> Lines:
        word, age = self._texts.word, self._texts.age
        if shown.left_s is not None and shown.left_s <= 0:
            return [self._signed("info", word(Word.CONS_OVER))]
        if not shown.near:
            return [self._signed("info", word(Word.CONS_WAIT, age=age(shown.left_s or 0)))]
        told = [
            word(Word.CONS_NEAR, order=one.order, age=age(one.left_s))
            if one.left_s > 0
            else word(Word.CONS_NEAR_GONE, order=one.order)
            for one in shown.near[:_MOST_NAMED]
        ]
        more = len(shown.near) - _MOST_NAMED
        told += [word(Word.AND_MORE, n=more)] if more > 0 else []
        return [self._signed("bad", text) for text in told]

    def _begun(self, shown: ReclaimPreview) -> str:
        if shown.lines_begun:
            return self._texts.word(Word.CONS_BEGUN, n=shown.lines_begun, units=shown.units_picked)
        if shown.units_picked:
            return self._texts.word(Word.CONS_PICKED, units=shown.units_picked)
        return self._texts.word(Word.CONS_NOT_BEGUN)

    def _totes(self, shown: ReclaimPreview) -> Lines:
        word = self._texts.word
        full = [tote for tote in shown.totes if tote.units]
        if not full:
            return [self._signed("info", word(Word.CONS_NO_TOTE))]
        told = []
        for tote in full[:_MOST_NAMED]:
            orders = orders_text(self._texts, tote.orders, len(tote.orders))
            where = f" {word(Word.CONS_TOTE_BIN, bin=tote.bin)}" if tote.bin else ""
            text = word(Word.CONS_TOTE, tote=tote.tote, n=tote.units, orders=orders) + where
            told.append(self._signed("warn", text))
        more = len(full) - _MOST_NAMED
        return [*told, self._quiet(word(Word.AND_MORE, n=more))] if more > 0 else told

    # lines

    def _standing(self, state: str, seen_s: int | None) -> Line:
        cell = standing(self._texts, state, seen_s)
        look = _LOOKS.get(cell.tone)
        return Line(cell.text, 18, 700, "quiet", 2, look)

    def _head(self, text: str) -> Line:
        return Line(text, 22, 800, lines=3)

    def _plain(self, text: str) -> Line:
        return Line(text, 17, 500, lines=4)

    def _quiet(self, text: str) -> Line:
        return Line(text, 16, 500, "quiet", 4)

    def _signed(self, tone: str, text: str) -> Line:
        return Line(text, 17, 500, lines=8, look=_LOOKS[tone])
