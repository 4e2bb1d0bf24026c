"""Sources that broadcast a question by UDP - never by themselves, only when a person asks for a search: Zebra's own way, and SNMP."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence

from devices.codecs import snmp, zebra_udp
from devices.discovery.finder import Report
from devices.discovery.found import Found, plain
from devices.discovery.languages import language_of
from devices.model import DeviceKey, Role
from devices.transports.datagrams import ask_everybody, broadcast_addresses

log = logging.getLogger(__name__)

LISTEN_S = 1.5
STOP_S = 1.0
RAW_PORT = 9100
SNMP_PORT = 161


class AskingSource:
    """Asks all, reports each answer as it comes. One search at a time; what was found stays until the next one."""

    way = "asking"
    port = 0

    def __init__(self, targets: Callable[[], Sequence[str]] = broadcast_addresses, port: int | None = None) -> None:
        self._targets = targets
        self._port = port or self.port
        self._report: Report | None = None
        self._searching = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def questions(self) -> Sequence[bytes]:
        """What is sent to everybody."""
        raise NotImplementedError

    def understood(self, answer: bytes, host: str) -> Found | None:
        """What an answer from `host` tells, or None for one that is no printer's."""
        raise NotImplementedError

    def start(self, report: Report) -> None:
        """See Source.start: until somebody asks, nothing is sent."""
        self._report = report

    def search(self) -> None:
        """See Source.search."""
        if self._report is None or not self._searching.acquire(blocking=False):
            return
        self._thread = threading.Thread(target=self._ask, args=(self._report,), name=f"finding {self.way}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """See Source.stop."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _ask(self, report: Report) -> None:
        found: dict[str, Found] = {}
        try:
            for answer, host in ask_everybody(
                self.questions(), self._targets(), self._port, LISTEN_S, self._stopping.is_set
            ):
                each = self.understood(answer, host)
                if each is not None and found.get(host) != each:
                    found[host] = each
                    report(tuple(found.values()))
            report(tuple(found.values()))
        except OSError as trouble:
            log.info("nothing found by %s: %s", self.way, trouble)
        finally:
            self._searching.release()


class ZebraPrinters(AskingSource):
    """Zebra's discovery: UDP port 4201."""

    way = "Zebra network search"
    port = zebra_udp.PORT

    def questions(self) -> Sequence[bytes]:
        """See AskingSource.questions: three times, since UDP may lose it."""
        return [zebra_udp.ASK] * 3

    def understood(self, answer: bytes, host: str) -> Found | None:
        """See AskingSource.understood. The sender's address counts, not the one that the printer believes to have."""
        heard = zebra_udp.parse(answer)
        if heard is None:
            return None
        name = plain(heard.system_name) or plain(heard.name)
        return _printer(host, name, plain(heard.name), plain(heard.serial), "zpl", self.way)


class SnmpPrinters(AskingSource):
    """Whoever answers SNMP with a printer's status: port 161, community public."""

    way = "SNMP search"
    port = SNMP_PORT

    _ASKED = (snmp.HR_DEVICE_DESCR, snmp.HR_PRINTER_STATUS, snmp.PRT_SERIAL_NUMBER)

    def __init__(self, targets: Callable[[], Sequence[str]] = broadcast_addresses, port: int | None = None) -> None:
        super().__init__(targets, port)
        self._request_id = random.SystemRandom().randrange(1, 2**30)

    def questions(self) -> Sequence[bytes]:
        """See AskingSource.questions. Version 2c says for each value whether it is there; old printers know version 1 only."""
        return [snmp.get_request(self._ASKED, request_id=self._request_id, version=version) for version in (1, 0)]

    def understood(self, answer: bytes, host: str) -> Found | None:
        """See AskingSource.understood. Computers answer SNMP as well; a printer has a printer's status."""
        try:
            heard = snmp.parse_response(answer)
        except ValueError:
            return None
        words = [heard.values.get(oid) for oid in self._ASKED]
        if heard.request_id != self._request_id or heard.error or words[1] is None:
            return None
        model, serial = (
            plain(word.decode("utf-8", "replace")) if isinstance(word, bytes) else "" for word in words[::2]
        )
        return _printer(host, model, model, serial, language_of("", model), self.way)


def _printer(host: str, name: str, model: str, serial: str, dialect: str | None, way: str) -> Found:
    at = DeviceKey(f"net:{host}:{RAW_PORT}")
    url = f"tcp://{host}:{RAW_PORT}" + (f"?dialect={dialect}" if dialect else "")
    key = DeviceKey(f"net:serial:{serial}") if serial else at
    aliases = (at,) if serial else ()
    return Found(key, url, Role.LABEL_PRINTER, dialect, name or host, model, serial, (way,), aliases)
