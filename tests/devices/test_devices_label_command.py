"""`floorhand devices label`: what a person who changes a template sees."""

import json

import pytest

import resources
from devices.__main__ import main

BIN = str(resources.path("labels/bin.toml"))


def test_a_good_template_says_what_it_takes(capsys):
    assert main(["label", BIN, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["needed"] == ["bin"]
    assert facts["optional"] == ["zone"]


def test_with_values_a_label_is_written(tmp_path, capsys):
    out = tmp_path / "label.tspl"
    assert main(["label", BIN, "bin=A-01", "zone=Å|x", "--dialect", "tspl", "--dpmm", "12", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"SIZE 101.6 mm,50.8 mm\r\n")
    assert b'"A-01"' in out.read_bytes()
    assert "bytes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["zone=Z"], "needs bin"),
        (["bin=Ø"], "cannot be put"),
        (["bin"], "not FIELD=VALUE"),
        (["bin=A", "x=y"], "no field x"),
    ],
)
def test_what_cannot_be_is_said(values, words, capsys):
    assert main(["label", BIN, *values]) == 1
    assert words in capsys.readouterr().err


def test_a_broken_or_missing_file_is_said(tmp_path, capsys):
    (tmp_path / "broken.toml").write_text("[label]")
    assert main(["label", str(tmp_path / "broken.toml")]) == 1
    assert "name is missing" in capsys.readouterr().err
    assert main(["label", str(tmp_path / "none.toml")]) == 1
