"""What the services need from the rest of the client: the store's units of work, the centre, the printer, the check of a PIN.

`app.store` implements the store's part, the bootstrap the rest; tests use the real store.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.core.views import Person
from sync.contract.codes import ErrorCode
from sync.contract.facts import Fact
from sync.contract.rows import Row
from sync.contract.wire import ClaimReply, ReleaseOrdersReply, SessionReply

R = TypeVar("R", bound=Row)


class Rows(Protocol):
    """The server's rows on this device."""

    def get(self, type: type[R], id: str, /) -> R | None:
        """The row of this id."""

    def find(self, type: type[R], by: str, key: str, /) -> list[R]:
        """Items by `code`; jobs by `tote`, `order`, `cart`, `place` (a slot of a wall); work by `job`, `order`; orders that are fetched
        by `pickup`; announced returns by `order`, `code`; parcels by `order`, `code`, `pallet`, `load`, and those that wait for a truck by
        `waits` (their carrier)."""

    def some(self, type: type[R], ids: Iterable[str], /) -> dict[str, R]:
        """The rows of these ids that are here, by id: one look for all."""

    def find_some(self, type: type[R], by: str, keys: Iterable[str], /) -> dict[str, list[R]]:
        """What `find` says for each of these keys: one look for all."""

    def ranked(self, type: type[R], by: str, most: int, /) -> list[R]:
        """The first `most` live jobs of a kind, by `live KIND` in order of priority and cut-off; legs that wait to be received, by
        `passed`, those that have waited longest first; parcels that wait for a
        truck, by `waits`, carrier by carrier."""

    def digest(self) -> str:
        """A word for all rows as they are: the same word, the same rows."""

    def all(self, type: type[R], /) -> list[R]:
        """Every row of a kind."""


class LoggedFact(Protocol):
    """A fact of this device that the rows do not contain yet."""

    @property
    def fact(self) -> Fact:
        """What happened."""

    @property
    def item(self) -> str | None:
        """The work item it is about."""

    @property
    def job(self) -> str | None:
        """The job it is about."""


class Journal(Protocol):
    """The log, as the overlay reads it."""

    def unsettled(self, job: str | None = None, kind: str | None = None, /) -> Sequence[LoggedFact]:
        """Facts the rows do not contain yet, oldest first; of one job or of all, of one kind or of all."""

    def unsettled_jobs(self) -> frozenset[str]:
        """The jobs that those facts are about."""


class HeldLease(Protocol):
    """A right to one work item of a job that is not finished here."""

    @property
    def lease_id(self) -> str:
        """Its name."""

    @property
    def job(self) -> str:
        """Its job."""

    @property
    def started(self) -> bool:
        """Whether anything was done for the job here."""


class Right(Protocol):
    """The newest lease of one work item, maybe over."""

    @property
    def token(self) -> tuple[int, int]:
        """Its fencing number."""

    @property
    def ttl_s(self) -> int:
        """How long it lasts from `granted_mono`."""

    @property
    def granted_mono(self) -> float:
        """When it was granted or renewed, on the monotonic clock of `boot_id`."""

    @property
    def boot_id(self) -> str:
        """The run of the clock it was granted in."""

    @property
    def ended(self) -> str | None:
        """Why the centre ended it (`codes.LeaseEnd`); None while it is held."""


class Leases(Protocol):
    """The rights to work this device holds."""

    def held(self) -> Sequence[HeldLease]:
        """Those of jobs not finished here."""

    def jobs(self) -> dict[str, bool]:
        """Jobs that may be worked and are not finished here; each with whether it was begun."""

    def adopt(self, item: str, job: str, token: tuple[int, int], /) -> None:
        """The right to an item that the centre has put into a job held here."""

    def right(self, item: str, /) -> "Right | None":
        """The newest right this device ever had to a work item; None when it never had one."""


class KeptFlow(Protocol):
    """The state of one job as it is stored."""

    @property
    def job(self) -> str:
        """Its job."""

    @property
    def v(self) -> int:
        """The version of its shape."""

    @property
    def body(self) -> bytes:
        """JSON."""


class Flows(Protocol):
    """Where people stand in their jobs."""

    def active(self, kind: str, /) -> KeptFlow | None:
        """The job on screen."""

    def of(self, job: str, /) -> KeptFlow | None:
        """A job begun and not finished here."""

    def unfinished(self, kind: str, /) -> Sequence[KeptFlow]:
        """All of those."""

    def is_finished(self, job: str, /) -> bool:
        """Whether the job was finished here."""

    def finished(self, jobs: Iterable[str], /) -> frozenset[str]:
        """Those of these jobs that were finished here."""

    def keep(self, job: str, kind: str, v: int, body: bytes, /) -> None:
        """Writes a state; a job that is new here comes to the screen."""

    def activate(self, job: str, kind: str, /) -> None:
        """Brings a job to the screen."""

    def put_down(self, kind: str, /) -> None:
        """Clears the screen; the states stay."""

    def finish(self, job: str, /) -> None:
        """The job is done here."""

    def forget(self, job: str, /) -> None:
        """Nothing is known here any more of where the job stands."""


class Verifier(Protocol):
    """What lets one person in while the centre is away."""

    @property
    def person(self) -> Person:
        """Whom."""

    @property
    def hash(self) -> str:
        """The argon2id hash of what they present."""


class People(Protocol):
    """Who is here, and who may sign in offline."""

    def signed_in(self) -> Person | None:
        """Who is at the device."""

    def sign_in(self, person: Person, /) -> None:
        """From now on `person`."""

    def lock(self) -> None:
        """Whoever is at the device must show who they are; signing in and out ends it."""

    def locked(self) -> bool:
        """Whether it is so."""

    def dismissed(self) -> str | None:
        """The name of who was signed out by the centre and has not been told yet. Asking forgets it."""

    def sign_out(self) -> None:
        """Nobody."""

    def recent(self) -> tuple[Person, ...]:
        """The last three, newest first."""

    def keep_verifier(self, person: Person, means: str, hash: str, ttl_s: int, /) -> None:
        """Lets `person` in offline by `means` (badge | pin) for `ttl_s` seconds."""

    def verifiers(self, means: str, number: str | None = None, /) -> Sequence[Verifier]:
        """Those still good, of everybody or of one worker number."""

    def wrong_try(self, worker: str, means: str, /) -> int:
        """Counts; how many tries are left (0: wiped)."""

    def right_try(self, worker: str, means: str, /) -> None:
        """Starts the count anew."""


class FiledNotice(Protocol):
    """An instruction from the centre that nobody has acknowledged."""

    @property
    def id(self) -> int:
        """Its number here."""

    @property
    def action(self) -> str:
        """A message code."""

    @property
    def params(self) -> dict[str, str | int]:
        """Its words."""

    @property
    def exception(self) -> str | None:
        """The exception that an `exception.ack` settles."""


class Notices(Protocol):
    """Instructions from the centre."""

    def waiting(self) -> Sequence[FiledNotice]:
        """Oldest first."""

    def acknowledge(self, id: int, /) -> None:
        """Read."""


class Prints(Protocol):
    """What the print queue wrote down."""

    def fate(self, job_id: str, /) -> str | None:
        """Its last word on a print job; None when it never had it."""

    def reason(self, job_id: str, /) -> str:
        """Why it stands so, as a reason keyword; empty when nothing is wrong."""


class OwedPaper(Protocol):
    """A paper of a parcel that has to come out."""

    @property
    def print_job(self) -> str:
        """Under this name at the printer."""

    @property
    def kind(self) -> str:
        """A word of `PaperKind`."""

    @property
    def parcel(self) -> str:
        """Whose it is."""

    @property
    def note(self) -> str:
        """What kept it when it was tried last, or empty."""

    @property
    def order(self) -> str:
        """The order among those that share the parcel; empty for the parcel's own."""


class Papers(Protocol):
    """Papers that this bench owes."""

    def owe(self, print_job: str, kind: str, parcel: str, order: str = "", /) -> None:
        """One more has to come out, of `order` where it shares the parcel; none twice."""

    def owe_again(self, print_job: str, kind: str, parcel: str, order: str = "", /) -> None:
        """The same, also of one that was settled."""

    def owed(self) -> Sequence[OwedPaper]:
        """Those that nobody has settled, oldest first."""

    def note(self, print_job: str, /) -> str:
        """What kept a paper when it was tried last, or empty."""

    def put_note(self, print_job: str, note: str, /) -> None:
        """Something keeps it, or (empty) nothing does any more."""

    def settle(self, print_job: str, /) -> None:
        """It has come out, or is not wanted any more."""

    def of_parcel(self, parcel: str, /) -> Sequence[OwedPaper]:
        """The papers a parcel has or had, each once, by the first print job it had."""

    def last_parcel(self) -> str:
        """The newest parcel with papers; empty when there is none."""


class Photos(Protocol):
    """Pictures of the bench, by SHA-256 (hex)."""

    def keep(self, digest: str, body: bytes, /) -> bool:
        """Writes one down; False when it was here before."""

    def waiting(self) -> list[str]:
        """The oldest ones that the centre has not, a few at a time."""

    def count(self) -> int:
        """How many the centre has not."""

    def body(self, digest: str, /) -> bytes | None:
        """The bytes of one that the centre has not."""

    def sent(self, digest: str, /) -> None:
        """The centre has it."""


class TypedOrders(Protocol):
    """Orders typed here that the centre has not answered yet."""

    def keep(self, key: str, body: bytes, /) -> None:
        """Writes one down under its key, or anew."""

    def waiting(self) -> list[tuple[str, bytes]]:
        """(key, body) of all, oldest first."""

    def count(self) -> int:
        """How many."""

    def drop(self, key: str, /) -> None:
        """The centre has answered."""


class UnitOfWork(Protocol):
    """All of it inside one transaction."""

    @property
    def rows(self) -> Rows:
        """The server's rows."""

    @property
    def journal(self) -> Journal:
        """The log."""

    @property
    def leases(self) -> Leases:
        """The rights to work."""

    @property
    def flows(self) -> Flows:
        """Where people stand."""

    @property
    def people(self) -> People:
        """Who is here."""

    @property
    def notices(self) -> Notices:
        """Instructions."""

    @property
    def prints(self) -> Prints:
        """Print jobs."""

    @property
    def papers(self) -> Papers:
        """Papers that are owed."""

    @property
    def photos(self) -> Photos:
        """Pictures of the bench."""

    @property
    def typed(self) -> TypedOrders:
        """Orders typed here."""

    def device_id(self) -> str:
        """This device's identity; empty before it is paired."""

    def record(self, fact: Fact, item: str | None = None, /) -> None:
        """Appends a fact to the journal, under the session of whoever is signed in."""


class Store(Protocol):
    """The device's disk. Both raise `app.core.storage.StorageTrouble`."""

    def unit(self) -> AbstractContextManager[UnitOfWork]:
        """All that is done in the block is on the disk after it, or none of it."""

    def look(self) -> AbstractContextManager[UnitOfWork]:
        """Reads one moment."""


class CentreAway(Exception):
    """The centre did not answer in time; whether it acted is not known."""


class CentreRefused(Exception):
    """The centre said no."""

    def __init__(self, code: ErrorCode, detail: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


class Centre(Protocol):
    """What a person may wait for. Every call ends within its time, in an answer, `CentreAway` or `CentreRefused`."""

    def online(self) -> bool:
        """Whether it answered last time. Never waits."""

    def sign_in(
        self, *, badge: str | None = None, number: str | None = None, pin: str | None = None, timeout_s: float
    ) -> SessionReply:
        """A session for a person."""

    def claim_tote(self, tote: str, timeout_s: float) -> ClaimReply:
        """The packing job whose goods are in this tote. The leases, and the rows they speak of, are in the store when it answers."""

    def claim_job(self, job: str, timeout_s: float) -> ClaimReply:
        """This very job. The leases, and the rows they speak of, are in the store when it answers."""

    def take_over(self, job: str, timeout_s: float) -> ClaimReply:
        """The same, from whoever has it."""

    def give_back(self, lease_ids: Sequence[str], timeout_s: float) -> None:
        """Ends leases of work that was not started."""

    def let_go(self, lease_ids: Sequence[str]) -> None:
        """Ends leases as soon as the centre can be reached, except of work begun by then. Never waits."""

    def release_orders(self, orders: Sequence[str], session: str, timeout_s: float) -> ReleaseOrdersReply:
        """Lets orders onto the floor."""


@dataclass(frozen=True, slots=True)
class PrintRequest:
    """One shipping label. Weights in grams; `parcel` like `1/1`."""

    print_job: str
    sscc: str
    order: str
    carrier: str
    service: str
    tracking: str
    ship_to: tuple[str, ...]
    ship_from: tuple[str, ...]
    weight_g: int | None
    parcel: str


class NoPrinter(Exception):
    """The label could not even be queued: nothing was sent. The text is a reason keyword such as `absent`."""


class Printing(Protocol):
    """The way to the label printer of this station."""

    def print(self, label: PrintRequest) -> None:
        """Queues a label and returns at once; what becomes of it comes back through `Pack.label_report`. Raises `NoPrinter`."""

    def found(self, print_job: str, came_out: bool, who: str) -> None:
        """A person has scanned the label back, or says that it did not come out: kept with the print job. `who` is the worker's id."""


class PinVerifier(Protocol):
    """Checks what a person presents against a hash."""

    def matches(self, hash: str, secret: bytes) -> bool:
        """Whether they belong together. Slow on purpose."""
