"""Runs inside umockdev-run: opens what is plugged into the mock machine and prints what comes of it, one JSON line each.

scans URL COUNT     through a hub, as the client does
reports URL COUNT   what the transport reads
list PAGE           HID devices on a usage page
"""

import json
import queue
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from devices.hub import DeviceHub, HubSinks
from devices.transports.hidraw import enumerate_hid
from devices.transports.urls import transport_for

PATIENCE_S = 20.0


class NoJournal:
    """Nothing is printed here."""

    def record(self, *_):
        raise AssertionError


def scans(url, count):
    heard = queue.SimpleQueue()
    hub = DeviceHub(HubSinks(heard.put, *[lambda *_: None] * 4), NoJournal())
    hub.add_scanner(url, "Scanner")
    hub.start()
    for _ in range(count):
        scan = heard.get(timeout=PATIENCE_S)
        yield {"text": scan.text, "aim": scan.symbology, "source": scan.source}
    assert hub.stop()


def reports(url, count):
    transport = transport_for(url)
    transport.open()
    end = time.monotonic() + PATIENCE_S
    while count and time.monotonic() < end:
        report = transport.read(0.2)
        if report:
            count -= 1
            yield report.hex()
    transport.close()


def listed(page):
    for info in enumerate_hid(page):
        yield {"url": info.url, "name": info.name, "usage_page": info.usage_page}


def main(what, where, count="0"):
    lines = {"scans": scans, "reports": reports}[what](where, int(count)) if what != "list" else listed(int(where, 16))
    for line in lines:
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
