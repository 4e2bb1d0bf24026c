"""What a worker is told of the link: scans that wait, an app that is given up, work that rests after a restore. In words, once."""

from dataclasses import replace

import pytest

from app.core.messages import Code, say
from app.core.views import LinkStatus
from app.services.pack_open import claim
from app.ui.status import link_chips
from app.ui.texts import Texts
from app.wiring.link_news import news
from sync.client.status import SyncStatus, Trouble
from sync.contract.wire import ClaimReply

ONLINE = SyncStatus(True, 0.0, synced_at=0.0)
NOW = 1000.0


def test_a_quiet_link_says_nothing():
    assert news(ONLINE, replace(ONLINE, waiting=5, oldest_ms=90_000, head=7), NOW) == []


def test_scans_that_do_not_move_are_told_with_how_many_and_how_long():
    stuck = replace(ONLINE, waiting=12, oldest_ms=250_000, stalls=1)
    assert news(ONLINE, stuck, NOW) == [say(Code.FACTS_WAIT, n=12, minutes=4)]
    assert news(stuck, replace(stuck, oldest_ms=300_000), NOW) == []
    assert news(ONLINE, replace(ONLINE, stalls=1), NOW) == []


def test_an_app_that_is_given_up_is_told_in_time_and_at_the_end():
    soon = replace(ONLINE, upgrade_by=NOW + 13.2 * 86400)
    assert news(ONLINE, soon, NOW) == [say(Code.UPDATE_SOON, n=14)]
    assert news(soon, replace(soon, upgrade_by=soon.upgrade_by + 1), NOW) == []
    over = replace(soon, trouble=Trouble.UPGRADE)
    assert news(soon, over, NOW) == [say(Code.APP_OUTDATED)]
    assert news(over, replace(over, waiting=1), NOW) == []
    # Known at once at the start: one message, not two.
    assert news(ONLINE, replace(ONLINE, upgrade_by=NOW, trouble=Trouble.UPGRADE), NOW) == [say(Code.APP_OUTDATED)]


def test_work_that_rests_after_a_restore_is_told_once():
    rests = replace(ONLINE, work_from=NOW + 590)
    assert news(ONLINE, rests, NOW) == [say(Code.CENTRE_RESTORED, n=10)]
    assert news(rests, replace(rests, work_from=NOW + 580), NOW) == []
    assert news(rests, ONLINE, NOW) == []


@pytest.mark.parametrize(
    ("online", "oldest_s", "text"),
    [
        (True, None, "12 waiting"),
        (True, 59.0, "12 waiting"),
        (True, 250.0, "12 waiting, 4 min"),
        # Beside "Offline 5 min" the age would say nothing new, and the count must always fit.
        (False, 250.0, "12 waiting"),
    ],
)
def test_the_chip_says_how_long_the_oldest_has_waited(online, oldest_s, text):
    link = LinkStatus(online=online, since_s=300.0, waiting=12, oldest_s=oldest_s, data_age_s=10.0)
    assert text in [chip.text for chip in link_chips(Texts("en"), link, 0.0)]


def test_the_chip_counts_on_between_two_looks():
    link = LinkStatus(online=True, since_s=1.0, waiting=1, oldest_s=50.0, data_age_s=None)
    assert "1 waiting, 1 min" in [chip.text for chip in link_chips(Texts("en"), link, 10.0)]


def test_a_tote_that_cannot_be_given_yet_is_told_when():
    class Restored:
        """A centre that waits for its devices."""

        def claim_tote(self, tote, timeout_s):
            return ClaimReply(leases=[], epoch=2, server_time="", reason="closed", wait_s=431)

    assert claim(Restored(), "T-1") == say(Code.CENTRE_RESTORED, n=8)
