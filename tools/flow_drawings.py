"""Drawings of the flows, from the very tables that run them: `python -m tools.flow_drawings [OUT]`.

One SVG a flow goes into `docs/flows/` unless told otherwise: each step is a box with what it answers to, each arc is a step that may
follow, forward at the right and back at the left. `tests/flows` shows that the drawings are those of today's tables.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from app.core.scan import ScanKind
from app.flows import (
    count,
    load,
    load_state,
    pack,
    pack_state,
    pick,
    pick_state,
    pickup,
    pickup_state,
    receive,
    returns,
    returns_state,
    task,
    task_state,
    wall,
    wall_state,
    zone,
)

HOME = Path(__file__).parent.parent / "docs" / "flows"

_BOX, _GAP, _LINE, _HEAD = 560, 22, 19, 30
_LEFT, _TOP = 230, 90
_REACH = 15
_COLOURS = ("#0B63CE", "#0F7B3F", "#8A5A00", "#C4271C", "#6D3BC0", "#22A8B8", "#9A7B5B", "#C061CB")
_CHARS = 74


@dataclass(frozen=True, slots=True)
class Flow:
    """One drawing: the steps that may follow each step, and the function for each (step, event)."""

    name: str
    heading: str
    follows: Mapping[Any, frozenset[Any]]
    table: Mapping[Any, Any]


FLOWS: tuple[Flow, ...] = (
    Flow("pick", "Picking, every method", pick_state.TRANSITIONS, pick.TABLE),
    Flow("pack", "Packing", pack_state.TRANSITIONS, pack.TABLE),
    Flow("wall", "Sorting into the put wall", wall_state.TRANSITIONS, wall.TABLE),
    Flow("zone", "Working in a zone", zone.TRANSITIONS, zone.TABLE),
    Flow("task", "Moving goods for a task", task_state.TRANSITIONS, task.TABLE),
    Flow("count", "Counting a bin", task_state.TRANSITIONS, count.TABLE),
    Flow("load", "Pallets and trucks", load_state.TRANSITIONS, load.TABLE),
    Flow("pickup", "Orders that customers fetch", pickup_state.TRANSITIONS, pickup.TABLE),
    Flow("returns", "Goods that come back", returns_state.TRANSITIONS, returns.TABLE),
    Flow("receive", "Goods that come in", receive.TRANSITIONS, receive.TABLE),
)


@dataclass(frozen=True, slots=True)
class Box:
    """A step in the drawing: its lines of words, and where it stands (pixels from the top)."""

    step: StrEnum
    words: tuple[str, ...]
    top: int

    @property
    def high(self) -> int:
        """Pixels."""
        return _HEAD + _LINE * len(self.words) + 10

    @property
    def middle(self) -> float:
        """Where its arcs begin."""
        return self.top + self.high / 2


def drawing(flow: Flow) -> str:
    """The SVG of a flow."""
    boxes = _boxes(flow)
    high = max(box.top + box.high for box in boxes.values()) + 40
    steps = list(boxes)
    arcs = [
        _arc(boxes, steps, one, other)
        for one in steps
        for other in steps
        if other is not one and other in flow.follows.get(one, ())
    ]
    wide = _LEFT * 2 + _BOX
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        'font-family="Inter, Segoe UI, Noto Sans, DejaVu Sans, sans-serif">',
        f'<rect width="{wide}" height="{high}" fill="#FFFFFF"/>',
        f'<text x="{_LEFT}" y="44" font-size="26" font-weight="800" fill="#0E151C">{escape(flow.heading)}</text>',
        f'<text x="{_LEFT}" y="70" font-size="14" fill="#536170">Right: goes on to. Left: goes back to. '
        "Whatever a box does not name is refused.</text>",
        *arcs,
        *(_drawn(box, n) for n, box in enumerate(boxes.values())),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _boxes(flow: Flow) -> dict[Any, Box]:
    """Only steps that the table answers in, or that something leads to: flows may share their words for steps."""
    answered = {where for where, _ in flow.table}
    reached = {step for one, after in flow.follows.items() if one in answered for step in after}
    boxes, top = {}, _TOP
    for step in type(next(iter(flow.follows))):
        if step in answered or (step in reached and (step in answered or not flow.follows.get(step))):
            boxes[step] = Box(step, _words(flow, step), top)
            top += boxes[step].high + _GAP
    return boxes


def _words(flow: Flow, step: Any) -> tuple[str, ...]:
    """What a step answers to: scans and buttons by the function that answers."""
    answers: dict[str, list[str]] = {}
    for (where, trigger), function in flow.table.items():
        if where is step:
            told = f"scan {trigger.value}" if isinstance(trigger, ScanKind) else _spoken(trigger.__name__)
            answers.setdefault(_spoken(function.__name__.strip("_"), "_"), []).append(told)
    lines = []
    for answer, triggers in sorted(answers.items()):
        told = "any other scan" if len(triggers) > 4 else ", ".join(sorted(triggers))
        line = f"{told} → {answer}"
        lines.append(line if len(line) <= _CHARS else line[: _CHARS - 1] + "…")
    return tuple(lines)


def _spoken(name: str, between: str = "") -> str:
    """`AskShort` or `give_reason` as words."""
    if between:
        return name.replace(between, " ")
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()


def _drawn(box: Box, n: int) -> str:
    color = _COLOURS[n % len(_COLOURS)]
    words = "".join(
        f'<text x="{_LEFT + 18}" y="{box.top + _HEAD + _LINE * (i + 1) - 6}" font-size="13.5" fill="#0E151C">{escape(line)}</text>'
        for i, line in enumerate(box.words)
    )
    return (
        f'<rect x="{_LEFT}" y="{box.top}" width="{_BOX}" height="{box.high}" rx="12" fill="#F1F4F7" stroke="{color}" '
        f'stroke-width="2"/><text x="{_LEFT + 18}" y="{box.top + 23}" font-size="17" font-weight="800" fill="{color}">'
        f"{escape(box.step.value)}</text>{words}"
    )


def _arc(boxes: Mapping[Any, Box], steps: list[Any], one: Any, other: Any) -> str:
    """An arc from one box to another: at the right when it leads down, at the left when it leads up."""
    apart = steps.index(other) - steps.index(one)
    start, end = boxes[one].middle + (6 if apart > 0 else -6), boxes[other].middle + (-6 if apart > 0 else 6)
    edge = _LEFT + _BOX if apart > 0 else _LEFT
    reach = min(_LEFT - 20, 26 + _REACH * (abs(apart) - 1)) * (1 if apart > 0 else -1)
    color = _COLOURS[steps.index(one) % len(_COLOURS)]
    tip = edge + (7 if apart > 0 else -7)
    return (
        f'<path d="M {edge} {start:.0f} C {edge + reach * 1.3:.0f} {start:.0f}, {edge + reach * 1.3:.0f} {end:.0f}, '
        f'{tip} {end:.0f}" fill="none" stroke="{color}" stroke-width="1.6" stroke-opacity="0.75"/>'
        f'<path d="M {edge} {end:.0f} L {tip} {end - 4:.0f} L {tip} {end + 4:.0f} Z" fill="{color}"/>'
    )


def main(arguments: list[str] | None = None) -> int:
    """Draws all flows; exit status 0."""
    parser = argparse.ArgumentParser(prog="tools.flow_drawings", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", nargs="?", type=Path, default=HOME)
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for flow in FLOWS:
        (out / f"{flow.name}.svg").write_text(drawing(flow), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
