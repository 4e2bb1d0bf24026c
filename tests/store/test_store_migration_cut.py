"""The power goes while a new app brings old data to its own shape (`sync.md` F16)."""

from app.store.migrations import STEPS
from tools.soak.migrations import cut_at_every_write


def test_a_cut_at_any_write_of_a_migration_leaves_one_shape_and_the_whole_journal():
    found = cut_at_every_write(seed=1)
    assert found.broken == []
    assert found.shapes == len(STEPS) - 1
    assert found.old > 0
    assert found.newer > 0
