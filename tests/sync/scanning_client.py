"""A client process for `test_sync_processes`: the real store and the real sync thread, and a person who scans without pause.

`python scanning_client.py FOLDER PAIRING_TEXT`: prints `paired`, then one op id per line as soon as it is on the disk. Ends when a line
comes in on standard input and everything is acknowledged; then prints `done`.
"""

import sys
import threading
import time
import uuid
from pathlib import Path

from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.driver import SyncThread
from sync.client.pairing import pair
from sync.contract.facts import ScanRefused


class Clock:
    """The clock of this machine."""

    boot = uuid.uuid4().hex

    def mono(self):
        return time.monotonic()

    def wall_ms(self):
        return int(time.time() * 1000)

    def boot_id(self):
        return self.boot


def main(folder, text):
    store = Store(Path(folder), Clock(), reserve_bytes=0)
    ports = sync_ports(store)
    if ports.meta.identity() is None:
        pair(text, ports.meta, "scanning client", "test")
    sync = SyncThread(ports, "test", lambda status: None, lambda entities: None)
    sync.start()
    print("paired", flush=True)
    enough = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), enough.set()), daemon=True).start()
    while not enough.is_set():
        with store.unit() as u:
            op_id = u.journal.append(ScanRefused(job=None, text="?", code="unknown_code"), None, None, None)
        print(op_id, flush=True)
        sync.wake()
        time.sleep(0.002)
    while ports.journal.pending_count():
        time.sleep(0.01)
    sync.stop()
    store.close()
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
