"""Versions of the wire. A change to any message or row raises the number and keeps the old reader (see `facts.HANDLED`)."""

from typing import Final

API_MIN: Final = 1
API_MAX: Final = 1
#: Shape of the rows that come down (`rows`). A device sends the one it understands.
PULL_SCHEMA: Final = 1
#: Shape of the ops that go up (`wire.Op`).
PUSH_SCHEMA: Final = 1

MAX_OPS_PER_PUSH: Final = 200
MAX_PUSH_BYTES: Final = 256 * 1024
MAX_PULL_WAIT_S: Final = 25
LEASE_TTL_S: Final = 15 * 60
#: A device stops working from a lease this share of its life before the OMS does.
LEASE_SAFETY: Final = 0.10
#: Jobs (trips), not lines, that one device may hold.
MAX_PICK_JOBS: Final = 3
