"""Where a person lands: the work this device holds, and the doors their role opens. Implements `api.Home`."""

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.storage import StorageTrouble
from app.core.views import HomeView, JobCard, Person
from app.services.cards import held_jobs, job_card
from app.services.gate import SUPERVISES
from app.services.ports import Store
from app.services.work_flow import open_jobs
from sync.contract.codes import TASKS, JobKind, Role
from sync.contract.rows import OrderRow, PurchaseRow

_SUPERVISORS = (
    "orders",
    "workbench",
    "returns_desk",
    "buying",
    "entry",
    "floor",
    "pick",
    "pack",
    "zone",
    "tasks",
    "wall",
    "load",
    "pickup",
    "returns",
    "receive",
)
_DOORS: dict[str, tuple[str, ...]] = {
    Role.PICKER.value: ("pick", "zone", "tasks", "wall", "pickup", "returns", "receive"),
    Role.PACKER.value: ("pack", "wall", "load", "pickup", "returns"),
    Role.SUPERVISOR.value: _SUPERVISORS,
    Role.ADMIN.value: _SUPERVISORS,
}
#: All of them, in the order in which they stand on the screen.
DOORS = (
    "pick", "pack", "zone", "tasks", "wall", "load", "pickup", "returns", "receive", "orders", "workbench",
    "returns_desk", "buying", "entry", "floor", "reports", "settings",
)  # fmt: skip
#: What waits behind a door.
_WAITS: dict[str, frozenset[JobKind]] = {"tasks": TASKS, "wall": frozenset({JobKind.SORT})}


class HomeService:
    """Owns nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def view(self, person: Person) -> Outcome[HomeView]:
        """See `api.Home`."""
        open_to = {door for role in person.roles for door in (*_DOORS.get(role, ()), "reports")} | {"settings"}
        doors = tuple(door for door in DOORS if door in open_to)
        jobs: tuple[JobCard, ...] = ()
        prompt = say(Code.TAKE_NEXT_WORK)
        counts: dict[str, int] = {}
        try:
            with self._store.look() as u:
                jobs = tuple(job_card(u, job, started) for job, started in held_jobs(u, JobKind.PICK))
                waiting = [row.kind for row, _ in open_jobs(u, frozenset().union(*_WAITS.values()))]
                counts = {
                    door: sum(kind in kinds for kind in waiting) for door, kinds in _WAITS.items() if door in doors
                }
                expected = len(u.rows.find(PurchaseRow, "expected", "open")) if "receive" in doors else 0
                if expected:
                    counts["receive"] = expected
                elif not SUPERVISES & person.roles:
                    # Nobody but a supervisor receives what nobody expects.
                    doors = tuple(door for door in doors if door != "receive")
                fetched = u.rows.find(OrderRow, "pickup", "open") if "pickup" in doors else []
                if fetched:
                    counts["pickup"] = len(fetched)
                elif not SUPERVISES & person.roles:
                    # A hall where nothing is ever fetched has no door for it.
                    doors = tuple(door for door in doors if door != "pickup")
        except StorageTrouble:
            prompt = say(Code.STORAGE_FULL)
        return Outcome("home", HomeView(person=person, jobs=jobs, doors=doors, prompt=prompt, counts=counts))
