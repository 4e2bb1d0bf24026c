# Everything a newcomer types. Each target does its own set-up first (tools/setup; nothing is done twice).
#   make demo ARGS="--orders 5"     make test ARGS="-k pick"

.PHONY: help setup demo test check shots bench bench-cartons bench-planning bench-oms bench-sourcing bench-forecast bench-year soak clean
.DEFAULT_GOAL := help

PYTHON_IN := .venv/bin/python
ARGS ?=

help:
	@echo "make demo    the whole floor on this machine: OMS, devices, handheld and pack station (ARGS=--help for more)"
	@echo "make test    all tests, and everything that make check looks at"
	@echo "make check   format, lint, types, and the rules of who may import whom"
	@echo "make shots   pictures of every screen into docs/screenshots"
	@echo "make bench   the speeds that matter, as a table and JSON"
	@echo "make bench-cartons  real orders into cartons, beside another packer's figures (ARGS=\"--data DIR --json\" for other orders)"
	@echo "make bench-planning  walks and batches beside the best known values (ARGS=\"--data DIR --only NAME --json\")"
	@echo "make bench-oms  a million customer orders beside ten thousand: what is asked may not grow slower (ARGS=\"--orders N --json\")"
	@echo "make bench-sourcing  orders to sites beside the optimum (ARGS=\"--data DIR --json\")"
	@echo "make bench-forecast  what will be asked for, beside simple methods (ARGS=\"--data DIR --json\")"
	@echo "make bench-year  a shop's year on a clock of its own, levels as suggested beside levels by hand (ARGS=\"--days N --orders N --json\")"
	@echo "make soak    what takes long: fuzzing, faults by the ten thousand, whole shifts (ARGS=\"floor -- --minutes 60\")"
	@echo "make clean   removes what the targets above have made"

setup:
	@tools/setup

demo: setup
	.venv/bin/floorhand demo $(ARGS)

# Three processes, whatever the machine: on two cores more than a quarter of the time is spent waiting for others (networks, kills,
# people). The tests start databases and servers of their own; those that share one thing stay together by their xdist_group.
test:
	@tools/setup test
	$(PYTHON_IN) -m pytest -n 3 --dist loadgroup $(ARGS)

check: setup
	$(PYTHON_IN) -m ruff format --check .
	$(PYTHON_IN) -m ruff check .
	$(PYTHON_IN) -m mypy
	.venv/bin/lint-imports --no-logo
	$(PYTHON_IN) -m tools.house_rules

shots: setup
	$(PYTHON_IN) -m tools.shots $(ARGS)

bench: setup
	$(PYTHON_IN) -m tools.bench $(ARGS)

bench-cartons: setup
	@$(PYTHON_IN) -m tools.bench_cartons $(ARGS)

bench-planning: setup
	@$(PYTHON_IN) -m tools.bench_planning $(ARGS)

bench-oms: setup
	@$(PYTHON_IN) -m tools.bench_oms $(ARGS)

bench-sourcing: setup
	@$(PYTHON_IN) -m tools.bench_sourcing $(ARGS)

bench-forecast: setup
	@$(PYTHON_IN) -m tools.bench_forecast $(ARGS)

bench-year: setup
	@$(PYTHON_IN) -m tools.bench_year $(ARGS)

soak: setup
	$(PYTHON_IN) -m tools.soak $(ARGS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist out demo-out tools/labels/node_modules
	find app devices sync oms resources tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
