"""The one way to a compiled function: `@kernel`. Used by every module of planning that counts in loops over arrays.

A kernel is compiled by numba at its first call and kept on the disk for the next process; where numba is absent or switched off
(`FLOORHAND_NUMBA=0`) the same function runs as it is written and gives the same answers. Importing this module, or one that has kernels,
does not import numba: that takes more than a second.

A kernel may call kernels of its own module and those imported by name. It is given scalars and C-contiguous arrays of `int64` and
`float64` only, and always the same types, or it is compiled again. A call that hands arrays
on costs some hundred nanoseconds, so innermost loops are written out. It draws by `roll` and never overflows: both paths would differ.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, update_wrapper
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from threading import Event, RLock
from types import CodeType, FunctionType
from typing import Any, Final, Generic, ParamSpec, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

#: What kernels take and give.
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

#: `roll` gives 1 to this less one.
ROLLS: Final = 2_147_483_647

#: Modules whose `warm()` calls each of their kernels once.
WARMED: Final = (
    "oms.planning.layout",
    "oms.planning.tours",
    "oms.planning.insertion",
    "oms.planning.rehearsal_floor",
    "oms.planning.batching",
    "oms.planning.selecting",
    "oms.sourcing.counting",
)

_log = logging.getLogger(__name__)
_lock = RLock()
_warm = Event()
_folder: Path | None = None
_plain = os.environ.get("FLOORHAND_NUMBA", "1") == "0"


class Kernel(Generic[P, R]):
    """A function and, from its first call on, its compiled form."""

    def __init__(self, function: Callable[P, R]) -> None:
        update_wrapper(self, function)
        self.written = function
        self._compiled: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if _plain:
            return self.written(*args, **kwargs)
        return (self._compiled or self.compiled())(*args, **kwargs)

    def compiled(self) -> Callable[P, R]:
        """What numba makes of it, or the function itself where numba is not there."""
        with _lock:
            if self._compiled is None:
                self._compiled = _njit(_with_compiled_callees(self.written))
            return self._compiled


def kernel(function: Callable[P, R]) -> Kernel[P, R]:
    """Makes a kernel of a module's function."""
    return Kernel(function)


def enabled() -> bool:
    """Whether kernels run compiled."""
    return not _plain and _numba() is not None


def keep_in(folder: Path) -> None:
    """Where compiled kernels are kept, said before the first call: a folder that only the server can write."""
    global _folder
    _folder = folder


def kept_in() -> Path | None:
    """Where compiled kernels are kept, if that was said: for other processes of the same server."""
    return _folder


@contextmanager
def plain() -> Iterator[None]:
    """Runs kernels as written, in the whole process, as on a machine without numba. For comparing the two."""
    global _plain
    before, _plain = _plain, True
    try:
        yield
    finally:
        _plain = before


def warm() -> None:
    """Compiles all kernels, or loads them from the disk: up to ten seconds the first time. For a thread at the start of a process."""
    if enabled():
        for name in WARMED:
            if find_spec(name) is not None:
                import_module(name).warm()
        _warm.set()


def is_warm() -> bool:
    """Whether all kernels answer at once: then a search may be run while rows are locked."""
    return not _plain and _warm.is_set()


@cache
def _numba() -> Any:
    if find_spec("numba") is None:
        return None
    try:
        numba = import_module("numba")
    except Exception as error:
        _log.warning("kernels run uncompiled, for numba does not load: %s", error)
        return None
    # The compiler's own cache does not see that a kernel of another file, which is part of this one, has changed.
    folder = (_folder or Path(__file__).parent / "__pycache__") / f"kernels-{_stamp()}"
    numba.config.CACHE_DIR = str(folder) if _writable(folder) else ""
    for old in folder.parent.glob("kernels-*"):
        if old != folder:
            rmtree(old, ignore_errors=True)
    return numba


def _stamp() -> str:
    sources = (source.read_bytes() for source in sorted(Path(__file__).parent.glob("*.py")))
    return sha256(b"".join(source for source in sources if b"@kernel" in source)).hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _njit(function: Callable[P, R]) -> Callable[P, R]:
    numba = _numba()
    if numba is None:
        return function
    made: Callable[P, R] = numba.njit(cache=bool(numba.config.CACHE_DIR), nogil=True)(function)
    return made


def _with_compiled_callees(function: Callable[P, R]) -> Callable[P, R]:
    """The function as the compiler must see it: kernels that it calls are the compiler's own, not our wrappers."""
    if _numba() is None or not isinstance(function, FunctionType):
        return function
    known = function.__globals__
    callees = {
        name: known[name].compiled() for name in _names(function.__code__) if isinstance(known.get(name), Kernel)
    }
    seen = FunctionType(function.__code__, {**known, **callees}, function.__name__, function.__defaults__)
    update_wrapper(seen, function)
    return seen


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


@kernel
def roll(state: int) -> int:
    """The next number of a row of pseudo-random ones, 1 to `ROLLS` - 1; begin with any of them. Divided by `ROLLS` it is a share of one."""
    return state * 48271 % 2147483647
