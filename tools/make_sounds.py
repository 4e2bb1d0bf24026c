"""Makes the sounds of the tones (`resources/sounds/*.wav`): 44.1 kHz, 16 bit, mono. `python -m tools.make_sounds`.

Each class of message must be told apart without looking, in noise and with worn ears: they differ in rhythm first, then in pitch, and
stay between 180 and 2100 Hz.
"""

from __future__ import annotations

import math
import struct
import wave
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

RATE = 44_100


@dataclass(frozen=True, slots=True)
class Note:
    """One piece of a sound: from `hz` to `to_hz` (0 = silence) for `ms`. `partials` are the strengths of the harmonics."""

    hz: float
    ms: int
    to_hz: float | None = None
    partials: tuple[float, ...] = (1.0, 0.25, 0.08)
    fade_ms: int = 30
    level: float = 0.8


_BUZZ = (1.0, 0.0, 0.7, 0.0, 0.5, 0.0, 0.35)
_SOFT = (1.0, 0.1)
_BELL = (1.0, 0.5, 0.0, 0.25)

CUES: dict[str, tuple[Note, ...]] = {
    "good": (Note(1760, 80),),
    "line_done": (Note(1175, 90), Note(0, 15), Note(1760, 130)),
    "ask": (Note(440, 110, partials=_SOFT, fade_ms=60, level=0.35),),
    "warn": (Note(988, 120), Note(0, 80), Note(988, 120)),
    "wrong_item": (
        Note(196, 150, partials=_BUZZ, fade_ms=12),
        Note(0, 70),
        Note(196, 150, partials=_BUZZ, fade_ms=12),
    ),
    "wrong_bin": (Note(196, 480, partials=_BUZZ, fade_ms=20),),
    "too_many": (Note(740, 140), Note(0, 20), Note(415, 240)),
    "duplicate": (Note(260, 28, partials=_SOFT, fade_ms=20), Note(0, 60), Note(260, 28, partials=_SOFT, fade_ms=20)),
    "away": (
        Note(880, 140, partials=_SOFT, fade_ms=80, level=0.45),
        Note(698, 140, partials=_SOFT, fade_ms=80, level=0.45),
        Note(523, 260, partials=_SOFT, fade_ms=160, level=0.45),
    ),
    "call": (Note(1319, 320, partials=_BELL, fade_ms=240), Note(1047, 520, partials=_BELL, fade_ms=420)),
}


def samples(note: Note) -> list[float]:
    """One note as samples in -1..1, with 3 ms of attack so that it does not click, and its fade."""
    count = note.ms * RATE // 1000
    attack, fade = RATE * 3 // 1000, max(1, note.fade_ms * RATE // 1000)
    total = sum(note.partials)
    out: list[float] = []
    phase = 0.0
    for i in range(count):
        hz = note.hz if note.to_hz is None else note.hz + (note.to_hz - note.hz) * i / count
        phase += 2 * math.pi * hz / RATE
        wave_ = sum(strength * math.sin(phase * n) for n, strength in enumerate(note.partials, 1)) / total
        out.append(wave_ * note.level * min(1.0, i / attack, (count - i) / fade) if note.hz else 0.0)
    return out


def pcm(notes: tuple[Note, ...]) -> bytes:
    """A cue as 16 bit little-endian samples, ending in 20 ms of silence so that no player cuts its tail."""
    values = [v for note in notes for v in samples(note)] + [0.0] * (RATE // 50)
    return struct.pack(f"<{len(values)}h", *(round(v * 32_767) for v in values))


def main() -> int:
    """Writes all cues; exit status 0."""
    out = Path(__file__).parent.parent / "resources" / "sounds"
    for name, notes in CUES.items():
        with wave.open(str(out / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(pcm(notes))
    rhythms = {name: tuple(n.ms for n in notes) for name, notes in CUES.items()}
    assert all(a != b for a, b in pairwise(sorted(rhythms.values()))), "two cues share one rhythm"
    print(f"{len(CUES)} sounds in {out.name}/")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
