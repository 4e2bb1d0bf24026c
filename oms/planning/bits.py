"""The lowest set bit of a word, as one instruction where numba is there. Used by the kernels that keep picks as bits of words."""

from importlib import import_module
from typing import Any, Final

from oms.planning.compiled import Kernel, enabled

#: Bits of an `int64` that are used, so that a word is never negative.
BITS: Final = 62


class _Lowest(Kernel[[int], int]):
    """Kernels that call it get the processor's own instruction: the same in loops of shifts costs half the time of a tour."""

    def compiled(self) -> Any:
        return _instruction() if enabled() else self.written


@_Lowest
def lowest(word: int) -> int:
    """The place of the lowest set bit of a word that is not 0."""
    return (int(word) & -int(word)).bit_length() - 1


def _instruction() -> Any:
    ir, types, extending = map(import_module, ("llvmlite.ir", "numba.types", "numba.extending"))

    def count(context: Any, word: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.int64(types.int64), build

    return extending.intrinsic(count)
