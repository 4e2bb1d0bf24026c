"""Instructions that must be read, one by one, while the store answers when it can."""

from app.core.messages import Code, say
from app.core.views import NoticeCard
from app.ui.notices import NoticeLine

CARDS = tuple(NoticeCard(n, say(Code.PUT_BACK, sku="TEA", qty=1, bin="A-01")) for n in (1, 2))


class Store:
    """Instructions on a device, and a worker that answers when it is told to."""

    def __init__(self):
        self.cards, self.full, self.queue, self.said = CARDS, False, [], []
        self.line = NoticeLine(self, self, self.said.append, lambda: None)

    def submit(self, job, done):
        self.queue.append((job, done))

    def waiting(self):
        return self.cards

    def acknowledge(self, id):
        if not self.full:
            self.cards = tuple(card for card in self.cards if card.id != id)
        return self.cards

    def work(self, answers=None):
        """All that was asked for is done at once, in its order; `answers` are told only afterwards."""
        jobs, self.queue = self.queue[:answers], self.queue[len(self.queue[:answers]) :]
        for done, answer in [(done, job()) for job, done in jobs]:
            done(answer)


def test_what_has_been_read_is_not_shown_again_by_an_answer_that_was_on_its_way():
    store = Store()
    store.line.look()
    store.work()
    assert store.line.first is CARDS[0].message
    store.line.look()
    store.line.acknowledge()
    store.work(1)
    assert store.line.first is CARDS[1].message
    store.work()
    assert store.line.first is CARDS[1].message
    store.line.acknowledge()
    store.work()
    assert store.line.first is None
    assert len(store.said) == 2


def test_what_could_not_be_kept_is_asked_again():
    store = Store()
    store.line.look()
    store.work()
    store.full = True
    store.line.acknowledge()
    assert store.line.first is CARDS[1].message
    store.work()
    assert store.line.first is CARDS[0].message
