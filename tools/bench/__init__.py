"""The speeds that matter, measured. Each module here has `main() -> list[Figure]`; `make bench` runs them all, each in a process of
its own, so that start-up time and memory are its own too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `limit` is the most it may be."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def kept(self) -> bool:
        """False when there is a limit and the value is over it."""
        return self.limit is None or self.value <= self.limit
