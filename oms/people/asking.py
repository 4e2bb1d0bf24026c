"""At which site those who ask are at home. Asked by the API before a request is handled; says nothing of what they may do."""

from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.models import Site
from oms.people.keys import PREFIX, Scope, find_key
from oms.people.models import AccessToken, Device, PairingCode


def site_of_bearer(sessions: sessionmaker[Session], secret: str) -> str | None:
    """The site of a device's token or a program's key, also of one that is good no more; None when unknown."""
    with sessions() as db:
        if secret.startswith(PREFIX):
            holder = find_key(db, secret)
            return holder.site if holder else None
        device = select(Device.site_id).join(AccessToken, AccessToken.device_id == Device.id)
        return db.scalar(device.where(AccessToken.token_hash == _hashed(secret)))


def site_there(sessions: sessionmaker[Session], secret: str, site: str) -> str | None:
    """The site, where it exists and the secret is an administrator's key; else None."""
    with sessions() as db:
        holder = find_key(db, secret) if secret.startswith(PREFIX) else None
        if holder is None or Scope.ADMIN not in holder.scopes or "\0" in site:
            return None
        return db.scalar(select(Site.id).where(Site.id == site))


def site_of_code(sessions: sessionmaker[Session], code: str) -> str | None:
    """Where a pairing code lets a device in."""
    either = (PairingCode.code_hash == _hashed(code)) | (PairingCode.short_hash == _hashed(code))
    with sessions() as db:
        return db.scalar(select(PairingCode.site_id).where(either))


def site_of_device(sessions: sessionmaker[Session], device: str) -> str | None:
    """Where a device was let in."""
    with sessions() as db:
        return db.scalar(select(Device.site_id).where(Device.id == device.replace("\0", "")))


def _hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
