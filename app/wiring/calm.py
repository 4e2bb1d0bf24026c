"""Keeps the window smooth, and whole, while other threads are busy. Called once by the programs that show one, when all has started."""

import gc
import sys
from typing import Final

from PySide6.QtCore import QCoreApplication, QTimer

#: How long Python code of another thread may go on before the window gets its turn. The usual 5 ms are a third of a frame each time.
_TURN_S: Final = 0.0005
#: By then the threads have loaded what they load late.
_LATE_MS: Final = 5000
#: How often garbage is looked for, and every how many times also among what has lived for a while.
_SWEEP_MS: Final = 500
_OLD_EVERY: Final = 20


def keep_calm() -> None:
    """What was loaded at the start stays for good: walking through all of it again and again, looking for garbage, would stop every thread
    for more than a tenth of a second each time. What is garbage goes in the window's thread only: Python looks for it in whichever thread
    asks for memory, and a part of a window that is taken apart by another thread than its own crashes the program."""
    sys.setswitchinterval(_TURN_S)
    gc.freeze()
    gc.disable()
    QTimer.singleShot(_LATE_MS, gc.freeze)
    sweep = QTimer(QCoreApplication.instance())
    turns = 0

    def look() -> None:
        nonlocal turns
        turns += 1
        gc.collect(2 if turns % _OLD_EVERY == 0 else 1)

    sweep.timeout.connect(look)
    sweep.start(_SWEEP_MS)
