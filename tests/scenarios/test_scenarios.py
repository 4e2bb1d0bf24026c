"""Every scenario of the feature files in this folder is a test: people with real clients at the real OMS. See README.md."""

from pytest_bdd import scenarios

scenarios(".")
