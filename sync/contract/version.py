"""Versions of the wire. A change to any message or row raises the number and keeps the old reader (see `facts.HANDLED`)."""

from typing import Final

API_MIN: Final = 1
API_MAX: Final = 1
#: Shape of the rows that come down (`rows`). A device sends the one it understands; a server answers in the older of the two.
PULL_SCHEMA: Final = 1
#: The oldest shape of rows that is not on its way out. A device that reads only an older one is told when it must be updated by.
PULL_SCHEMA_LEAST: Final = 1
#: How long an outdated device still gets rows and work. Its facts are taken in for ever.
UPGRADE_GRACE_S: Final = 14 * 24 * 3600
#: Entities that were not there from the first shape on, and the shape that brought them. Older devices neither get them nor count them.
ENTITY_SINCE: Final[dict[str, int]] = {}
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


def hidden_from(schema: int) -> list[str]:
    """The entities that a device which reads the shape `schema` does not know."""
    return sorted(entity for entity, since in ENTITY_SINCE.items() if since > schema)
