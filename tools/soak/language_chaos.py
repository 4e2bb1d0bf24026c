"""Jobs for printers of every language but ZPL over TCP, with line and printer in trouble: what is said of a label must be true.

    python -m tools.soak language_chaos -- --runs 1000 --seed 1

A job that is PRINTED came out once, alone on its label; one that FAILED did not come out; one that is UNCERTAIN came out once or not at
all. Nothing comes out twice.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from devices.confirmation import Ascent
from devices.drivers.base import PrinterDriver
from devices.model import JobReport, JobState, PrintJob, Reason
from devices.printing import PrintPolicy
from devices.registry import printer_for
from devices.simulated.chaos import ChaosPlan
from devices.simulated.printer_base import PrinterSim
from devices.simulated.printer_sims import MACHINES
from devices.transports.base import LinkError
from tools.bench import Figure

Words = Callable[[str], bytes]

LANGUAGES: dict[str, Words] = {
    "tspl": lambda text: f'SIZE 50 mm,30 mm\r\nCLS\r\nTEXT 9,9,"3",0,1,1,"{text}"\r\nPRINT 1,1\r\n'.encode(),
    "epl2": lambda text: f'N\r\nA9,9,0,3,1,1,N,"{text}"\r\nP1\r\n'.encode(),
    "cpcl": lambda text: f"! 0 200 200 240 1\r\nTEXT 4 0 9 9 {text}\r\nFORM\r\nPRINT\r\n".encode(),
    "sbpl": lambda text: f"\x02\x1bA\x1bV0009\x1bH0009\x1bXM{text}\x1bQ1\x1bZ\x03".encode(),
    "escpos": lambda text: f"\x1b@{text}\n\x1dVA\0".encode(),
    "brother": lambda text: b"g\0" + bytes([len(text)]) + text.encode() + b"\x1a",
}
"""One label of each language."""

QUICK = PrintPolicy(hold_s=0.05, listen_s=0.01, base_s=0.08, per_label_s=0.02, grace_s=0.02)
_FAULTS = (Reason.MEDIA_EMPTY, Reason.COVER_OPEN)


class _NoJournal:
    """Forgets: what is judged here is what the queue says and what came out."""

    def record(self, job: PrintJob, state: JobState, detail: str) -> None:
        """See PrintJournal.record."""


@dataclass(slots=True)
class Outcome:
    """Jobs by their last state, and those of which something untrue was said."""

    states: Counter[JobState] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)


def chaos(language: str, runs: int, seed: int) -> Outcome:
    """So many jobs, one after the other, at one printer."""
    words = LANGUAGES[language]
    sim = PrinterSim(MACHINES[language]())
    sim.machine.build.print_s = 0.003
    sim.start()
    driver = printer_for(f"{sim.url}?dialect={language}&snmp=no", time.monotonic)
    driver._reply_s = 0.05
    try:
        last = [
            _job(sim, driver, words, random.Random(f"{seed}/{language}/{run}"), f"{language}-{run}")
            for run in range(runs)
        ]
    finally:
        sim.stop()
    outcome = Outcome(Counter(state for _, state in last))
    for name, state in last:
        with_it = [label.data for label in sim.labels if f"<{name}>".encode() in label.data]
        count = len(with_it)
        if count > 1:
            outcome.doubled.append(name)
        if state is JobState.PRINTED and [data.count(b"<") for data in with_it] != [1]:
            outcome.lost.append(name)
        if state is JobState.FAILED and count:
            outcome.untrue.append(name)
    return outcome


def _job(sim: PrinterSim, driver: PrinterDriver, words: Words, dice: random.Random, name: str) -> tuple[str, JobState]:
    payload = words(f"<{name}>")
    sim.line.trouble(_plan(dice, len(payload)))
    if dice.random() < 0.2:
        sim.machine.build.fault_at[sim.machine.odometer + 1] = dice.choice(_FAULTS)
    switched_off = dice.random() < 0.1

    def person(report: JobReport) -> None:
        nonlocal switched_off
        if report.state is JobState.SENT and switched_off:
            switched_off = False
            sim.power_cycle()
        for reason in report.reasons:
            if reason in _FAULTS and report.state is JobState.SENT:
                sim.fault(reason, False)

    state = _climb(driver, PrintJob(name, payload), person)
    sim.line.trouble(ChaosPlan())
    for reason in _FAULTS:
        sim.fault(reason, False)
    sim.machine.build.fault_at.clear()
    return name, state


def _plan(dice: random.Random, size: int) -> ChaosPlan:
    return ChaosPlan(
        seed=dice.randrange(2**31),
        cut_after_received=dice.choice([None, dice.randint(1, size + 40)]),
        cut_after_sent=dice.choice([None, None, dice.randint(1, 40)]),
        single_bytes=dice.random() < 0.3,
        mute=dice.random() < 0.05,
    )


def _climb(driver: PrinterDriver, job: PrintJob, person: Callable[[JobReport], None]) -> JobState:
    ascent = Ascent(job, driver, _NoJournal(), person, time.monotonic, QUICK)
    while not ascent.state.final:
        try:
            ascent.advance()
        except LinkError:
            driver.disconnect()
            if ascent.untouched:
                ascent.hold((Reason.LOST,))
    return ascent.state


def main(arguments: Sequence[str]) -> list[Figure]:
    """Jobs, how they ended, and of how many something untrue was said."""
    parser = argparse.ArgumentParser(prog="language_chaos")
    parser.add_argument("--runs", type=int, default=1000, help="for each language")
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    figures, wrong = [], Counter[str]()
    for language in LANGUAGES:
        outcome = chaos(language, got.runs, got.seed)
        found = {"lost": outcome.lost, "doubled": outcome.doubled, "failed but out": outcome.untrue}
        wrong.update({what: len(names) for what, names in found.items()})
        print(
            f"{language}: {dict(outcome.states)} { ({what: names[:9] for what, names in found.items() if names}) }",
            flush=True,
        )
        figures.append(Figure(f"{language} printed", outcome.states[JobState.PRINTED], "jobs"))
    return [
        Figure("jobs", got.runs * len(LANGUAGES), ""),
        *figures,
        *(Figure(what, wrong[what], "labels", limit=0) for what in ("lost", "doubled", "failed but out")),
    ]
