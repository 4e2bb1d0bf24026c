"""A real mail server (aiosmtpd) that can be slow, away, and of another opinion."""

import asyncio
import socket

from aiosmtpd.controller import Controller


class MailBox:
    """What came in, and how the next mails are answered: `says` is used one after another for RCPT, `data_says` for DATA."""

    def __init__(self):
        self.mails, self.says, self.data_says, self.delay_s = [], [], [], 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.says.pop(0) if self.says else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        said = self.data_says.pop(0) if self.data_says else "250 OK"
        if said.startswith("250"):
            self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return said


class MailHost:
    """The server; `stop` and `start` again on the same port."""

    def __init__(self):
        self.box = MailBox()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._controller = None

    def start(self):
        self._controller = Controller(self.box, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self):
        if self._controller is not None:
            self._controller.stop()
            self._controller = None
