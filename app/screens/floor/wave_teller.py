"""Puts a wave into lines to read: how far it is, everything its plan found, and what cancelling it means. Used by the teller."""

from __future__ import annotations

from app.screens.floor.cells import orders_text, wave_state_text, way_text
from app.screens.floor.panels import Panel
from app.screens.floor.prose import Lines, head, plain, quiet, signed
from app.screens.floor.words import FloorWord
from app.screens.words import Word, named
from app.ui.texts import Texts
from sync.contract.waves import Plan, Problem, WaveProgress, WaveRow


class WaveTeller:
    """Owns nothing but the words of the window."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, row: WaveRow) -> Lines:
        """A wave: what is wrong stands before what is so."""
        word = self._texts.word
        now, plan = row.progress, row.plan
        lines = self.title(row)
        lines.append(plain(word(FloorWord.WAVE_ORDERS, n=now.orders, units=now.units)))
        if now.late:
            lines.append(signed("bad", word(FloorWord.WAVE_LATE, n=now.late)))
        if now.short_units:
            lines.append(signed("warn", word(FloorWord.LACKS, n=now.short_units)))
        if row.released_at is not None:
            return [*lines, *self._progress(now), *self._zones(plan)]
        return [*lines, *self._plan(plan)]

    def title(self, row: WaveRow) -> Lines:
        """Which wave it is: all that stands above a question about it."""
        word = self._texts.word
        leaves = word(Word.CUT_OFF, time=self._texts.clock(row.cut_off)) if row.cut_off else ""
        states = [wave_state_text(self._texts, row), way_text(self._texts, row), leaves]
        return [head(row.name), plain(" · ".join(filter(None, states)))]

    def _progress(self, now: WaveProgress) -> Lines:
        word = self._texts.word
        shares = (
            (FloorWord.COLUMN_PICKED, now.picked_percent),
            (FloorWord.COLUMN_SORTED, now.sorted_percent),
            (FloorWord.COLUMN_PACKED, now.packed_percent),
        )
        told = [plain(word(FloorWord.WAVE_SHARE, what=word(what), n=n)) for what, n in shares]
        at_work = [word(FloorWord.WAVE_PEOPLE, n=now.people)]
        if now.minutes_left:
            at_work.append(word(FloorWord.WAVE_MINUTES, n=now.minutes_left))
        told.append(plain(" · ".join(at_work)))
        if now.slots_free is not None:
            told.append(plain(word(FloorWord.WAVE_SLOTS, n=now.slots_free)))
        return told

    def _plan(self, plan: Plan) -> Lines:
        """All problems at once, then what it means for each zone."""
        word = self._texts.word
        if not plan.orders and not plan.problems:
            return [quiet(word(FloorWord.WAVE_NOT_PLANNED))]
        told = [signed("warn", self._problem(one)) for one in plan.problems]
        if plan.left_out:
            named_ = orders_text(self._texts, plan.left_out, len(plan.left_out))
            told.append(plain(f"{word(FloorWord.WAVE_LEFT_OUT, n=len(plan.left_out))}: {named_}"))
        if plan.release_at:
            told.append(plain(word(FloorWord.WAVE_RELEASE_BY, time=self._texts.clock(plan.release_at))))
        return [*told, *self._zones(plan)]

    def _zones(self, plan: Plan) -> Lines:
        return [
            quiet(self._texts.word(FloorWord.WAVE_ZONE, zone=load.zone, n=load.minutes, units=load.units))
            for load in plan.zones
        ]

    def _problem(self, problem: Problem) -> str:
        """One this app has no words for is its code."""
        word = named("problem", problem.code)
        return self._texts.word(word, **problem.words) if word else problem.code

    def cancelling(self, row: WaveRow) -> Lines:
        """What becomes of its orders, of what is picked, and of those who pick."""
        word, now = self._texts.word, row.progress
        lines = [head(word(FloorWord.CANCEL_WAVE, name=row.name))]
        if row.released_at is None:
            return [
                *lines,
                signed("info", word(FloorWord.CANCEL_FREE, n=now.orders)),
                quiet(word(FloorWord.CONS_FINAL)),
            ]
        lines.append(signed("info", word(FloorWord.CANCEL_BACK, n=now.orders - now.shipped)))
        if now.picked_percent:
            lines.append(signed("warn", word(FloorWord.CANCEL_PICKED, n=now.picked_percent)))
        if now.people:
            lines.append(signed("warn", word(FloorWord.CANCEL_PEOPLE, n=now.people)))
        return [*lines, quiet(word(FloorWord.CONS_FINAL))]

    def new(self, panel: Panel) -> Lines:
        """Of what a new wave is made."""
        word, orders = self._texts.word, panel.orders
        if orders:
            named_ = orders_text(self._texts, list(orders), len(orders), 6)
            return [head(word(FloorWord.NEW_WAVE)), plain(f"{word(Word.N_ORDERS, n=len(orders))}: {named_}")]
        none = [] if panel.options else [plain(word(FloorWord.NO_TEMPLATE))]
        return [head(word(FloorWord.NEW_WAVE)), *none, quiet(word(FloorWord.NEW_WAVE_HINT))]
