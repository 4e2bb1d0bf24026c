"""What was loaded at the start is not walked through again at each collection: that would stop the window for a tenth of a second. And what
is garbage goes in the window's own thread."""

import subprocess
import sys

CHILD = """
import gc, sys, time
import app.bootstrap
from PySide6.QtCore import QCoreApplication
from app.wiring.calm import keep_calm

def seconds():
    began = time.process_time()
    gc.collect()
    return time.process_time() - began

application = QCoreApplication([])
gc.collect()
before = min(seconds() for _ in range(3))
interval = sys.getswitchinterval()
keep_calm()
after = min(seconds() for _ in range(3))
print(before > 5 * after, gc.get_freeze_count() > 10_000, sys.getswitchinterval() < interval)
"""

ELSEWHERE = """
import gc, threading, weakref
import app.bootstrap
from PySide6.QtCore import QCoreApplication, QTimer
from app.wiring.calm import keep_calm

class Part:
    pass

def lost():
    part = Part()
    part.itself = part
    weakref.finalize(part, lambda: ended.append(threading.current_thread() is threading.main_thread()))

def busy():
    for _ in range(50):
        lost()
        [[] for _ in range(2000)]

application = QCoreApplication([])
ended = []
keep_calm()
thread = threading.Thread(target=busy)
thread.start()
thread.join()
before = len(ended)
look = QTimer()
look.timeout.connect(lambda: len(ended) == 50 and application.quit())
look.start(20)
application.exec()
print(before, len(ended), all(ended))
"""


def test_a_collection_leaves_what_was_loaded_alone():
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "True", "True"]


def test_garbage_of_any_thread_goes_in_the_windows():
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["0", "50", "True"]
