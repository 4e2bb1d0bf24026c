"""What lets one device believe another while no server answers: credentials signed by the site's own key, and who was shut out.

The key lies in the database, so that all servers of a site sign alike; it opens nothing at the server, which asks its own device table.
Called by the trust routes with every token, so that what a device knows of others is at most as old as its last contact.
"""

from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.feed.handover_models import SigningKey
from oms.people.models import Device, DeviceStatus
from sync.contract.handover import credential_words
from sync.contract.wire import DeviceCredential

#: Enough for years of lost handhelds; the newest are the ones somebody might still have in hand.
_REVOKED_MOST: Final = 500


def credential_of(db: Session, cluster_id: str, device_id: str) -> DeviceCredential | None:
    """The credential of a device; None when there is no such device."""
    device = db.get(Device, device_id)
    if device is None:
        return None
    key = _key(db, device.site_id)
    bare = DeviceCredential(
        cluster_id=cluster_id,
        site=device.site_id,
        device_id=device.id,
        pubkey=device.pubkey,
        label=device.label,
        signer=key.public_key().public_bytes_raw().hex(),
        signature="",
    )
    return msgspec.structs.replace(bare, signature=key.sign(credential_words(bare)).hex())


def revoked(db: Session, site: str) -> list[str]:
    """Devices that were shut out, the newest first."""
    out = select(Device.id).where(Device.site_id == site, Device.status == DeviceStatus.REVOKED)
    return list(db.scalars(out.order_by(Device.created_at.desc()).limit(_REVOKED_MOST)))


def _key(db: Session, site: str) -> Ed25519PrivateKey:
    """The site's key; made when it is first needed, by whichever server is first."""
    asked = select(SigningKey.private).where(SigningKey.site_id == site)
    private = db.scalar(asked)
    if private is None:
        fresh = Ed25519PrivateKey.generate()
        row = {
            "site_id": site,
            "private": fresh.private_bytes_raw().hex(),
            "public": fresh.public_key().public_bytes_raw().hex(),
        }
        db.execute(insert(SigningKey).values(row).on_conflict_do_nothing())
        private = db.scalars(asked).one()
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private))
