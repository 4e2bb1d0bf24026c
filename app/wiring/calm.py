"""Keeps the window smooth while the sync thread is busy. Called once by the programs that show one, when everything has started."""

import gc
import sys
from typing import Final

from PySide6.QtCore import QTimer

#: How long Python code of another thread may go on before the window gets its turn. The usual 5 ms are a third of a frame each time.
_TURN_S: Final = 0.0005
#: By then the threads have loaded what they load late.
_LATE_MS: Final = 5000


def keep_calm() -> None:
    """What was loaded at the start stays for good: walking through all of it again and again, looking for garbage, would stop every thread
    for more than a tenth of a second each time."""
    sys.setswitchinterval(_TURN_S)
    gc.freeze()
    QTimer.singleShot(_LATE_MS, gc.freeze)
