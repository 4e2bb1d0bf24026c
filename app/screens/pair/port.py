"""What the pairing screen needs from the client: the OMS servers announced nearby, and the act of pairing."""

from __future__ import annotations

from typing import Protocol

from app.core.messages import Message


class Pairing(Protocol):
    """Makes this device known to an OMS. Calls may wait for the network."""

    def servers(self) -> tuple[str, ...]:
        """Addresses announced on the local network: a hint, never trust."""

    def pair(self, code: str) -> Message:
        """Pairs by a one-time code: scanned from the supervisor's screen with the address in it, or typed (`7KQ4-M2XP-9RTD-HW3C`), alone
        or after the address of the server.

        Answers `PAIRED`, `PAIRING_REFUSED`, `PAIRING_TYPO`, `PAIRING_NOBODY` or `CENTRE_AWAY`.
        """
