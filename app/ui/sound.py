"""Makes the tones heard, without ever keeping the screen waiting. QtMultimedia is not part of PySide6_Essentials, so the system plays.

One thread starts the system's own player for each tone; a newer tone ends an older one, because only the newest matters to a hand that
is already at the next bin. Where no player is found the screen speaks alone, and the settings page says so by `available`.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import wave
from pathlib import Path
from queue import SimpleQueue

import resources
from app.core.messages import Cue

#: Players by preference: each takes the name of a WAV file as its last argument and ends with the sound.
PLAYERS: tuple[tuple[str, ...], ...] = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))


def find_player() -> tuple[str, ...] | None:
    """The system's player with its options, or None. On Windows it is `winsound` in a process of our own interpreter."""
    if sys.platform == "win32":
        code = "import sys, winsound; winsound.PlaySound(sys.argv[1], winsound.SND_FILENAME)"
        return (sys.executable, "-c", code)
    for player in PLAYERS:
        if shutil.which(player[0]):
            return player
    return None


def louder(source: Path, target: Path, volume: int) -> None:
    """Copies a 16 bit WAV file at `volume` per cent."""
    with wave.open(str(source), "rb") as file:
        settings = file.getparams()
        frames = file.readframes(settings.nframes)
    values = struct.unpack(f"<{len(frames) // 2}h", frames)
    with wave.open(str(target), "wb") as file:
        file.setparams(settings)
        file.writeframes(struct.pack(f"<{len(values)}h", *(value * volume // 100 for value in values)))


class Sounds:
    """Plays cues. `play` returns at once; the files are made at the chosen volume before they are needed."""

    def __init__(self, player: tuple[str, ...] | None, volume: int) -> None:
        self._player = player
        self._folder = tempfile.TemporaryDirectory(prefix="floorhand-sounds-")
        self._wanted: SimpleQueue[Cue | int | None] = SimpleQueue()
        self._playing: subprocess.Popen[bytes] | None = None
        self._silent = volume == 0
        self._thread = threading.Thread(target=self._run, name="sounds", daemon=True)
        if player is not None:
            self._wanted.put(volume)
            self._thread.start()

    @property
    def available(self) -> bool:
        """True if this device can make sounds."""
        return self._player is not None

    def set_volume(self, volume: int) -> None:
        """0 (silent) to 100."""
        self._silent = volume == 0
        self._wanted.put(volume)

    def play(self, cue: Cue) -> None:
        """Makes a cue heard now."""
        if self._player is not None and cue is not Cue.NONE and not self._silent:
            self._wanted.put(cue)

    def stop(self) -> None:
        """Ends the thread and what still sounds, and removes the files."""
        if self._thread.is_alive():
            self._wanted.put(None)
            self._thread.join(2)
        self._folder.cleanup()

    def _run(self) -> None:
        while (wish := self._wanted.get()) is not None:
            if isinstance(wish, Cue):
                self._start(wish)
            elif wish:
                self._make_files(wish)
        self._end()

    def _start(self, cue: Cue) -> None:
        self._end()
        assert self._player is not None
        quiet = subprocess.DEVNULL
        try:
            command = [*self._player, str(Path(self._folder.name) / f"{cue}.wav")]
            self._playing = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        except OSError:
            self._playing = None

    def _end(self) -> None:
        if self._playing is not None:
            self._playing.terminate()
            self._playing.wait()
            self._playing = None

    def _make_files(self, volume: int) -> None:
        for cue in Cue:
            if cue is not Cue.NONE:
                louder(resources.path(f"sounds/{cue}.wav"), Path(self._folder.name) / f"{cue}.wav", volume)
