"""A slice of the long chaos runs of `tools.soak.language_chaos`: what is said of a label is true in every language."""

import pytest

from devices.model import JobState
from tools.soak.language_chaos import LANGUAGES, chaos


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_label_is_true(language):
    outcome = chaos(language, runs=12, seed=7)
    assert (outcome.lost, outcome.doubled, outcome.untrue) == ([], [], [])
    assert outcome.states[JobState.UNCERTAIN]
    assert bool(outcome.states[JobState.PRINTED]) is (language not in ("tspl", "epl2"))
