"""What was loaded at the start is not walked through again at each collection: that would stop the window for a tenth of a second."""

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


def test_a_collection_leaves_what_was_loaded_alone():
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "True", "True"]
