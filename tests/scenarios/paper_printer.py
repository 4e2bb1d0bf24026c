"""A printer of pages that speaks IPP over real HTTP, keeps what it printed, and can be switched off. For scenarios."""

import re
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PRINT, _JOB, _PRINTER = 0x0002, 0x0009, 0x000B


def _attribute(tag, name, value):
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value


_LEAD = _attribute(0x47, b"attributes-charset", b"utf-8") + _attribute(0x48, b"attributes-natural-language", b"en")
_SUPPORTS = (
    _attribute(0x41, b"printer-make-and-model", b"Pages 1")
    + _attribute(0x49, b"document-format-supported", b"application/pdf")
    + _attribute(0x22, b"printer-is-accepting-jobs", b"\x01")
)


def _printer(state, reason):
    stands = _attribute(0x23, b"printer-state", struct.pack(">i", state))
    return _SUPPORTS + stands + _attribute(0x44, b"printer-state-reasons", reason)


_READY, _EMPTY = _printer(3, b"none"), _printer(5, b"media-empty-error")


def _job(state, pages):
    return _attribute(0x23, b"job-state", struct.pack(">i", state)) + _attribute(
        0x21, b"job-impressions-completed", struct.pack(">i", pages)
    )


_DONE, _HALTED = _job(9, 1), _job(6, 0)


class PaperPrinter:
    """Owns its port, also while it is off. `empty`: it says that it has no paper. `last_page`: there is none for the next job, which it
    only finds out when it has taken that; jobs it has taken come out when there is paper."""

    def __init__(self):
        self.printed, self.taken = [], []
        self.empty = self.last_page = False
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._http = None

    @property
    def url(self):
        return f"ipp://127.0.0.1:{self._port}/ipp/print"

    def on(self):
        handler = type("Handler", (_Handler,), {"printer": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def off(self):
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()
            self._http = None

    def refill(self):
        self.empty = False
        self.printed += self.taken
        self.taken = []

    def answer(self, asked):
        operation, number = struct.unpack(">HI", asked[2:8])
        reply = struct.pack(">HHI", 0x0200, 0, number) + b"\x01" + _LEAD
        if operation == _PRINT:
            name = re.search(rb"job-name..([\w.:-]+)", asked, re.DOTALL)[1].decode()
            name = name[: struct.unpack(">H", asked[asked.index(b"job-name") + 8 :][:2])[0]]
            self.empty, self.last_page = self.empty or self.last_page, False
            (self.taken if self.empty else self.printed).append((name, asked[asked.index(b"%PDF-") :]))
            return reply + b"\x02" + _attribute(0x21, b"job-id", struct.pack(">i", 1)) + b"\x03"
        job = b"\x02" + (_HALTED if self.taken else _DONE)
        return reply + (job if operation == _JOB else b"\x04" + (_EMPTY if self.empty else _READY)) + b"\x03"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5
    printer = None

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.printer.answer(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
