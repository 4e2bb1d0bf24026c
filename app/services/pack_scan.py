"""What a scan at the bench is to the pack flow, and what a step says that people found out. Used by `services.pack`."""

from app.core.scan import ScanKind, ScanMeaning
from app.flows import pack_events as events
from app.flows.pack_state import PackState
from app.flows.step import Record, Step
from app.services import pack_papers
from app.services.old_labels import number_now
from app.services.pack_acts import may_stand, opened_tote
from app.services.pack_carton import fits, supply_scanned
from app.services.pack_join import event_of
from app.services.ports import UnitOfWork
from sync.contract.facts import LabelFate


def scanned(u: UnitOfWork, state: PackState, meaning: ScanMeaning) -> events.Event | None:
    """A scan as the flow takes it; None for a label that nothing proves, because none was bought."""
    if meaning.kind is ScanKind.PARCEL and meaning.id == state.parcel and pack_papers.not_bought(u, state):
        return None
    if (joined := event_of(u, state, opened_tote(u, meaning))) is not None:
        return joined
    if meaning.kind is ScanKind.BIN:
        return events.Scanned(meaning, may_stand(u, meaning.id))
    supply = supply_scanned(u, state, meaning.fields.text)
    if supply is not None and meaning.kind is ScanKind.UNKNOWN:
        return events.ConfirmSupplies((supply,))
    fitting = meaning.kind is not ScanKind.CARTON or fits(u, state, meaning.id)
    void = pack_papers.void_row(u, meaning)
    return events.Scanned(meaning, fitting, void is not None, number_now(u, void) if void else "")


def found_out(step: Step[PackState], u: UnitOfWork) -> list[tuple[str, bool, str]]:
    """What the step says that a person found out about print jobs: [(job, whether it came out, who)]."""
    person = u.people.signed_in()
    facts = [
        effect.fact for effect in step.effects if isinstance(effect, Record) and isinstance(effect.fact, LabelFate)
    ]
    seen = {"verified": True, "reprint_asked": False}
    return [(f.print_job, seen[f.fate], person.id if person else "") for f in facts if f.fate in seen]
