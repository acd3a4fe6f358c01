# Two commands on a fresh machine: `make map` and `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\#.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help:            ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/run.stamp: locks/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r locks/run.txt
	$(PIP) install --no-build-isolation --no-deps --no-index -e .
	touch $@

.venv/dev.stamp: .venv/run.stamp locks/dev.txt
	$(PIP) install --require-hashes -r locks/dev.txt
	touch $@

env: .venv/dev.stamp  ## build the environment for development, from the lock

map: .venv/run.stamp  ## render the Kursk map and print its report
	@mkdir -p build
	@$(BIN)/frontmap map --archive geodata/kursk --output build/kursk.html
	@$(BIN)/frontmap report --archive geodata/kursk --value 1243 --output build/kursk-report.html

# Two at a time, a file's tests together: what they share is made once.
TESTS ?= -n 2 --dist loadfile
test: .venv/dev.stamp  ## run the tests (TESTS="tests/test_area.py -x" for some of them)
	$(BIN)/python -m pytest $(TESTS)

torture: .venv/dev.stamp  ## the long form of the fault tests, with a table of what was injected and lost
	$(BIN)/python -m pytest -m "torture or faults" -n 2 tests

parquet: .venv/dev.stamp  ## the tests of the extra that reads GeoParquet, whose library pandas would load everywhere
	$(PIP) install --require-hashes --target .venv/parquet --upgrade -r locks/parquet.txt
	PYTHONPATH=.venv/parquet $(BIN)/python -m pytest tests/test_files_by_others.py -k parquet

world: .venv/dev.stamp  ## hold the ground that new archives are given against the packages it is made of (network)
	$(BIN)/python tools/make_world.py --check

SEED ?= 1
SAMPLE ?= 400
mutants: .venv/dev.stamp  ## break the code in small ways and count what the tests notice (SEED=, SAMPLE=)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/mutants.py $(SEED) $(SAMPLE)

check: .venv/run.stamp  ## hold the Kursk archive against its rules
	$(BIN)/frontmap verify --archive geodata/kursk
	$(BIN)/frontmap check geodata/kursk

lint: .venv/dev.stamp  ## style, types, import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v npm >/dev/null 2>&1; then \
	  { test node_modules/.package-lock.json -nt package-lock.json || npm ci --silent; } && \
	  npm run --silent lint; \
	elif [ "$$FRONTMAP_REQUIRE_NODE" = 1 ]; then echo "no npm here, which the page's script needs"; exit 1; \
	else echo "skipped, no npm here: style and types of the page's script"; fi

# Some machines set these two for another processor than theirs, which slows NumPy's peers down.
SHARED ?= $(FRONTMAP_SHARED)
bench: .venv/dev.stamp  ## ratios against named peers (SHARED=DIR: the folder with other makers' files)
	@env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python -m benchmarks $(SHARED)

bench-page: .venv/dev.stamp  ## the reader's page against folium's Timeline in Chromium (SHARED=DIR, npm)
	@$(BIN)/python -m benchmarks.reader_page $(SHARED)

bench-war: .venv/dev.stamp  ## the page of a whole war, 1,359 snapshots: bytes, time, one more date (SHARED=DIR)
	@$(BIN)/python -m benchmarks.whole_war $(SHARED)

UV_COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate -q
DEV_GROUPS = --extra bench --extra dask --extra notebook --group build --group dev --group docs --group mutants
PARQUET = echo 'pyarrow>=16' | $(subst pyproject.toml,-,$(UV_COMPILE))

lock: .venv/dev.stamp  ## resolve the dependencies anew (UPGRADE=--upgrade for newer versions)
	$(UV_COMPILE) $(UPGRADE) --extra figures --group build -o locks/run.txt
	$(UV_COMPILE) $(UPGRADE) $(DEV_GROUPS) -c locks/run.txt -o locks/dev.txt
	$(PARQUET) $(UPGRADE) -o locks/parquet.txt

lock-check: .venv/dev.stamp  ## the locks answer to pyproject.toml and name no address
	for each in run dev parquet; do cp locks/$$each.txt .venv/$$each.txt; done
	$(UV_COMPILE) --extra figures --group build -o .venv/run.txt
	$(UV_COMPILE) $(DEV_GROUPS) -c locks/run.txt -o .venv/dev.txt
	$(PARQUET) -o .venv/parquet.txt
	for each in run dev parquet; do cmp locks/$$each.txt .venv/$$each.txt || exit 1; done
	! grep -nE '://|index-url|find-links' locks/*.txt

docs: .venv/dev.stamp  ## the site: guides, glossary, architecture, reference (build/docs/index.html)
	$(BIN)/python -m sphinx -q -W --keep-going -b html -d build/docs-cache docs build/docs

clean:           ## remove what was built
	rm -rf build dist mutants .venv

pages: .venv/dev.stamp  ## write the true output of their console sessions into README and docs
	$(BIN)/python tests/refresh_pages.py
