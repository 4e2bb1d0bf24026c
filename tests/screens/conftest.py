"""Fake services that presenters talk to, and what stands around a presenter: for tests without Qt and for those with a real window."""

from dataclasses import dataclass, field

import pytest

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.screens.presenter import Stage


@dataclass
class FakeClock:
    """Time that stands still until it is moved."""

    now: float = 100.0

    def mono(self):
        return self.now

    def wall_ms(self):
        return 0

    def boot_id(self):
        return "test"


class LaterWorker:
    """Jobs wait until `run`: what happens while a service is busy can be looked at."""

    def __init__(self):
        self.jobs = []

    def submit(self, job, done, failed=None):
        self.jobs.append((job, done))

    def run(self):
        while self.jobs:
            job, done = self.jobs.pop(0)
            done(job())


class FakeService:
    """Answers every call with the next outcome in line, or with the last view again; remembers the calls."""

    def __init__(self, view=None):
        self.answers = [Outcome("", view)]
        self.calls = []

    def then(self, view, message=None):
        self.answers.append(Outcome("", view, message))

    def __getattr__(self, name):
        def call(*args):
            self.calls.append((name, *args))
            answer = self.answers[0]
            if len(self.answers) > 1:
                self.answers.pop(0)
            else:
                self.answers[0] = Outcome("", answer.view)
            return answer

        return call

    def now(self, view, message=None):
        """From now on this is the answer; its message is said once."""
        self.answers = [Outcome("", view, message)]


@dataclass
class Around:
    """What a presenter sees of the world, and what it did to it."""

    clock: FakeClock = field(default_factory=FakeClock)
    store: LaterWorker = field(default_factory=LaterWorker)
    network: LaterWorker = field(default_factory=LaterWorker)
    shown: list = field(default_factory=list)
    said: list = field(default_factory=list)
    went: list = field(default_factory=list)
    answered: list = field(default_factory=list)

    @property
    def stage(self):
        return Stage(
            self.store, self.network, self.clock, self.shown.append, self.said.append, self.went.append,
            lambda scan, message: self.answered.append((scan, message)),
        )  # fmt: skip

    @property
    def state(self):
        return self.shown[-1]

    def run(self):
        self.store.run()
        self.network.run()

    def scan(self, text, at=None):
        return ScanInput(text, self.clock.now if at is None else at)


@pytest.fixture
def around():
    return Around()


@pytest.fixture
def service():
    return FakeService()


@pytest.fixture
def wrong_item():
    return say(Code.WRONG_ITEM, scanned="FH1001", needed="FH1000")
