"""From a scan to its meaning: what this device's rows know of a code. Used by the pick and pack services."""

from collections.abc import Sequence

from app.core.scan import ScanInput, ScanMeaning
from app.flows.duplicates import DuplicateRule, RecentScans
from app.flows.resolve import Expect, Patterns, ScanReader, resolve
from app.services.ports import UnitOfWork
from sync.contract.facts import ToteBind
from sync.contract.rows import BinRow, CartonRow, ItemRow, JobRow, OrderRow, ParcelRow


def tote_jobs(u: UnitOfWork, tote: str) -> list[str]:
    """Jobs that this tote was ever scanned for, as far as rows and facts here tell."""
    bound = [f.fact for f in u.journal.unsettled(None, "tote.bind")]
    here = [fact.job for fact in bound if isinstance(fact, ToteBind) and fact.tote == tote]
    return [*(job.id for job in u.rows.find(JobRow, "tote", tote)), *here]


class KnownHere:
    """`flows.resolve.Known` on the rows of one unit of work."""

    def __init__(self, u: UnitOfWork) -> None:
        self._u = u

    def tote(self, code: str) -> str | None:
        """See the port. A tote this device has just bound is known before the rows say so."""
        for text in dict.fromkeys((code, code.upper())):
            if tote_jobs(self._u, text):
                return text
        return None

    def bin(self, code: str) -> str | None:
        """See the port."""
        return code if self._u.rows.get(BinRow, code) else None

    def items(self, code: str) -> Sequence[tuple[str, int]]:
        """See the port."""
        return [
            (item.id, next((pack.qty for pack in item.codes if pack.gtin == code), 1))
            for item in self._u.rows.find(ItemRow, "code", code)
        ]

    def carton(self, code: str) -> str | None:
        """See the port."""
        return code if self._u.rows.get(CartonRow, code) else None

    def parcel(self, code: str) -> str | None:
        """See the port."""
        found = self._u.rows.find(ParcelRow, "code", code)
        return found[0].id if found else None

    def order(self, code: str) -> str | None:
        """See the port."""
        return code if self._u.rows.get(OrderRow, code) else None


class Ears:
    """Reads scans for one screen, and tells an echo from a second scan. Owns the last scans that counted."""

    def __init__(self, reader: ScanReader, patterns: Patterns, duplicates: DuplicateRule) -> None:
        self._reader = reader
        self._patterns = patterns
        self._recent = RecentScans(duplicates)

    def is_echo(self, scan: ScanInput) -> bool:
        """Whether this is a scan that has just been heard, once more."""
        return self._recent.is_echo(scan)

    def meaning(self, u: UnitOfWork, scan: ScanInput, expect: Expect) -> ScanMeaning:
        """What the scan means here."""
        return resolve(self._reader(scan.text, scan.symbology), KnownHere(u), expect, self._patterns)


class RefusalMeter:
    """How many refused scans are written down: a burst of ten, then one a second. More tells nobody anything and fills the disk."""

    def __init__(self, burst: int = 10, per_s: float = 1.0) -> None:
        self._burst = burst
        self._per_s = per_s
        self._left = float(burst)
        self._at: float | None = None

    def allows(self, at: float) -> bool:
        """Whether one more may be written at `at` (seconds, monotonic)."""
        if self._at is not None:
            self._left = min(float(self._burst), self._left + max(0.0, at - self._at) * self._per_s)
        self._at = at
        if self._left < 1:
            return False
        self._left -= 1
        return True
