"""What a file says twice. The same thing said again is fine; something else about the same key would win or lose by accident."""

from collections.abc import Mapping

from oms.imports.report import BadLine


class Once:
    """Remembers per key the first value of each column and the line that said it."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, tuple[object, int]]] = {}

    def check(self, key: str, line: int, values: Mapping[str, object]) -> None:
        """Raises `BadLine` when an earlier line said something else about `key`."""
        said = self._said.setdefault(key, {})
        for name, value in values.items():
            first, at = said.get(name, (value, line))
            if first != value:
                raise BadLine("differs_from_line", column=name, line=at)
        for name, value in values.items():
            said.setdefault(name, (value, line))
