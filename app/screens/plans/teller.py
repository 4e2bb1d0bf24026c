"""Puts a plan, a walk, an order of it, its rehearsal or a comparison into lines to read. Used by the view for its side."""

from __future__ import annotations

from app.screens.devices.cards import Line
from app.screens.floor.cells import orders_text
from app.screens.floor.prose import Lines, head, plain, quiet, signed
from app.screens.plans.cells import rounded
from app.screens.plans.pages import LIKELY_PERCENT, Page, late_orders, people_of
from app.screens.plans.presenter import PlansState
from app.screens.plans.rescue_teller import RescueTeller
from app.screens.plans.words import PlansWord
from app.screens.words import Vocabulary, Word, named
from app.services.plans_port import (
    Because,
    Doomed,
    PlanApplied,
    PlanBatch,
    PlanForecast,
    PlanResult,
    PlanRow,
    PlanState,
    PlanWhy,
)
from app.ui.texts import Texts
from sync.contract.waves import Problem

_BECAUSE: dict[Because, Vocabulary] = {
    Because.TOGETHER: PlansWord.BECAUSE_TOGETHER,
    Because.ALONE: PlansWord.BECAUSE_ALONE,
    Because.IN_TURN: PlansWord.BECAUSE_IN_TURN,
    Because.TOO_BIG: PlansWord.BECAUSE_TOO_BIG,
    Because.NO_STOCK: PlansWord.BECAUSE_NO_STOCK,
    Because.NOT_OPEN: PlansWord.BECAUSE_NOT_OPEN,
}
_FAILED: dict[str, Vocabulary] = {
    "no_orders": PlansWord.FAILED_NO_ORDERS,
    "nothing_allocated": PlansWord.FAILED_NOTHING_ALLOCATED,
    "too_many": PlansWord.FAILED_TOO_MANY,
    "planner_died": PlansWord.FAILED_PLANNER_DIED,
    "planner_error": PlansWord.FAILED_PLANNER_ERROR,
}
_MEASURES: dict[str, Vocabulary] = {
    "slots": PlansWord.MEASURE_SLOTS,
    "grams": PlansWord.MEASURE_GRAMS,
    "millilitres": PlansWord.MEASURE_MILLILITRES,
    "lines": PlansWord.MEASURE_LINES,
}
_LEFT: dict[str, Vocabulary] = {
    "order_changed": PlansWord.LEFT_ORDER_CHANGED,
    "order_not_in_wave": PlansWord.LEFT_ORDER_NOT_IN_WAVE,
    "not_in_plan": PlansWord.LEFT_NOT_IN_PLAN,
}
#: Names told one by one, and problems.
_NAMED, _PROBLEMS = 12, 12


class PlansTeller:
    """Owns nothing but the words of the window."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._rescue = RescueTeller(texts)

    def lines(self, state: PlansState) -> Lines:
        """What is to be read at the side."""
        if state.page is Page.RESCUE:
            current = state.current if isinstance(state.current, Doomed) else None
            return self._rescue.lines(state.rescue, current, state.question.move)
        plan = state.plan
        if plan is None:
            return self._nothing(state)
        if state.question.kind == "use":
            return self._using(plan)
        if plan.state is not PlanState.DONE or state.question.asks:
            return self._unready(plan, state.numbers)
        match state.page:
            case Page.REHEARSAL:
                return self._rehearsal(plan)
            case Page.COMPARE:
                return self._compared(state)
            case Page.OUTCOME:
                return self._outcome(state)
        row, top = self._row(state), self._plan(plan, state.numbers, in_use=state.in_use)
        return [*row, *top] if state.page is Page.ORDERS or state.opened else [*top, *row]

    def _nothing(self, state: PlansState) -> Lines:
        word = self._texts.word
        if state.loading:
            return [quiet(word(Word.LOADING))] if state.fresh else []
        lines = [head(word(PlansWord.NO_PLAN)), plain(word(PlansWord.NO_PLAN_HINT))]
        return lines + self._undrawn() if state.drawing is not None and not state.drawing.drawn else lines

    def _undrawn(self) -> Lines:
        word = self._texts.word
        return [signed("warn", word(PlansWord.NOT_DRAWN)), quiet(word(PlansWord.HOW_TO_DRAW))]

    def _title(self, plan: PlanRow, numbers: dict[str, int]) -> Lines:
        word, people = self._texts.word, sum(people_of(plan).values())
        asked = (
            word(PlansWord.ASKED, slots=plan.asked.slots, n=people)
            if people
            else word(PlansWord.ASKED_SLOTS, slots=plan.asked.slots)
        )
        thought = word(PlansWord.ASKED_SECONDS, seconds=rounded(plan.result.seconds)) if plan.result else ""
        told = ", ".join(filter(None, (asked, thought)))
        return [head(word(PlansWord.NO, n=numbers.get(plan.id, 1))), quiet(told)]

    def _unready(self, plan: PlanRow, numbers: dict[str, int]) -> Lines:
        word, lines = self._texts.word, self._title(plan, numbers)
        match plan.state:
            case PlanState.QUEUED:
                lines.append(plain(word(PlansWord.WAITS_TURN)))
            case PlanState.RUNNING:
                lines.append(plain(word(PlansWord.THINKING, n=plan.percent)))
            case PlanState.CANCELLED:
                lines.append(signed("info", word(PlansWord.CANCELLED)))
            case PlanState.FAILED:
                lines.append(signed("bad", word(_FAILED.get(plan.reason or "", PlansWord.FAILED))))
        if plan.metres and plan.state is PlanState.RUNNING:
            lines.append(plain(word(PlansWord.BEST_SO_FAR, metres=rounded(plan.metres))))
        return lines

    # a plan that is ready

    def _plan(self, plan: PlanRow, numbers: dict[str, int], *, in_use: bool) -> Lines:
        result, lines = plan.result, self._title(plan, numbers)
        if plan.applied is not None and in_use:
            lines += self._used(plan.applied)
        if result is None:
            return [*lines, quiet(self._texts.word(Word.LOADING))]
        return [*lines, *self._worth(result), *self._timing(plan, result), *self._problems(result.problems)]

    def _worth(self, result: PlanResult) -> Lines:
        word, totals = self._texts.word, result.totals
        lines = [plain(word(PlansWord.SUM, n=totals.orders, lines=totals.lines, units=totals.units))]
        time = rounded(totals.minutes)
        if not result.drawn:
            return [*lines, plain(word(PlansWord.WALKED_BLIND, n=totals.batches, time=time)), *self._undrawn()]
        metres = rounded(totals.metres)
        lines.append(plain(word(PlansWord.WALKED, n=totals.batches, metres=metres, time=time)))
        if result.in_turn is not None and result.in_turn.metres > 0:
            saved = result.in_turn.metres - totals.metres
            share = rounded(100 * saved / result.in_turn.metres)
            lines.append(
                signed("good", word(PlansWord.SAVED, metres=rounded(saved), share=share))
                if saved >= 1
                else quiet(word(PlansWord.NOT_SAVED))
            )
        if result.s_shape is not None and result.s_shape.metres > 0:
            lines.append(quiet(word(PlansWord.S_SHAPE, metres=rounded(result.s_shape.metres))))
        return lines

    def _timing(self, plan: PlanRow, result: PlanResult) -> Lines:
        word, texts = self._texts.word, self._texts
        lines: Lines = []
        for one in result.releases:
            carrier = one.carrier or word(PlansWord.ANY_CARRIER)
            told = PlansWord.RELEASE_LATE if one.late else PlansWord.RELEASE
            text = word(told, carrier=carrier, time=texts.clock(one.release_at))
            lines.append(signed("bad", text) if one.late else plain(text))
        late = late_orders(plan)
        if late:
            lines.append(signed("bad", word(PlansWord.LATE, n=late)))
        waiting = sum(why.batch is None for why in result.why)
        if waiting:
            lines.append(signed("warn", word(PlansWord.WAITING, n=waiting)))
        return lines

    def _problems(self, problems: list[Problem]) -> Lines:
        shown = [signed("warn", self._problem(one)) for one in problems[:_PROBLEMS]]
        return [*shown, *self._more(len(problems) - len(shown))]

    def _more(self, n: int) -> Lines:
        return [quiet(self._texts.word(PlansWord.AND_MORE, n=n))] if n > 0 else []

    def _problem(self, problem: Problem) -> str:
        """One this app has no words for is its code."""
        word = _LEFT.get(problem.code) or named("problem", problem.code)
        return self._texts.word(word, **problem.words) if word else problem.code

    def _used(self, used: PlanApplied) -> Lines:
        word = self._texts.word
        lines = [signed("good", word(PlansWord.USED, time=self._texts.clock(used.at), n=used.jobs))]
        lines += self._problems(used.left_out)
        return [*lines, quiet(word(PlansWord.MOVED, n=len(used.moved)))] if used.moved else lines

    def _using(self, plan: PlanRow) -> Lines:
        word, result = self._texts.word, plan.result
        lines = [head(word(PlansWord.USE))]
        if result is None:
            return lines
        lines.append(plain(word(PlansWord.USE_MEANS, n=result.totals.batches, orders=result.totals.orders)))
        behind = sum(why.batch is None for why in result.why)
        if behind:
            lines.append(signed("warn", word(PlansWord.USE_STAYS, n=behind)))
        return [*lines, quiet(word(PlansWord.USE_MEANWHILE))]

    # a row of it

    def _row(self, state: PlansState) -> Lines:
        match state.current:
            case PlanBatch() as batch:
                return self._walk(batch)
            case PlanWhy() as why:
                return self._why(why)
        return []

    def _walk(self, batch: PlanBatch) -> Lines:
        word = self._texts.word
        lines = [head(word(PlansWord.WALK_NO, n=batch.number))]
        lines.append(plain(word(PlansWord.WALK_SUM, orders=len(batch.orders), n=len(batch.stops), units=batch.units)))
        if batch.metres:
            time = rounded(batch.minutes)
            lines.append(plain(word(PlansWord.WALK_WAY, metres=rounded(batch.metres), time=time)))
        lines.append(quiet(word(PlansWord.WALK_FULL, n=batch.full_percent)))
        if batch.start:
            lines.append(quiet(word(PlansWord.FROM_TO, start=batch.start, end=batch.end or batch.start)))
        lines += [signed("warn", word(PlansWord.NO_WAY, bin=stop.bin)) for stop in batch.stops if not stop.reached]
        lines.append(plain(orders_text(self._texts, batch.orders, len(batch.orders), _NAMED)))
        return [*lines, Line(" → ".join(stop.bin for stop in batch.stops), 16, 500, "quiet", 40)]

    def _why(self, why: PlanWhy) -> Lines:
        word, words = self._texts.word, dict(why.words)
        lines = [head(word(Word.ORDER_NO, no=why.order))]
        if why.batch is not None:
            lines.append(plain(word(PlansWord.IN_WALK, n=why.batch)))
        measure = _MEASURES.get(str(words.pop("measure", "")))
        words |= {
            "what": word(measure) if measure else "",
            "partner": why.partner or "",
            "metres": rounded(why.shared_m),
        }
        text = word(_BECAUSE[why.because], **words)
        lines.append(signed("warn", text) if why.batch is None else plain(text))
        if reserve := words.get("reserve"):
            lines.append(quiet(word(PlansWord.IN_RESERVE, n=int(reserve))))
        if why.alone_m:
            lines.append(quiet(word(PlansWord.ALONE_ADDS, alone=rounded(why.alone_m), added=rounded(why.added_m))))
        return lines

    # what will be, and what was

    def _rehearsal(self, plan: PlanRow) -> Lines:
        word = self._texts.word
        forecast = plan.result.forecast if plan.result else None
        if forecast is None:
            return [quiet(word(PlansWord.NOT_REHEARSED))]
        lines = [head(word(PlansWord.RUNS, n=forecast.runs))]
        for told, spread in ((PlansWord.PICKED_AFTER, forecast.picked), (PlansWord.PACKED_AFTER, forecast.packed)):
            figures = {"time": rounded(spread.p50), "early": rounded(spread.p10), "late": rounded(spread.p90)}
            lines.append(plain(word(told, **figures)))
        return [*lines, *self._late(forecast), *self._waits(forecast), quiet(word(PlansWord.CURVE_SPREAD))]

    def _late(self, forecast: PlanForecast) -> Lines:
        word = self._texts.word
        if not forecast.late:
            return [signed("good", word(PlansWord.NONE_LATE))]
        told = [
            signed(
                "bad" if one.percent >= LIKELY_PERCENT else "warn",
                word(
                    PlansWord.MISSES,
                    order=one.order,
                    carrier=one.carrier or word(Word.COLUMN_CARRIER),
                    time=self._texts.clock(one.cut_off),
                    n=one.percent,
                ),
            )
            for one in forecast.late[:_PROBLEMS]
        ]
        return [*told, *self._more(len(forecast.late) - len(told))]

    def _waits(self, forecast: PlanForecast) -> Lines:
        word = self._texts.word
        lines: Lines = []
        if forecast.jam.p50 >= 0.5:
            lines.append(signed("warn", word(PlansWord.JAM, time=rounded(forecast.jam.p50))))
        if forecast.waits.p50 >= 0.5:
            lines.append(plain(word(PlansWord.AISLES, time=rounded(forecast.waits.p50))))
        for zone in forecast.zones:
            if zone.zone:
                figures = {"time": zone.minutes.p50, "early": zone.minutes.p10, "late": zone.minutes.p90}
                told = {key: rounded(value) for key, value in figures.items()}
                lines.append(quiet(word(PlansWord.ZONE_AFTER, zone=zone.zone, n=zone.busy_percent, **told)))
        return lines

    def _compared(self, state: PlansState) -> Lines:
        word, against = self._texts.word, state.against
        if not state.other:
            return [head(word(PlansWord.SEE_COMPARE)), plain(word(PlansWord.ONE_PLAN))]
        mine = state.numbers.get(state.plan.id, 1) if state.plan is not None else 1
        lines = [head(word(PlansWord.NO, n=mine)), plain(word(PlansWord.AGAINST, n=state.other))]
        if against is None:
            return [*lines, quiet(word(Word.LOADING))]
        if against.one_wins_percent is not None:
            lines.append(plain(word(PlansWord.WINS, n=against.one_wins_percent)))
        for told, orders in ((PlansWord.ONLY_THIS, against.only_one), (PlansWord.ONLY_OTHER, against.only_other)):
            if orders:
                lines.append(quiet(word(told, orders=orders_text(self._texts, orders, len(orders), _NAMED))))
        return lines

    def _outcome(self, state: PlansState) -> Lines:
        word, outcome = self._texts.word, state.outcome
        plan = state.plan
        if plan is not None and plan.applied is None:
            return [head(word(PlansWord.SEE_OUTCOME)), plain(word(PlansWord.NOT_APPLIED))]
        lines = [head(word(PlansWord.SEE_OUTCOME))]
        if outcome is None:
            return [*lines, quiet(word(Word.LOADING))]
        if outcome.reason is not None:
            told = PlansWord.NOT_APPLIED if outcome.reason == "not_applied" else PlansWord.NOT_RELEASED
            return [*lines, plain(word(told))]
        inside = [one.inside for one in outcome.figures if one.inside is not None]
        if inside:
            lines.append(
                signed("good", word(PlansWord.INSIDE)) if all(inside) else signed("warn", word(PlansWord.OUTSIDE))
            )
        return lines
