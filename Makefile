# The README's two commands are `make demo` and `make test`.
BIN := .venv/bin
PEERS := $(basename $(wildcard benchmarks/peers/*.in))
UV := $(or $(shell command -v uv),.uv/bin/uv)
PIN := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet

.PHONY: demo test check bench docs lock fmt lint types imports clean

demo: .venv/ready ## value the four cases and write the reports into demo-output/
	$(BIN)/ipfinance demo --output demo-output

test: .venv/ready ## every test, in parallel, with coverage
	$(BIN)/pytest --numprocesses auto --dist loadfile --cov --quiet

check: lint types imports docs test ## all that must hold before a commit lands

bench: .venv/ready | $(UV) ## side by side with peers; tables go to bench-output/
	UV=$(abspath $(UV)) $(BIN)/python benchmarks/run.py

docs: .venv/ready ## the documentation, every unknown name an error
	$(BIN)/sphinx-build --quiet --nitpicky --fail-on-warning docs docs/_build

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/yamllint --strict src tests examples

types: .venv/ready
	$(BIN)/mypy

imports: .venv/ready
	$(BIN)/lint-imports

fmt: .venv/ready
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format

lock: | $(UV) ## hash-pinned requirements for the oldest Python, without any address
	mkdir -p requirements
	$(PIN) --output-file requirements/base.txt
	$(PIN) --group dev --constraints requirements/base.txt --output-file requirements/dev.txt
	for peer in $(PEERS); do $(UV) pip compile $$peer.in --universal --python-version 3.11 --generate-hashes --quiet --output-file $$peer.txt; done

.uv/bin/uv:
	python3 -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv

.venv/synced: requirements/dev.txt | $(UV)
	$(UV) venv --quiet --clear .venv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements/dev.txt && touch $@

.venv/ready: .venv/synced pyproject.toml
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . && touch $@

clean:
	rm -rf .venv .uv demo-output bench-output docs/_build .pytest_cache .mypy_cache .ruff_cache
