"""The rescue of a running wave before its trucks leave, as it travels: orders that will be late, and moves with what each is worth.
`POST /v1/waves/rescue` asks, `POST /v1/waves/rescue/act` does.

Times are RFC 3339 UTC. Words travel as codes; nothing here is prose.
"""

from enum import StrEnum

from msgspec import Struct

from sync.contract.waves import Problem


class MoveKind(StrEnum):
    """What can be done: pick it at once on a trip of its own; let so many more people pick; send it by a later service; leave it to the
    next truck."""

    PULL = "pull"
    BORROW = "borrow"
    SERVICE = "service"
    DROP = "drop"


class Doomed(Struct, frozen=True, kw_only=True):
    """An order with a cut-off that may be missed. `percent` of the rehearsals had it late; `likely_since` is when half of them first had
    (None: they do not). `ready_early`, `ready`, `ready_late`: when it is packed in one, five and nine of ten."""

    order: str
    cut_off: str
    percent: int
    ready_early: str
    ready: str
    ready_late: str
    carrier: str = ""
    service: str = ""
    stops_left: int = 0
    units_left: int = 0
    #: Names of those who have some of it in hand.
    with_people: list[str] = []
    likely_since: str | None = None


class Move(Struct, frozen=True, kw_only=True):
    """Something to do, the best first. `saved` orders would be late (in more than half of the rehearsals) and are not then; `endangered`
    ones the other way round; `late_before` and `late_after` are the mean numbers of late orders, in tenths. `people`: how many to borrow,
    best from `zone`. `to_service` for a change. `why` says in codes what it rests on.

    One tap does `pull`, `service` and `drop` (`POST /v1/waves/rescue/act`); `borrow` is advice: people are sent by speaking to them."""

    kind: MoveKind
    orders: list[str] = []
    people: int = 0
    zone: str = ""
    to_service: str = ""
    to_cut_off: str | None = None
    saved: list[str] = []
    endangered: list[str] = []
    late_before: int = 0
    late_after: int = 0
    minutes_earlier: int = 0
    why: list[Problem] = []


class Rescue(Struct, frozen=True, kw_only=True):
    """A running wave as it will end if nothing is done: `picked` and `packed` when half of the rehearsals are through."""

    wave: str
    at: str
    runs: int
    people: int
    picked: str
    packed: str
    late: list[Doomed] = []
    moves: list[Move] = []


class RescueRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/waves/rescue`: how a running wave will end, asked at a desk."""

    session: str = ""
    wave: str


class RescueReply(Struct, frozen=True, kw_only=True):
    """None for a wave that does not run, with the reason."""

    rescue: Rescue | None
    reason: str | None
    epoch: int
    server_time: str


class RescueActRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/waves/rescue/act`: one move, done from a desk."""

    session: str = ""
    wave: str
    move: MoveKind
    orders: list[str]
    to_service: str = ""


class RescueActReply(Struct, frozen=True, kw_only=True):
    """What came of it. Orders in `refused` stay as they are, each with why."""

    done: list[str] = []
    refused: dict[str, str] = {}
    epoch: int
    server_time: str
