"""All sites of this database: what keeps floors going by itself does so for each of them, whichever server it runs in."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.models import Site

#: Asked anew at each round: a site may be added while servers run.
Sites = Callable[[], Sequence[str]]


def all_sites(db: Session) -> list[str]:
    """In order of id."""
    return list(db.scalars(select(Site.id).order_by(Site.id)))


def every_site(sessions: sessionmaker[Session]) -> Sites:
    """Asks the database each time."""

    def ask() -> Sequence[str]:
        with sessions() as db:
            return all_sites(db)

    return ask


def these(sites: str | Sites) -> Sites:
    """One site, or as many as there are."""
    if not isinstance(sites, str):
        return sites
    one = (sites,)
    return lambda: one
