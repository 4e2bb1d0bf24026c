"""What the waves API asks for, in terms of the domain: text from outside is made harmless, names are looked up. Called by the API."""

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Bin, Zone
from oms.shipping.models import CarrierService
from oms.waves import actions
from oms.waves.actions import Done
from oms.waves.collecting import collect, templates
from oms.waves.planning import walls
from oms.waves.progress import all_templates, wave_row, wave_rows
from oms.waves.rules import MAX_SLOTS, problems
from sync.contract.codes import BinKind
from sync.contract.waves import (
    MakeWaveRequest,
    Problem,
    Template,
    TemplateRequest,
    WaveActRequest,
    WaveRow,
)

if TYPE_CHECKING:
    from oms.db.work import Work

__all__ = ["Done", "act", "keep", "listed", "make", "one"]


def listed(db: Session, site: str, *, over: bool) -> tuple[list[WaveRow], list[Template]]:
    """Waves and templates."""
    now = db.scalars(select(func.clock_timestamp())).one()
    return wave_rows(db, site, now, over=over), all_templates(db, site)


def one(db: Session, site: str, wave_id: str | None) -> WaveRow | None:
    """One wave as it is now."""
    now = db.scalars(select(func.clock_timestamp())).one()
    return wave_row(db, site, wave_id, now) if wave_id is not None else None


def make(w: "Work", asked: MakeWaveRequest) -> Done:
    """A wave by a template's name, or of certain orders."""
    if asked.template is None:
        slots = min(MAX_SLOTS, max(1, asked.slots))
        return actions.by_hand(w, _plain(asked.name)[:60], asked.method, slots, _all_plain(asked.orders))
    found = templates(w)
    for n, (id, template) in enumerate(found):
        if template.name == asked.template:
            wave = collect(w, id, template, [better for _, better in found[:n]])
            return Done(wave.id) if wave else Done(None, "too_few_orders")
    return Done(None, "unknown_template", {"name": _plain(asked.template)[:60]})


def act(w: "Work", asked: WaveActRequest) -> Done:
    """Does one act to a wave."""
    return actions.act(w, _plain(asked.wave), asked.act, _all_plain(asked.orders))


def keep(w: "Work", asked: TemplateRequest) -> list[Problem]:
    """Keeps the template when nothing is wrong with it; everything that is."""
    bins = select(Bin.code).where(Bin.site_id == w.site, Bin.kind == BinKind.LANE)
    carriers = select(CarrierService.carrier).where(CarrierService.site_id == w.site)
    found = problems(
        asked.template,
        lanes=set(w.db.scalars(bins)),
        zones=set(w.db.scalars(select(Zone.code).where(Zone.site_id == w.site))),
        carriers=set(w.db.scalars(carriers)),
        walls=walls(w),
    )
    if "\0" in str(asked.template):
        found.append(Problem(code="not_text"))
    if not found and not asked.dry_run:
        actions.keep_template(w, asked.template)
    return found


def _plain(text: str) -> str:
    """PostgreSQL cannot store a zero character."""
    return text.replace("\0", "")


def _all_plain(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(_plain(text) for text in texts))
