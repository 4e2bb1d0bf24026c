"""Reports as a desk asks for them: what goes to the centre, what is remembered while it is away, and for whom."""

import msgspec
import pytest

from app.core.messages import Code
from app.core.views import Person
from app.services.ports import CentreAway, CentreRefused
from app.services.reports import ReportsService
from app.services.reports_ports import Every, ReportAsked
from app.wiring.papers import KeptPapers
from sync.contract.codes import ErrorCode
from sync.contract.reports import MineReply, ReportPaper, ReportReply, ShownReply
from tools.shots_reports import PEOPLE, report_of

ALL = ReportAsked(7, Every.DAY, "nl", ago=7, site="W", channel="web")
MINE = ReportAsked(7, Every.DAY, "nl", mine=True)


class Clock:
    """Stands still until it is told."""

    now = 100.0

    def mono(self):
        return self.now

    def wall_ms(self):
        return 0

    def boot_id(self):
        return "b"


class Centre:
    """Answers in line, and remembers; an exception is raised."""

    def __init__(self):
        self.posts, self.answers = [], []

    def online(self):
        return True

    def post(self, path, body, reads, timeout_s):
        self.posts.append((path, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return msgspec.convert(msgspec.to_builtins(answer), reads)


@pytest.fixture
def centre():
    return Centre()


@pytest.fixture
def signed_in(floor, centre, tmp_path):
    """The service on a desk where somebody of this role is signed in; signs in others on the same desk, too."""
    service = ReportsService(floor.store, centre, KeptPapers(tmp_path), Clock())

    def sign_in(role):
        with floor.store.unit() as u:
            u.people.sign_in(Person(f"w-{role}", role.title(), "1001", frozenset({role}), session=f"s-{role}"))
        return service

    return sign_in


def everybody():
    return ReportReply(report=report_of(ALL), sites=["W"], channels=["web"], people=list(PEOPLE), server_time="")


def own(shown=False):
    return MineReply(report=report_of(MINE), shown=shown, people=[], server_time="")


def test_what_is_asked_for_goes_to_the_centre(signed_in, centre):
    reports = signed_in("supervisor")
    centre.answers = [everybody(), own(shown=True), ShownReply(shown=True, server_time="")]
    seen = reports.look(ALL).view
    assert (seen.asked, seen.sites, seen.channels, seen.people, seen.at) == (ALL, ("W",), ("web",), PEOPLE, 100.0)
    assert reports.look(MINE).view.shown
    assert reports.show_me(True).state == "done"
    (path, body), (mine, my), (ranking, me) = centre.posts
    assert (path, mine, ranking) == ("/v1/reports/look", "/v1/reports/mine", "/v1/reports/ranking")
    assert (body.days, body.ago, body.site, body.channel, body.language, body.session) == (
        7,
        7,
        "W",
        "web",
        "nl",
        "s-supervisor",
    )
    assert (my.days, my.session, me.shown, me.session) == (7, "s-supervisor", True, "s-supervisor")


def test_a_report_is_kept_as_a_file_whatever_it_is_called(signed_in, centre, tmp_path):
    reports = signed_in("supervisor")
    centre.answers = [ReportPaper(name="../re port.pdf", body=b"%PDF-1", server_time=""), CentreAway()]
    saved = reports.save(ALL)
    assert (saved.state, saved.message.code, saved.message.words["name"]) == ("done", Code.PAPER_KEPT, "re-port.pdf")
    assert (tmp_path / "re-port.pdf").read_bytes() == b"%PDF-1"
    assert [path for path, _ in centre.posts] == ["/v1/reports/look/pdf"]
    assert reports.save(ALL).message.code is Code.NEEDS_CENTRE


def test_without_the_centre_there_is_what_was_last_seen(signed_in, centre):
    reports = signed_in("supervisor")
    centre.answers = [everybody(), CentreAway(), CentreAway()]
    first = reports.look(ALL).view
    again = reports.look(ALL)
    assert again.view == first
    assert again.message.code is Code.NEEDS_CENTRE
    other = reports.look(ReportAsked(1, Every.DAY, "nl"))
    assert (other.view, other.message.code) == (None, Code.NEEDS_CENTRE)


def test_nobody_sees_what_was_another_persons(signed_in, centre):
    centre.answers = [own(), everybody(), CentreAway(), CentreRefused(ErrorCode.FORBIDDEN)]
    reports = signed_in("supervisor")
    assert reports.look(MINE).view is not None
    assert reports.look(ALL).view is not None
    signed_in("picker")
    # The next person at the desk has seen nothing yet, and may not see all.
    assert reports.look(MINE).view is None
    asked = len(centre.posts)
    refused = reports.look(ALL)
    assert (refused.view, refused.message.code) == (None, Code.NOT_ALLOWED)
    assert len(centre.posts) == asked
    assert reports.show_me(True).message.code is Code.NOT_ALLOWED
