"""The sync machine alone: what it sends when, how it backs off, and that no sequence of events can make it stand still."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.client import calls
from sync.client.calls import Answered, Asked, LetGo, LinkUp, Local, Lost, PolicySet, Send, Ticked
from sync.client.machine import next_wake, step
from sync.client.ports import HeldLease
from sync.client.state import BACKOFF_AWAY_S, BACKOFF_BUSY_S, HEARTBEAT_S, WATCHDOG_S, Phase, back_off, first_state
from sync.client.status import ClaimJob, ClaimPolicy, Refused, SignIn, Trouble, Unreachable
from sync.contract.codes import ErrorCode
from sync.contract.wire import ReleaseReply

PAIRED = Local(paired=True)
ANSWER = ReleaseReply(released=[], epoch=1, server_time="")


class Bench:
    """A machine with a hand-cranked clock and store."""

    def __init__(self, policy=None, local=PAIRED, seed=1):
        self.now = 100.0
        self.local = local
        self.rng = Random(seed)
        self.state = first_state(self.now, policy or ClaimPolicy())
        self.open = {}
        self.replies = {}
        self.effects = []

    def feed(self, event):
        self.state, effects = step(self.state, event, self.local, self.now, self.rng)
        self.effects += effects
        for effect in effects:
            match effect:
                case Send(id=id, call=call):
                    assert not [c for c in self.open.values() if type(c) is type(call) and not isinstance(c, calls.Put)]
                    self.open[id] = call
                case calls.Abort(id=id):
                    self.open.pop(id, None)
                case calls.Reply(ask_id=ask_id, answer=answer):
                    assert ask_id not in self.replies
                    self.replies[ask_id] = answer
        return effects

    def tick(self, seconds=0.0):
        self.now += seconds
        return self.feed(Ticked())

    def id_of(self, kind):
        return next(id for id, call in self.open.items() if isinstance(call, kind))

    def has(self, kind):
        return any(isinstance(call, kind) for call in self.open.values())

    def answer(self, kind, result):
        id = self.id_of(kind)
        del self.open[id]
        return self.feed(Answered(id, result))

    def lose(self, kind, wrong_key=False):
        id = self.id_of(kind)
        del self.open[id]
        return self.feed(Lost(id, wrong_key))

    def connect(self, head=0, ttl=600):
        self.tick()
        self.answer(calls.GetNonce, calls.NonceGiven("n"))
        self.answer(calls.GetToken, calls.TokenGiven(ttl))
        self.answer(calls.Open, calls.Opened(head))
        return self

    def wait(self, seconds):
        """Lets time pass while the server has no news."""
        end = self.now + seconds
        while self.now < end:
            if self.has(calls.Pull):
                self.answer(calls.Pull, calls.NothingNew())
            self.tick(min(2.0, end - self.now))

    def until(self, kind):
        """Lets time pass until such a call is under way; half a minute is too long."""
        end = self.now + 30
        while not self.has(kind):
            assert self.now < end
            self.wait(0.5)

    def settle(self):
        """Connected, and the rows are all there."""
        self.connect()
        self.answer(calls.Pull, calls.NothingNew())
        self.tick(0.2)
        return self

    @property
    def status(self):
        reports = [e.status for e in self.effects if isinstance(e, calls.Report)]
        return reports[-1]


def test_goes_the_whole_way_and_then_waits_in_a_long_poll():
    b = Bench().settle()
    assert b.status.online
    assert b.open[b.id_of(calls.Pull)].wait_s == 25
    assert len(b.open) == 1


def test_does_nothing_before_it_is_paired():
    b = Bench(local=Local(paired=False))
    assert not [e for e in b.tick() if isinstance(e, Send)]
    b.feed(Asked(1, SignIn(badge="x"), 5))
    assert isinstance(b.replies[1], Unreachable)
    b.local = PAIRED
    b.tick()
    assert b.has(calls.GetNonce)


def test_push_goes_before_pull_and_alone():
    b = Bench(local=Local(paired=True, waiting=3)).connect()
    assert b.has(calls.Push)
    assert not b.has(calls.Pull)
    b.tick(1)
    b.local = PAIRED
    b.answer(calls.Push, calls.Pushed(3, 7))
    assert not b.has(calls.Push)
    assert b.open[b.id_of(calls.Pull)].wait_s == 0


def test_rows_still_come_while_the_server_refuses_facts():
    b = Bench(local=Local(paired=True, waiting=3)).connect()
    b.answer(calls.Push, calls.HttpRefused(500, ErrorCode.BUSY))
    assert b.has(calls.Pull)


def test_a_fact_made_during_a_long_poll_goes_at_once():
    b = Bench().settle()
    b.local = Local(paired=True, waiting=1)
    b.tick()
    assert b.has(calls.Push)
    assert b.has(calls.Pull)


def test_claims_only_with_nothing_pending_and_rows_current():
    b = Bench(policy=ClaimPolicy(kinds=("pick",), capacity=2)).connect()
    assert not b.has(calls.Claim)
    b.answer(calls.Pull, calls.Pulled(frozenset({"job"}), True, 5, 9))
    assert not b.has(calls.Claim)
    b.answer(calls.Pull, calls.Pulled(frozenset({"job"}), False, 9, 9))
    b.tick(0.5)
    assert b.open[b.id_of(calls.Claim)].want == 2


def test_an_unanswered_claim_is_repeated_under_its_id():
    b = Bench(policy=ClaimPolicy(kinds=("pick",), capacity=1)).settle()
    first = b.open[b.id_of(calls.Claim)]
    b.lose(calls.Claim)
    b.tick(BACKOFF_AWAY_S)
    b.answer(calls.Open, calls.Opened(0))
    b.answer(calls.Pull, calls.NothingNew())
    b.tick(0.2)
    assert b.open[b.id_of(calls.Claim)].claim_id == first.claim_id
    b.answer(calls.Claim, calls.Claimed(0))
    b.tick(10)
    assert b.open[b.id_of(calls.Claim)].claim_id != first.claim_id


def test_an_open_never_crosses_a_claim():
    b = Bench(policy=ClaimPolicy(kinds=("pick",), capacity=1)).settle()
    assert b.has(calls.Claim)
    b.local = Local(paired=True, waiting=1)
    b.tick()
    b.answer(calls.Push, calls.EpochChanged())
    assert b.state.phase is Phase.OPEN
    assert not b.has(calls.Open)
    b.answer(calls.Claim, calls.Claimed(1))
    assert b.has(calls.Open)


def lease(granted, ttl=900, boot="b"):
    return HeldLease("l", "i", "j", (1, 1), ttl, granted, boot, False)


def test_leases_are_renewed_at_a_third_and_after_a_reboot_at_once():
    b = Bench(local=Local(paired=True, held=(lease(100.0),), boot_id="b")).settle()
    b.wait(299)
    assert not b.has(calls.Renew)
    b.wait(1.5)
    assert b.has(calls.Renew)
    again = Bench(local=Local(paired=True, held=(lease(100.0),), boot_id="other")).connect()
    assert again.has(calls.Renew)


def test_a_right_that_came_with_a_row_is_asked_about_and_not_for_ever():
    b = Bench().settle()
    b.local = Local(paired=True, unnamed=True)
    b.tick()
    assert b.has(calls.Open)
    b.answer(calls.Open, calls.Opened(0))
    b.wait(50)
    assert not b.has(calls.Open)
    b.until(calls.Open)
    b.local = PAIRED
    b.answer(calls.Open, calls.Opened(0))
    b.wait(70)
    assert not b.has(calls.Open)


# --- work that is not wanted any more goes back ---

ZONE_A, ZONE_B = (ClaimPolicy(kinds=("pick",), capacity=2, zone=zone) for zone in "AB")


def held(*ids, started=(), opened=()):
    leases = tuple(
        HeldLease(id, f"i-{id}", f"j-{id}", (1, 1), 900, 100.0, "b", id in started, id in opened) for id in ids
    )
    return Local(paired=True, held=leases, boot_id="b")


def granted(*ids):
    return calls.Claimed(len(ids), leases=frozenset(ids))


def test_what_was_granted_for_the_zone_left_meanwhile_goes_back_before_anything_else_is_fetched():
    b = Bench(policy=ZONE_A).settle()
    b.feed(PolicySet(ZONE_B))
    b.local = held("l1", "l2")
    b.answer(calls.Claim, granted("l1", "l2"))
    assert set(b.open[b.id_of(calls.Release)].lease_ids) == {"l1", "l2"}
    assert not b.has(calls.Claim)
    b.local = PAIRED
    b.effects.clear()
    b.answer(calls.Release, calls.Released())
    assert calls.Changed(frozenset({calls.LEASE_ENTITY})) in b.effects
    assert b.open[b.id_of(calls.Claim)].policy == ZONE_B
    b.answer(calls.Claim, granted())
    assert (b.state.let_go, b.state.strays) == (frozenset(), False)


@pytest.mark.parametrize(
    "policies",
    [(), (ZONE_B, ZONE_A), (ClaimPolicy(kinds=("pick",), capacity=1, zone="A"),)],
    ids=["nothing changed", "there and back", "only how much"],
)
def test_what_is_still_wanted_stays(policies):
    b = Bench(policy=ZONE_A).settle()
    for policy in policies:
        b.feed(PolicySet(policy))
    b.local = held("l1")
    b.answer(calls.Claim, granted("l1"))
    b.wait(60)
    assert not b.has(calls.Release)
    assert not b.state.strays


def test_nothing_stays_that_came_after_everybody_left():
    b = Bench(policy=ZONE_A).settle()
    b.feed(PolicySet(ClaimPolicy()))
    b.local = held("l1")
    b.answer(calls.Claim, granted("l1"))
    assert b.has(calls.Release)


def lost_answer(b):
    b.lose(calls.Claim)
    b.tick(BACKOFF_AWAY_S)


def refused_answer(b):
    b.answer(calls.Claim, calls.HttpRefused(503, ErrorCode.BUSY))


def cut_answer(b):
    b.feed(LinkUp())


@pytest.mark.parametrize("late", [True, False], ids=["left before", "left after"])
@pytest.mark.parametrize("end", [lost_answer, refused_answer, cut_answer])
def test_an_open_shows_what_an_unanswered_claim_for_other_work_brought(end, late):
    b = Bench(policy=ZONE_A).settle()
    old = b.open[b.id_of(calls.Claim)].claim_id
    if late:
        b.feed(PolicySet(ZONE_B))
        end(b)
    else:
        end(b)
        b.feed(PolicySet(ZONE_B))
    b.local = held("l1", "mine before")
    b.answer(calls.Open, calls.Opened(0, gained=frozenset({"l1"})))
    b.until(calls.Release)
    assert b.open[b.id_of(calls.Release)].lease_ids == ("l1",)
    b.local = held("mine before")
    b.answer(calls.Release, calls.Released())
    b.until(calls.Claim)
    assert b.open[b.id_of(calls.Claim)].claim_id != old


def test_what_an_open_shows_is_kept_while_nothing_else_is_wanted():
    b = Bench(policy=ZONE_A).settle()
    lost_answer(b)
    b.local = held("l1")
    b.answer(calls.Open, calls.Opened(0, gained=frozenset({"l1"})))
    b.wait(30)
    assert not b.has(calls.Release)


@pytest.mark.parametrize("taken_up", ["started", "opened"])
def test_let_go_waits_for_the_network_and_spares_what_was_taken_up(taken_up):
    b = Bench(local=held("l1", "l2"))
    b.feed(LetGo(frozenset({"l1", "l2", "gone long ago"})))
    b.connect()
    b.lose(calls.Release)
    b.local = held("l1", "l2", **{taken_up: ("l2",)})
    b.tick(BACKOFF_AWAY_S)
    b.answer(calls.Open, calls.Opened(0))
    b.tick()
    assert b.open[b.id_of(calls.Release)].lease_ids == ("l1",)
    b.local = held("l2", **{taken_up: ("l2",)})
    b.answer(calls.Release, calls.Released())
    assert b.state.let_go == frozenset()


def test_a_release_lets_facts_go_first():
    b = Bench(local=held("l1")).settle()
    b.local = Local(paired=True, waiting=1, held=b.local.held, boot_id="b")
    b.feed(LetGo(frozenset({"l1"})))
    assert b.has(calls.Push)
    assert not b.has(calls.Release)
    b.local = held("l1")
    b.answer(calls.Push, calls.Pushed(1, 0))
    assert b.has(calls.Release)


def test_the_token_is_renewed_in_time_without_a_new_open():
    b = Bench().settle()
    b.wait(541)
    assert b.has(calls.GetNonce)
    b.answer(calls.GetNonce, calls.NonceGiven("m"))
    b.answer(calls.GetToken, calls.TokenGiven(600))
    assert b.state.phase is Phase.READY
    assert b.status.online


def test_a_forgotten_token_is_replaced_and_the_call_repeated():
    b = Bench(local=Local(paired=True, waiting=1)).connect()
    b.answer(calls.Push, calls.HttpRefused(401, ErrorCode.UNAUTHENTICATED))
    b.answer(calls.GetNonce, calls.NonceGiven("m"))
    b.answer(calls.GetToken, calls.TokenGiven(600))
    assert b.has(calls.Push)


def test_a_token_refused_on_the_way_is_over_with_the_next_one():
    # A token asked for twice by a bad link: the nonce is used up when the second copy arrives, and its refusal comes back first.
    b = Bench().settle()
    b.wait(541)
    b.answer(calls.GetNonce, calls.NonceGiven("m"))
    b.answer(calls.GetToken, calls.HttpRefused(401, ErrorCode.UNAUTHENTICATED))
    assert not b.status.online
    b.tick(BACKOFF_BUSY_S)
    b.answer(calls.GetNonce, calls.NonceGiven("o"))
    b.answer(calls.GetToken, calls.TokenGiven(600))
    assert b.status.online


def test_retry_after_is_obeyed():
    b = Bench(local=Local(paired=True, waiting=1)).connect()
    b.answer(calls.Push, calls.HttpRefused(503, ErrorCode.BUSY, retry_after_s=30))
    b.wait(29)
    assert not b.has(calls.Push)
    b.wait(1.1)
    assert b.has(calls.Push)


def test_a_new_link_forgets_the_back_off():
    b = Bench().connect()
    b.lose(calls.Pull)
    assert not b.status.online
    assert not b.open
    b.feed(LinkUp())
    assert b.has(calls.Open)


def test_too_much_at_once_becomes_less():
    b = Bench(local=Local(paired=True, waiting=500)).connect()
    assert b.open[b.id_of(calls.Push)].limit == 200
    b.answer(calls.Push, calls.HttpRefused(413, ErrorCode.TOO_LARGE))
    b.wait(0.6)
    assert b.open[b.id_of(calls.Push)].limit == 100
    b.wait(10.1)
    assert b.state.push_limit == 25


def test_the_watchdog_starts_over_when_nothing_moves():
    b = Bench(local=Local(paired=True, waiting=1)).connect()
    for _ in range(40):
        if b.has(calls.Push):
            b.answer(calls.Push, calls.HttpRefused(500, None))
        if b.has(calls.Pull) and b.state.stalls == 0:
            b.answer(calls.Pull, calls.Dropped())
        b.tick(2)
    assert b.state.stalls == 1
    assert b.status.stalls == 1


@pytest.mark.parametrize(
    ("status", "code", "trouble"), [(403, "revoked", Trouble.REVOKED), (426, "upgrade", Trouble.UPGRADE)]
)
def test_what_needs_a_person_is_said_and_tried_again_later(status, code, trouble):
    b = Bench().connect()
    b.answer(calls.Pull, calls.HttpRefused(status, ErrorCode(code)))
    assert b.status.trouble is trouble
    b.tick(61)
    assert b.open


def test_a_wrong_key_is_said():
    b = Bench()
    b.tick()
    b.lose(calls.GetNonce, wrong_key=True)
    assert b.status.trouble is Trouble.WRONG_KEY


def test_a_fork_leads_to_a_new_identity_and_a_new_start():
    b = Bench()
    b.tick()
    b.answer(calls.GetNonce, calls.NonceGiven("n"))
    b.answer(calls.GetToken, calls.TokenGiven(600))
    b.answer(calls.Open, calls.ForkFound())
    b.answer(calls.Refork, calls.Reforked())
    assert b.has(calls.GetNonce)
    assert not b.status.online


def test_questions():
    b = Bench().settle()
    b.feed(Asked(1, SignIn(badge="x"), 5))
    b.answer(calls.Put, calls.Told(ANSWER))
    assert b.replies[1] is ANSWER
    b.feed(Asked(2, SignIn(badge="x"), 5))
    b.answer(calls.Put, calls.HttpRefused(423, ErrorCode.LOCKED, 60))
    assert isinstance(b.replies[2], Refused)
    b.feed(Asked(3, SignIn(badge="x"), 5))
    b.tick(5)
    assert isinstance(b.replies[3], Unreachable)


def test_a_question_in_back_off_is_tried_at_once_and_fails_fast():
    b = Bench().connect()
    b.lose(calls.Pull)
    assert not b.open
    b.feed(Asked(1, SignIn(badge="x"), 5))
    assert b.has(calls.Open)
    b.lose(calls.Open)
    assert isinstance(b.replies[1], Unreachable)


def test_a_claimed_job_is_told_when_its_rows_are_there():
    b = Bench().settle()
    b.feed(Asked(1, ClaimJob(job="j"), 5))
    b.answer(calls.Put, calls.Told(ANSWER, ver=9))
    assert 1 not in b.replies
    b.answer(calls.Pull, calls.Pulled(frozenset({"work"}), False, 9, 9))
    assert b.replies[1] is ANSWER


def test_an_answer_to_a_call_given_up_means_nothing():
    b = Bench().connect()
    before = b.state
    b.feed(Answered(9999, calls.Resync()))
    assert b.state.phase is before.phase
    b.feed(Lost(9999))
    assert b.status.online


@given(st.integers(1, 40), st.sampled_from([BACKOFF_AWAY_S, BACKOFF_BUSY_S]), st.integers())
def test_back_off_is_bounded_and_never_nothing(failures, most, seed):
    pause = back_off(failures, most, Random(seed))
    assert 0.05 <= pause <= most


RESULTS = st.sampled_from(
    [
        calls.NonceGiven("n"), calls.TokenGiven(600), calls.TokenGiven(1), calls.Opened(5), calls.Pushed(1, 6), calls.Pushed(0, 6),
        calls.Rewound(), calls.EpochChanged(), calls.ForkFound(), calls.Reforked(),
        calls.Pulled(frozenset({"job"}), False, 6, 6), calls.Pulled(frozenset(), True, 3, 9, False), calls.NothingNew(),
        calls.Dropped(), calls.Resync(), calls.Claimed(1), calls.Claimed(0), calls.Renewed(), calls.Released(), calls.Told(ANSWER, 3),
        calls.Unusable(), calls.Claimed(1, leases=frozenset({"l"})), calls.Opened(5, gained=frozenset({"l"})),
        calls.HttpRefused(401, ErrorCode.UNAUTHENTICATED), calls.HttpRefused(403, ErrorCode.REVOKED), calls.HttpRefused(500, None),
        calls.HttpRefused(503, ErrorCode.BUSY, 20), calls.HttpRefused(413, ErrorCode.TOO_LARGE), calls.HttpRefused(426, ErrorCode.UPGRADE),
        calls.HttpRefused(422, ErrorCode.ID_REUSE),
    ]
)  # fmt: skip
FITS = {
    calls.GetNonce: (calls.NonceGiven,),
    calls.GetToken: (calls.TokenGiven,),
    calls.Open: (calls.Opened, calls.ForkFound, calls.EpochChanged, calls.Resync),
    calls.Push: (calls.Pushed, calls.Rewound, calls.ForkFound, calls.EpochChanged),
    calls.Refork: (calls.Reforked,),
    calls.Pull: (calls.Pulled, calls.NothingNew, calls.Dropped, calls.Resync, calls.Rewound),
    calls.Claim: (calls.Claimed, calls.ForkFound),
    calls.Renew: (calls.Renewed, calls.ForkFound),
    calls.Release: (calls.Released, calls.ForkFound),
    calls.Put: (calls.Told,),
}
LOCALS = st.builds(
    Local,
    paired=st.sampled_from([True, True, True, False]),
    waiting=st.integers(0, 3),
    held=st.sampled_from([(), (lease(0.0),), (lease(1e6, boot="x"),)]),
    boot_id=st.just("b"),
    unnamed=st.booleans(),
)
GOOD = {
    calls.GetNonce: calls.NonceGiven("n"),
    calls.GetToken: calls.TokenGiven(600),
    calls.Open: calls.Opened(9),
    calls.Push: calls.Pushed(3, 9),
    calls.Refork: calls.Reforked(),
    calls.Claim: calls.Claimed(0),
    calls.Renew: calls.Renewed(),
    calls.Release: calls.Released(),
    calls.Put: calls.Told(ANSWER),
}
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 5), RESULTS),
        st.tuples(st.just("lose"), st.integers(0, 5), st.booleans()),
        st.tuples(st.just("tick"), st.floats(0, 40), LOCALS),
        st.tuples(st.just("link"), st.none(), st.none()),
        st.tuples(st.just("ask"), st.sampled_from([SignIn(badge="b"), ClaimJob(job="j")]), st.floats(0.1, 9)),
        st.tuples(st.just("policy"), st.integers(0, 3), st.sampled_from([None, "A", "B"])),
        st.tuples(st.just("let go"), st.none(), st.none()),
    ),
    max_size=60,
)


@given(MOVES, st.integers(0, 2**32))
def test_no_history_makes_it_stand_still(moves, seed):
    """Whatever happened before: with a good server it is online with nothing waiting within a minute and a half, and everybody who asked
    has exactly one answer."""
    b = Bench(seed=seed)
    asked = 0
    for kind, one, two in moves:
        match kind:
            case "answer" if b.open:
                id = sorted(b.open)[one % len(b.open)]
                if isinstance(two, (*FITS[type(b.open[id])], calls.HttpRefused, calls.Unusable)):
                    del b.open[id]
                    b.feed(Answered(id, two))
            case "lose" if b.open:
                id = sorted(b.open)[one % len(b.open)]
                del b.open[id]
                b.feed(Lost(id, two))
            case "tick":
                b.local = two
                b.tick(one)
            case "link":
                b.feed(LinkUp())
            case "ask":
                asked += 1
                b.feed(Asked(asked, one, two))
            case "policy":
                b.feed(PolicySet(ClaimPolicy(kinds=("pick",), capacity=one, zone=two)))
            case "let go":
                b.feed(LetGo(frozenset({"l"})))
        assert b.now < next_wake(b.state, b.now) <= b.now + HEARTBEAT_S
    b.local = Local(paired=True, waiting=2)
    end = b.now + WATCHDOG_S + 30
    b.tick()
    while not (b.status.online and not b.local.waiting and not b.status.catching_up and b.status.synced_at):
        assert b.now < end, (b.state, b.open)
        short = [id for id, call in b.open.items() if not (isinstance(call, calls.Pull) and call.wait_s)]
        if short:
            call = b.open.pop(short[0])
            if isinstance(call, calls.Push):
                b.local = Local(paired=True)
            good = GOOD.get(type(call)) or calls.Pulled(frozenset(), False, 9, 9)
            b.feed(Answered(short[0], good))
        else:
            b.tick(next_wake(b.state, b.now) - b.now)
    b.tick(9.5)
    assert set(b.replies) == set(range(1, asked + 1))


# --- facts that do not move while rows do ---


def test_the_watchdog_looks_at_facts_even_while_rows_are_current():
    """Long polls end in good order every 25 seconds, yet every push is refused: that is no progress."""
    b = Bench(local=Local(paired=True, waiting=3, oldest_ms=240_000)).connect()
    for _ in range(80):
        if b.has(calls.Push):
            b.answer(calls.Push, calls.HttpRefused(503, ErrorCode.BUSY))
        if b.has(calls.Pull):
            b.answer(calls.Pull, calls.NothingNew())
        b.tick(1)
    assert b.state.stalls == 1
    assert any(isinstance(effect, calls.DropPool) for effect in b.effects)
    assert (b.status.waiting, b.status.oldest_ms) == (3, 240_000)


def test_facts_that_move_slowly_are_progress():
    b = Bench(local=Local(paired=True, waiting=3)).connect()
    for n in range(80):
        if b.has(calls.Push):
            b.answer(calls.Push, calls.Pushed(1, 0) if n % 20 == 0 else calls.HttpRefused(503, ErrorCode.BUSY))
        if b.has(calls.Pull):
            b.answer(calls.Pull, calls.NothingNew())
        b.tick(1)
    assert b.state.stalls == 0


def test_the_watchdog_does_not_break_a_pause_the_server_asked_for():
    b = Bench(local=Local(paired=True, waiting=1)).connect()
    b.answer(calls.Push, calls.HttpRefused(503, ErrorCode.BUSY, 300))
    for _ in range(140):
        b.tick(2)
        for kind, answer in ((calls.Open, calls.Opened(0)), (calls.Pull, calls.NothingNew())):
            if b.has(kind):
                b.answer(kind, answer)
        for kind, answer in ((calls.GetNonce, calls.NonceGiven("n")), (calls.GetToken, calls.TokenGiven(600))):
            assert not b.has(kind), answer
        assert not b.has(calls.Push)
    b.tick(25)
    assert b.state.stalls >= 1


def test_being_outdated_is_said_until_rows_come():
    b = Bench().connect()
    b.answer(calls.Pull, calls.HttpRefused(426, ErrorCode.UPGRADE))
    assert b.status.trouble is Trouble.UPGRADE
    b.feed(LinkUp())
    b.answer(calls.Open, calls.Opened(0, upgrade_in_s=0))
    assert b.status.trouble is Trouble.UPGRADE
    b.answer(calls.Pull, calls.NothingNew())
    assert b.status.trouble is None


def test_an_end_that_is_announced_and_work_that_rests_are_in_the_status():
    b = Bench().connect()
    assert (b.state.upgrade_by, b.state.work_from) == (None, None)
    b.feed(LinkUp())
    b.answer(calls.Open, calls.Opened(0, upgrade_in_s=3600, claims_in_s=600))
    assert (b.status.upgrade_by, b.status.work_from) == (b.now + 3600, b.now + 600)
    b.feed(LinkUp())
    b.answer(calls.Open, calls.Opened(0))
    assert (b.status.upgrade_by, b.status.work_from) == (None, None)


def test_rows_this_app_cannot_read_mean_that_it_is_too_old_and_facts_still_go():
    b = Bench().connect()
    b.answer(calls.Pull, calls.Unusable(foreign=True))
    assert b.status.trouble is Trouble.UPGRADE
    b.local = Local(paired=True, waiting=1)
    b.tick()
    assert b.has(calls.Push)


def test_an_answer_that_could_not_be_kept_here_is_no_fault_of_the_app():
    b = Bench().connect()
    b.answer(calls.Pull, calls.Unusable())
    assert b.status.trouble is None
