"""Each SSCC once, whatever happens: two virtual printers on real TCP, a station's print queue with its journal on disk, and a person.

Every run asks for one label and lets one thing go wrong: our bytes or the printer's answers cut after the n-th byte, an error at the
label, the roll's end, the power, silence, slowness, a cable, two of these at once, or our own death in the middle. Then the person does
what people do: clears the trouble, looks, decides, asks for the label again. At the end the labels that really came out are counted.

A label PRINTED is out once; FAILED is not out; UNCERTAIN has a decision in the journal. A silent loss or duplicate is a label that is out
less or more often than all this says. `--runs` `--seed` `--lanes`; a lane is a station of its own, runs of one lane come one after
another. Failing runs are printed with what is needed to have them again.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from devices.codecs.gtin import check_digit
from devices.model import JobReport, JobState, PrintJob, Role, Verdict
from tools.bench import Figure
from tools.soak._label_station import TROUBLES, Station


@dataclass
class Tally:
    """What came of some runs: final states, what the person decided, and everything that must not be."""

    states: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    reprints: int = 0
    moved: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Both together."""
        for mine, theirs in (
            (self.states, other.states),
            (self.verdicts, other.verdicts),
            (self.troubles, other.troubles),
        ):
            mine.update(theirs)
        self.reprints += other.reprints
        self.moved += other.moved
        self.lost += other.lost
        self.doubled += other.doubled
        self.wrong += other.wrong


class Lane:
    """Runs on one station, one after another, and the person who works there."""

    def __init__(self, folder: Path, seed: int, first: int, runs: int) -> None:
        self._seed = seed
        self._numbers = range(first, first + runs)
        self._dice = random.Random(f"{seed}/{first}")
        self._station = Station(folder, print_s=0.001)
        self._asked: dict[str, list[str]] = {}
        self._turns: Counter[str] = Counter()
        self.tally = Tally()

    def run(self) -> Tally:
        """All runs, and the count at the end."""
        names = [name for name, (_, weight) in TROUBLES.items() for _ in range(weight)]
        for number in self._numbers:
            trouble = names[(number * 37) % len(names)]
            # Each kind of trouble goes through its own positions, spread over all lanes.
            turn = number // len(names) * TROUBLES[trouble][1] + self._turns[trouble] % TROUBLES[trouble][1]
            self._turns[trouble] += 1
            self.tally.troubles[trouble] += 1
            try:
                self._one(number, trouble, turn)
            except Exception as failed:
                self._wrong(number, trouble, f"{type(failed).__name__}: {failed}")
        self._station.all_well()
        self._count()
        if not self._station.close():
            self.tally.wrong.append("a device thread did not end")
        return self.tally

    def _one(self, number: int, trouble: str, turn: int) -> None:
        body = f"0950{number:013d}"
        sscc = body + check_digit(body)
        self._asked[sscc] = []
        self._station.ready()
        after = TROUBLES[trouble][0](self._station, turn, self._dice)
        self._ask(sscc, lambda name: self._station.hub.print(Role.LABEL_PRINTER, _label(name, sscc)))
        after()
        for _ in range(12):
            name = self._asked[sscc][-1]
            if self._station.disk.find(name) is None:
                # We died before the wish was written down; whoever wished it knows that it was not taken.
                self._station.hub.print(Role.LABEL_PRINTER, _label(name, sscc))
            report = self._station.final(name)
            if report is None:
                self._wrong(number, trouble, f"{name} has no last word")
                break
            if report.state is not JobState.FAILED and self._settled(sscc, name, report):
                break
            if report.state is JobState.FAILED:
                self._again(sscc, name)
        else:
            self._wrong(number, trouble, "asked for a dozen times")
        self._station.all_well()

    def _settled(self, sscc: str, name: str, report: JobReport) -> bool:
        """The person deals with a label that was sent. True when there is nothing more to be done."""
        self.tally.states[report.state.value] += 1
        self.tally.moved += report.printer == self._station.keys[1]
        if report.state is JobState.PRINTED:
            return True
        # Some clear the trouble and then look, some look at once: the label may yet come out of a printer that waits for labels.
        if self._dice.random() < 0.6:
            self._station.all_well()
        else:
            self._station.at_rest()
        seen = self._station.out(name) > 0
        if seen and self._dice.random() < 0.5:
            self._station.hub.prints.scanned(name, "soak")
            self.tally.verdicts["scanned"] += 1
            return True
        self._station.hub.prints.decide(name, seen, "soak")
        self.tally.verdicts["came out" if seen else "did not come out"] += 1
        if not seen:
            self._reprint(sscc, name)
        return seen

    def _again(self, sscc: str, name: str) -> None:
        """Nothing was sent: the same once more. For a reprint this says: look again whether the first came out meanwhile."""
        self.tally.states["failed"] += 1
        self._station.all_well()
        first = next((one for one in self._asked[sscc] if self._station.out(one)), None)
        if first is None:
            job = self._station.hub.prints.job(name)
            assert job is not None
            self._station.hub.print(Role.LABEL_PRINTER, job)
        else:
            # It did come out after all. Scanned, it is proven.
            self._station.hub.prints.scanned(first, "soak")
            self.tally.verdicts["scanned late"] += 1
            self._asked[sscc].append(first)

    def _reprint(self, sscc: str, name: str) -> None:
        """Once more, and a moment later somebody puts the printer right: what it still held comes out by itself."""
        self.tally.reprints += 1
        self._ask(sscc, lambda again: self._station.hub.prints.reprint(name, again, "it did not come out", "soak"))
        time.sleep(self._dice.random() * 0.3)
        self._station.repair()

    def _ask(self, sscc: str, ask: Callable[[str], None]) -> None:
        name = f"{sscc}.{len(self._asked[sscc]) + 1}"
        self._asked[sscc].append(name)
        ask(name)

    def _count(self) -> None:
        """What lies in the trays against what the journal says."""
        for sscc, names in self._asked.items():
            out = {name: self._station.out(name) for name in dict.fromkeys(names)}
            if sum(out.values()) == 0:
                self.tally.lost.append(f"{sscc} {out}")
            elif sum(out.values()) > 1:
                self.tally.doubled.append(f"{sscc} {out} {[self._fate(name) for name in out]}")
            for name, count in out.items():
                state, verdict = self._fate(name)
                right = {
                    JobState.PRINTED: count == 1,
                    JobState.FAILED: count == 0,
                    JobState.UNCERTAIN: bool(verdict) and (count == 1 or verdict == Verdict.NOT_OUT),
                }
                if not right.get(state, False):
                    self.tally.wrong.append(f"{name} is {state} {verdict} in the journal and came out {count} times")

    def _fate(self, name: str) -> tuple[JobState, str]:
        kept = self._station.disk.find(name)
        return (JobState(kept.state), kept.verdict) if kept else (JobState.QUEUED, "")

    def _wrong(self, number: int, trouble: str, what: str) -> None:
        self.tally.wrong.append(f"run {number} (seed {self._seed}, {trouble}): {what}")


def _label(name: str, sscc: str) -> PrintJob:
    payload = f"^XA^LL400^FO9,9^BCN,99,N,N,N,N^FD>;>800{sscc}^FS^XZ".encode()
    return PrintJob(name, payload, meaning=sscc, identity=sscc)


def chaos(runs: int, seed: int, lanes: int, first: int = 0) -> Tally:
    """Runs number `first` to `first + runs` on so many lanes of this process."""
    logging.disable(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="fh-labels-"))
    tally = Tally()
    try:
        share = -(-runs // lanes)
        starts = range(first, first + runs, share)
        stations = [Lane(folder / str(at), seed, at, min(share, first + runs - at)) for at in starts]
        with ThreadPoolExecutor(len(stations)) as pool:
            for result in pool.map(Lane.run, stations):
                tally.add(result)
    finally:
        logging.disable(logging.NOTSET)
        shutil.rmtree(folder)
    return tally


def main(arguments: Sequence[str]) -> list[Figure]:
    """The figures; seed and failing runs are printed."""
    parser = argparse.ArgumentParser(prog="label_chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20_261_122)
    parser.add_argument("--lanes", type=int, default=8, help="stations at once in each process")
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}, {options.runs} runs")
    begun = time.monotonic()
    processes = min(os.cpu_count() or 1, 2)
    share = -(-options.runs // processes)
    tally = Tally()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        parts = [
            pool.submit(chaos, min(share, options.runs - at), options.seed, options.lanes, at)
            for at in range(0, options.runs, share)
        ]
        for part in parts:
            tally.add(part.result())
    for line in (*tally.lost, *tally.doubled, *tally.wrong):
        print(line)
    print(dict(tally.troubles))
    return [
        Figure("label runs", sum(tally.troubles.values()), ""),
        Figure("jobs printed by the printer's own word", tally.states["printed"], ""),
        Figure("jobs uncertain, each decided by a person", tally.states["uncertain"], ""),
        Figure("jobs failed, nothing sent", tally.states["failed"], ""),
        Figure("labels that came out of the spare", tally.moved, ""),
        Figure("decisions: came out", tally.verdicts["came out"] + tally.verdicts["scanned"], ""),
        Figure("decisions: did not come out, printed again", tally.reprints, ""),
        Figure("silent losses", len(tally.lost), "", limit=0),
        Figure("silent duplicates", len(tally.doubled), "", limit=0),
        Figure("states that are not true, or never came", len(tally.wrong), "", limit=0),
        Figure("time", time.monotonic() - begun, "s", limit=900),
    ]


if __name__ == "__main__":
    import sys

    for figure in main(sys.argv[1:]):
        print(f"{figure.name:50} {figure.value:10.0f} {figure.unit} {'' if figure.kept else 'OVER'}")
