"""The bugs that the mutation check puts in still fit the code: whoever changes the protocol changes its mutants."""

from collections import Counter

from tools.soak.protocol_mutants import ROOT, mutants


def test_every_bug_can_be_put_in():
    listed = mutants()
    assert len(listed) >= 19
    assert max(Counter(mutant.name for mutant in listed).values()) == 1
    for mutant in listed:
        assert (ROOT / mutant.first.partition("::")[0]).exists()
        for file, old, new in mutant.changes:
            assert old in (ROOT / file).read_text(), (mutant.name, file)
            assert old != new
