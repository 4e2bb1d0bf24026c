"""Puts a row of the board, or the consequences of taking work back, into lines to read. Used by the floor view for its side."""

from __future__ import annotations

from app.screens.devices.cards import Line
from app.screens.floor.cells import claim_text, kind_text, leaves_text, orders_text, standing, waits_text
from app.screens.floor.panels import Panel
from app.screens.floor.prose import LOOKS, Lines, head, plain, quiet, signed
from app.screens.floor.wave_teller import WaveTeller
from app.screens.floor.words import FloorWord
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
from sync.contract.waves import WaveRow

#: Jobs of one device told one by one.
_MOST_JOBS = 6
_MOST_NAMED = 3


class Teller:
    """Owns nothing but the words of the window."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._waves = WaveTeller(texts)

    def lines(self, row: Row | None, panel: Panel) -> Lines:
        """What is to be read at the side."""
        if panel.kind == "reclaim" and panel.preview is not None:
            return self._consequences(panel.preview, changed=panel.changed)
        if panel.kind == "why" and panel.preview is not None:
            return self._once_more(panel.preview)
        if panel.kind == "zones":
            word = self._texts.word
            return [head(word(FloorWord.ZONES)), quiet(word(FloorWord.ZONES_HINT))]
        if panel.kind == "new_wave":
            return self._waves.new(panel)
        if panel.kind == "wave_cancel" and isinstance(row, WaveRow):
            return self._waves.cancelling(row)
        if panel.asks and isinstance(row, WaveRow):
            return self._waves.title(row)
        match row:
            case None:
                return [quiet(self._texts.word(FloorWord.NO_ROW))]
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
            case WaveRow():
                return self._waves.lines(row)

    def stale(self, stale: bool) -> Lines:
        """That what is shown is not of this moment."""
        return [signed("warn", self._texts.word(FloorWord.NOT_FRESH))] if stale else []

    # rows

    def _device(self, row: DeviceLine) -> Lines:
        word = self._texts.word
        lines = [head(row.label), self._standing(row.state, row.seen_s)]
        lines.append(plain(row.person))
        if row.left_s is not None:
            lines.append(plain(f"{word(FloorWord.COLUMN_CLAIM)}: {claim_text(self._texts, row.left_s)}"))
        if row.waiting:
            lines.append(plain(word(FloorWord.N_SCANS_WAIT, n=row.waiting)))
        for job in row.jobs[:_MOST_JOBS]:
            lines += self._held(job)
        if len(row.jobs) > _MOST_JOBS:
            lines.append(quiet(word(FloorWord.AND_MORE, n=len(row.jobs) - _MOST_JOBS)))
        return lines

    def _held(self, job: HeldJob) -> Lines:
        title = orders_text(self._texts, job.orders, len(job.orders)) or kind_text(self._texts, job.kind)
        facts = [
            kind_text(self._texts, job.kind),
            self._texts.word(Word.COUNT_OF, n=job.units_done, of=job.units),
            self._texts.word(Word.TOTE_NO, tote=job.tote) if job.tote else "",
            self._texts.word(Word.CUT_OFF, time=self._texts.clock(job.cut_off)) if job.cut_off else "",
            self._texts.word(FloorWord.HANDED_OVER) if job.handed_over else "",
        ]
        return [Line(title, 18, 700), quiet(" · ".join(filter(None, facts)))]

    def _job(self, row: JobLine) -> Lines:
        word = self._texts.word
        held = " · ".join(filter(None, (row.device, row.person)))
        free = (
            word(FloorWord.KEPT_FOR, device=row.kept_for)
            if row.kept_for
            else waits_text(self._texts, row)
            if row.waits_for
            else word(FloorWord.JOB_FREE)
        )
        facts = [
            word(Word.TOTE_NO, tote=row.tote) if row.tote else "",
            word(Word.CUT_OFF, time=self._texts.clock(row.cut_off)) if row.cut_off else "",
        ]
        return [
            head(orders_text(self._texts, row.orders, row.order_count) or kind_text(self._texts, row.kind)),
            plain(f"{kind_text(self._texts, row.kind)} · {held or free}"),
            plain(word(Word.LINES_UNITS, lines=row.lines, units=row.units)),
            plain(word(Word.COUNT_OF, n=row.units_done, of=row.units)),
            quiet(" · ".join(filter(None, facts))),
            signed("warn", word(FloorWord.LACKS, n=row.short)) if row.short else quiet(""),
        ]

    def _person(self, row: PersonLine) -> Lines:
        word, age = self._texts.word, self._texts.age
        return [
            head(row.name),
            plain(" · ".join(filter(None, (row.device, row.zone)))),
            plain(word(FloorWord.SIGNED_IN_FOR, age=age(row.since_s))),
            plain(word(FloorWord.LINES_LAST_HOUR, n=row.lines_hour)),
            plain(word(FloorWord.LAST_WORK, age=age(row.idle_s)) if row.idle_s is not None else ""),
        ]

    def _exception(self, row: ExceptionLine) -> Lines:
        word = self._texts.word
        sentence = self._texts.message(message_of(row.action, row.params))
        decided = {"approve": FloorWord.GOES_WITHOUT, "reallocate": FloorWord.PICKED_ELSEWHERE}.get(row.decision)
        facts = [
            word(Word.ORDER_NO, no=row.order) if row.order else "",
            word(Word.CUT_OFF, time=self._texts.clock(row.cut_off)) if row.cut_off else "",
        ]
        by = " · ".join(filter(None, (row.person, row.device)))
        return [
            Line(sentence.title, 20, 700, lines=3, look=LOOKS["flag"]),
            plain(sentence.detail),
            plain(self._counted(row)),
            signed("warn", word(FloorWord.LACKS, n=row.missing)) if row.missing else quiet(""),
            signed("good", word(decided)) if decided else quiet(""),
            plain(" · ".join(filter(None, facts))),
            quiet(word(Word.SEEN_BY, worker=by) if by else ""),
        ]

    def _counted(self, row: ExceptionLine) -> str:
        apart = row.params.get("n")
        if row.kind != "recount_differs" or not isinstance(apart, int):
            return ""
        return self._texts.word(FloorWord.COUNT_APART, figure=f"{apart:+d}")

    def _wave(self, row: WaveLine) -> Lines:
        word = self._texts.word
        counts = (
            (FloorWord.WAVE_TO_PICK, row.to_pick),
            (FloorWord.WAVE_PICKED, row.picked),
            (FloorWord.WAVE_PACKED, row.packed + row.shipped),
            (FloorWord.WAVE_HELD, row.held),
        )
        leaves = self._texts.clock(row.cut_off) if row.cut_off else ""
        return [
            head(" ".join(filter(None, (row.name, leaves)))),
            plain(leaves_text(self._texts, row.left_s) if row.left_s is not None else ""),
            *(plain(word(what, n=n)) for what, n in counts if n),
        ]

    # taking work back

    def _consequences(self, shown: ReclaimPreview, *, changed: bool) -> Lines:
        word = self._texts.word
        lines = [head(word(FloorWord.TAKE_BACK_FROM, device=shown.label)), self._standing(shown.state, shown.seen_s)]
        if changed:
            lines.append(signed("warn", word(FloorWord.CONS_CHANGED)))
        if not shown.jobs:
            return [*lines, plain(word(FloorWord.CONS_EMPTY))]
        if shown.state is DeviceState.LIVE:
            lines.append(signed("warn", word(FloorWord.CONS_LIVE)))
        if any(job.handed_over for job in shown.jobs):
            lines.append(signed("warn", word(FloorWord.CONS_HANDED)))
        lines += self._timing(shown)
        lines.append(signed("info", word(FloorWord.CONS_BACK, n=shown.lines_back)))
        lines.append(signed("info", self._begun(shown)))
        if shown.units_open:
            lines.append(signed("info", word(FloorWord.CONS_OPEN, device=shown.label, units=shown.units_open)))
        if shown.waiting:
            lines.append(signed("warn", word(FloorWord.N_SCANS_WAIT, n=shown.waiting)))
        return [*lines, *self._totes(shown), quiet(word(FloorWord.CONS_FINAL))]

    def _once_more(self, shown: ReclaimPreview) -> Lines:
        """The same in two lines, for the word that does it."""
        word = self._texts.word
        return [
            head(word(FloorWord.TAKE_BACK_FROM, device=shown.label)),
            signed("info", word(FloorWord.CONS_BACK, n=shown.lines_back)),
            signed("warn", word(FloorWord.CONS_FINAL)),
        ]

    def _timing(self, shown: ReclaimPreview) -> Lines:
        word, age = self._texts.word, self._texts.age
        if shown.left_s is not None and shown.left_s <= 0:
            return [signed("info", word(FloorWord.CONS_OVER))]
        if not shown.near:
            return [signed("info", word(FloorWord.CONS_WAIT, age=age(shown.left_s or 0)))]
        told = [
            word(FloorWord.CONS_NEAR, order=one.order, age=age(one.left_s))
            if one.left_s > 0
            else word(FloorWord.CONS_NEAR_GONE, order=one.order)
            for one in shown.near[:_MOST_NAMED]
        ]
        more = len(shown.near) - _MOST_NAMED
        told += [word(FloorWord.AND_MORE, n=more)] if more > 0 else []
        return [signed("bad", text) for text in told]

    def _begun(self, shown: ReclaimPreview) -> str:
        if shown.lines_begun:
            return self._texts.word(FloorWord.CONS_BEGUN, n=shown.lines_begun, units=shown.units_picked)
        if shown.units_picked:
            return self._texts.word(FloorWord.CONS_PICKED, units=shown.units_picked)
        return self._texts.word(FloorWord.CONS_NOT_BEGUN)

    def _totes(self, shown: ReclaimPreview) -> Lines:
        word = self._texts.word
        full = [tote for tote in shown.totes if tote.units]
        if not full:
            return [signed("info", word(FloorWord.CONS_NO_TOTE))]
        told = []
        for tote in full[:_MOST_NAMED]:
            orders = orders_text(self._texts, tote.orders, len(tote.orders))
            where = f" {word(FloorWord.CONS_TOTE_BIN, bin=tote.bin)}" if tote.bin else ""
            text = word(FloorWord.CONS_TOTE, tote=tote.tote, n=tote.units, orders=orders) + where
            told.append(signed("warn", text))
        more = len(full) - _MOST_NAMED
        return [*told, quiet(word(FloorWord.AND_MORE, n=more))] if more > 0 else told

    # lines

    def _standing(self, state: str, seen_s: int | None) -> Line:
        cell = standing(self._texts, state, seen_s)
        look = LOOKS.get(cell.tone)
        return Line(cell.text, 18, 700, "quiet", 2, look)
