"""A client process that is killed again and again: the real store and the real sync thread, and a person who scans without pause.

Words: FOLDER PAIRING_TEXT. Prints `paired`, then one op id per line as soon as it is on the disk. After SIGTERM it scans no more, and
prints `done` when everything is acknowledged.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

# Loaded by the sync thread when it needs it; a nursery's children shall find it there.
import sync.client.http
from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.driver import SyncThread
from sync.client.pairing import pair
from sync.contract.facts import ScanRefused
from tools.bench._served import MachineClock

_PAUSE_S = 0.002


def main(words: list[str]) -> None:
    """One life."""
    folder, text = words
    enough = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: enough.set())
    store = Store(Path(folder), MachineClock(), reserve_bytes=0)
    ports = sync_ports(store)
    if ports.meta.identity() is None:
        pair(text, ports.meta, "scanning client", "test")
    sync_thread = SyncThread(ports, "test", lambda status: None, lambda entities: None)
    sync_thread.start()
    _say("paired")
    while not enough.wait(_PAUSE_S):
        with store.unit() as u:
            op_id = u.journal.append(ScanRefused(job=None, text="?", code="unknown_code"), None, None, None)
        _say(op_id)
        sync_thread.wake()
    while ports.journal.pending_count():
        time.sleep(0.01)
    sync_thread.stop()
    store.close()
    _say("done")


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    assert sync.client.http
    main(sys.argv[1:])
