"""`floorhand devices simulate`: one simulated device as a process of its own, for the demonstration and for tests.

It prints one JSON line with its address, then one for each command read from standard input (`{"ok": true}` or `{"error": ...}`) and
one for each thing that happens to it (a label came out, the scanner was answered). It ends with standard input, so it never outlives
its parent.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable
from typing import Protocol, TextIO

from devices.codecs.scales.dialects import DIALECTS
from devices.model import Reason
from devices.simulated.printer_base import Build, CameOut, PrinterSim
from devices.simulated.printer_sims import MACHINES
from devices.simulated.scale_sim import ScaleBuild, ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.ssi_sim import SsiSim
from devices.simulated.zpl_machine import PrintedLabel, PrinterBuild
from devices.simulated.zpl_sim import ZplSim

Commands = dict[str, Callable[[str], None]]


class Simulator(Protocol):
    """What all simulated devices can do."""

    @property
    def url(self) -> str:
        """Address for the hub."""

    def start(self) -> None:
        """Plug in."""

    def stop(self) -> None:
        """Pull the plug."""


class _Voice:
    """Writes JSON lines, whole, from any thread."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = threading.Lock()

    def say(self, **facts: object) -> None:
        with self._lock:
            self._out.write(json.dumps(facts) + "\n")
            self._out.flush()


def _scanner(options: argparse.Namespace, voice: _Voice) -> tuple[Simulator, Commands]:
    if options.dialect == "ssi":
        decoder = SsiSim(options.link)
        return decoder, {"scan": lambda text: voice.say(taken=decoder.scan(text))}
    sim = ScannerSim(options.link, on_heard=lambda heard: voice.say(event="feedback", bytes=heard.hex()))
    return sim, {"scan": sim.scan}


def _scale(options: argparse.Namespace, voice: _Voice) -> tuple[Simulator, Commands]:
    sim = ScaleSim(ScaleBuild(), options.link, options.port, options.dialect or "mt-sics")
    return sim, {"load": lambda grams: sim.load(float(grams))}


def _printer(options: argparse.Namespace, voice: _Voice) -> tuple[Simulator, Commands]:
    zpl = options.dialect in (None, "zpl")
    sim: ZplSim | PrinterSim = _zpl(options, voice) if zpl else _other_printer(options, voice)

    def fault(argument: str) -> None:
        name, _, switch = argument.partition(" ")
        if switch not in ("on", "off"):
            raise ValueError("say: fault REASON on|off")
        sim.fault(Reason(name), switch == "on")

    def labels(argument: str) -> None:
        sim.load(None if argument == "endless" else int(argument))

    return sim, {"fault": fault, "labels": labels, "power-cycle": lambda _: sim.power_cycle()}


def _zpl(options: argparse.Namespace, voice: _Voice) -> ZplSim:
    def came_out(label: PrintedLabel) -> None:
        voice.say(event="label", number=label.number, job=label.job, copy=label.copy)

    return ZplSim(options.folder, PrinterBuild(print_s=options.print_s), options.port or 0, came_out)


def _other_printer(options: argparse.Namespace, voice: _Voice) -> PrinterSim:
    def came_out(label: CameOut) -> None:
        options.folder.mkdir(parents=True, exist_ok=True)
        (options.folder / f"label-{label.number:04d}.{options.dialect}").write_bytes(label.data)
        voice.say(event="label", number=label.number, job=label.job)

    machine = MACHINES[options.dialect](Build(print_s=options.print_s))
    return PrinterSim(machine, options.port or 0, options.link, on_label=came_out)


DEVICES: dict[str, Callable[[argparse.Namespace, _Voice], tuple[Simulator, Commands]]] = {
    "scanner": _scanner,
    "scale": _scale,
    "printer": _printer,
}
DIALECTS_OF: dict[str, tuple[str, ...]] = {
    "scanner": ("lines", "ssi"),
    "scale": tuple(DIALECTS),
    "printer": ("zpl", *MACHINES),
}


def simulate(options: argparse.Namespace) -> int:
    """Runs until standard input ends or `quit` is read."""
    voice = _Voice(sys.stdout)
    known = DIALECTS_OF[options.device]
    if options.dialect not in (None, *known):
        print(f"a simulated {options.device} speaks {', '.join(known)}", file=sys.stderr)
        return 2
    sim, commands = DEVICES[options.device](options, voice)
    sim.start()
    voice.say(device=options.device, url=sim.url)
    commands |= {"unplug": lambda _: sim.stop(), "replug": lambda _: sim.start()}
    for line in sys.stdin:
        name, _, argument = line.rstrip("\n").partition(" ")
        if name == "quit":
            break
        try:
            if name not in commands:
                raise ValueError(f"commands are {', '.join(sorted(commands))} and quit")
            commands[name](argument)
            voice.say(ok=True, command=name, url=sim.url)
        except (ValueError, OSError) as trouble:
            voice.say(ok=False, command=name, error=str(trouble))
    sim.stop()
    return 0
