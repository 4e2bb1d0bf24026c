"""Papers that were asked for, as files in the place's folder: to be printed or sent from there."""

import re
import threading
from pathlib import Path

#: So many are kept, the newest.
MOST = 200
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


class KeptPapers:
    """`app.services.load_ports.Papers`. Owns the folder; a paper asked for again takes the place of the one before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def keep(self, name: str, body: bytes) -> str:
        """See the port."""
        plain = _ODD.sub("-", name).lstrip(".-") or "paper.pdf"
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._folder / plain
            half = file.with_suffix(".part")
            half.write_bytes(body)
            half.replace(file)
            self._forget_old()
        return plain

    def _forget_old(self) -> None:
        files = sorted(self._folder.glob("*.pdf"), key=lambda file: file.stat().st_mtime_ns)
        for file in files[:-MOST]:
            file.unlink()
