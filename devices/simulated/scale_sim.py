"""A scale that is not there: a platform with a load that settles, a dialect, and a pseudo terminal or a TCP port to speak over."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from devices.codecs.scales.dialects import DIALECTS
from devices.simulated.chaos import ChaosPlan
from devices.simulated.lines import PtyLine, TcpLine
from devices.simulated.scale_platform import Platform, ScaleBuild
from devices.simulated.scale_talks import talk_for

__all__ = ["ScaleBuild", "ScaleSim"]


def with_parity(data: bytes, parity: str) -> bytes:
    """Seven bit characters as a line of parity "E" or "O" shows them to a port that was opened with eight bits."""
    odd = 1 if parity == "O" else 0
    return bytes(byte | 0x80 if byte.bit_count() % 2 != odd else byte for byte in data)


class ScaleSim:
    """The whole scale. `load` may be called from any thread. `parity`: show the parity of a 7 bit dialect in bit 7."""

    def __init__(
        self,
        build: ScaleBuild | None = None,
        link: Path | None = None,
        tcp_port: int | None = None,
        dialect: str = "mt-sics",
        parity: bool = False,
    ) -> None:
        self._platform = Platform(build or ScaleBuild())
        self._talk = talk_for(dialect, self._platform)
        self._dialect = dialect
        self._parity = DIALECTS[dialect].line.parity if parity and DIALECTS[dialect].line.bits == 7 else ""
        self._lock = threading.Lock()
        self.line: PtyLine | TcpLine = (
            PtyLine(self._receive, link) if tcp_port is None else TcpLine(self._receive, tcp_port)
        )

    @property
    def url(self) -> str:
        """Address for `DeviceHub.add_scale`."""
        return self.line.url if self._dialect == "mt-sics" else f"{self.line.url}?dialect={self._dialect}"

    def start(self, chaos: ChaosPlan | None = None) -> None:
        """Switch on."""
        self.line.plug(chaos)

    def stop(self) -> None:
        """Switch off; the load stays where it is."""
        self.line.unplug()

    def load(self, grams: float) -> None:
        """Put things on the platform, or take them off, so that `grams` are on it in all."""
        with self._lock:
            self._platform.load(grams, time.monotonic())

    def _receive(self, data: bytes, now: float) -> bytes:
        with self._lock:
            said = self._talk.receive(data, now)
        return with_parity(said, self._parity) if self._parity else said
