"""The words for papers at the bench: which go with a parcel, and a printer of pages that has none left. Collected by `conftest.py` like
all steps."""

from pytest_bdd import given, parsers, then, when

from oms.catalog.models import Site
from oms.documents import load
from oms.documents.papers import pdf
from tests.scenarios.person import until
from tests.scenarios.steps import listed

_NAME = r"(?P<name>[A-Z][a-z]+)"


@given("a return slip goes with every order")
def return_slips(floor):
    def do(w):
        w.db.get_one(Site, w.site).paper_words = {"papers": "return-slip"}

    floor.hall.act(do)


@given("the paper printer has no paper")
def no_paper(floor):
    floor.paper.empty = True


@given("the paper printer finds no page for the next paper")
def last_page(floor):
    floor.paper.last_page = True


@when("somebody puts paper in")
def paper_in(floor):
    floor.paper.refill()
    for person in floor.people.values():
        for info, _, _ in person.client.hub.devices():
            person.client.hub.retry(info.key)


@then(parsers.re(rf"{_NAME} sees that (?P<n>\d) papers? (?:is|are) still to come"))
@when(parsers.re(rf"{_NAME} sees that (?P<n>\d) papers? (?:is|are) still to come"))
def still_to_come(floor, name, n):
    person = floor.person(name)
    person.until(f"{n} papers that are owed", lambda: sum(one.name != "label" for one in person.view.papers) == int(n))


@when("the paper printer holds a paper that it cannot print")
def holds_one(floor):
    until(lambda: bool(floor.paper.taken), lambda: "the printer was given nothing")


@then(parsers.re(r"the return slips? of (?P<numbers>.+) came out once"))
def slips_came_out(floor, numbers):
    """They are the very papers that the office draws for these orders."""
    hall, wanted = floor.hall, []
    with hall.oms.sessions() as db:
        for number in listed(numbers):
            paper, language = load.return_slip(db, hall.site, number)
            wanted.append(pdf(paper, language, "A4"))
    until(lambda: len(floor.paper.printed) >= len(wanted), lambda: f"{len(floor.paper.printed)} papers came out")
    for person in floor.people.values():
        person.until("nothing more to come", lambda person=person: not person.view.papers)
    assert sorted(body for _, body in floor.paper.printed) == sorted(wanted)
