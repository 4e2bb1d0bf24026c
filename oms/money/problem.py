"""What keeps an order back as far as its money goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from oms.money.codes import MoneyCode


@dataclass(frozen=True, slots=True)
class Problem:
    """A message code, the line it is about (None: the whole order) and the words of its sentence. Each is a hold."""

    code: MoneyCode
    line: int | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)
