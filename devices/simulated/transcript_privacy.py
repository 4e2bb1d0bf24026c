"""What must not leave the house is taken out of a transcript: badge codes, and what stands on labels. Used by `devices.evidence`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from devices.model import Role
from devices.simulated.transcript import Step, Transcript

BADGE = re.compile(rb"(?i)(?:(?<![A-Z0-9])B|BADGE|FHB)[-_]([A-Z0-9-]{4,40})")
"""What opens a session when it is scanned. Group 1 is what is blotted out."""

LONGEST_QUESTION = 32
"""A write to a printer up to this length is a question; a longer one is a label, with somebody's name and address on it."""


def without_secrets(transcript: Transcript, badge: re.Pattern[bytes] = BADGE) -> Transcript:
    """The transcript with badge codes blotted out (same length) and labels reduced to their length."""
    steps = transcript.steps
    if transcript.role == Role.LABEL_PRINTER.value:
        steps = tuple(_unlabelled(step) for step in steps)
    elif transcript.url.startswith("evdev:"):
        # Key presses: a badge is not to be told from other typing, nor from a password.
        steps = tuple(replace(step, data=b"") if step.kind == "read" else step for step in steps)
    # A name and password in an address belong to nobody else.
    url = re.sub(r"//[^/@]*@", "//", transcript.url)
    return replace(transcript, url=url, steps=_blotted(_blotted(steps, "read", badge), "written", badge))


def _unlabelled(step: Step) -> Step:
    return replace(step, data=b"") if step.kind == "written" and step.size > LONGEST_QUESTION else step


def _blotted(steps: Sequence[Step], kind: str, badge: re.Pattern[bytes]) -> tuple[Step, ...]:
    # Over the joined stream, since a code may have come in any number of pieces.
    stream = bytearray(b"".join(step.data for step in steps if step.kind == kind))
    for match in badge.finditer(bytes(stream)):
        stream[match.start(1) : match.end(1)] = b"X" * len(match[1])
    place = 0
    fresh = []
    for step in steps:
        if step.kind == kind:
            fresh.append(replace(step, data=bytes(stream[place : place + len(step.data)])))
            place += len(step.data)
        else:
            fresh.append(step)
    return tuple(fresh)
