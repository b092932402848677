# Everything a person types. Each step runs only when it has something to do, and then says so in one line.
.DEFAULT_GOAL := help
.PHONY: help run test check quick fix bench calibrate dictionary lock packages

python := .venv/bin/python
uv := .venv/bin/uv
site := maps/static/build/site.css

# Many councils' networks inspect TLS: trust what the machine trusts, not a list that uv brings along.
export UV_SYSTEM_CERTS := 1

# Of what has not changed, mypy asks its cache.
define static
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@npm run --silent check
endef

help: ## List what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

run: .venv/.product $(site) ## Start the service, after setting up whatever is missing
	@exec .venv/bin/priorities run

# libatomic1 is for the program that Playwright brings along; gdal-bin reads the API as a planner's programs do.
test: packages_for := chromium gdal-bin libatomic1
test: check $(site) ## Check the code and run every test
	@.venv/bin/pytest -n 2

check: .venv/.development node_modules/.installed ## Check lint, format, types, import contracts and sizes
	$(static)
	@.venv/bin/pytest --quiet tests/test_architecture.py

quick: .venv/.development node_modules/.installed ## Check the same, and run the tests that are done within a minute
	$(static)
	@.venv/bin/pytest --quiet -n 2 -m 'not (database or browser or service or shared_data or simulation)'

fix: .venv/.development node_modules/.installed ## Mend what tools can mend: lint and format
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format
	@npm run --silent fix

bench: packages_for := wrk
bench: .venv/.development $(site) ## Measure against the peers, write var/bench.json
	@$(python) -m bench

calibrate: .venv/.development ## Simulate how far hotspots can be trusted, write docs/calibration.md
	@$(python) -m bench.calibrate

dictionary: .venv/.development ## Write docs/data-dictionary.md from the records and tables
	@$(python) -m service.data_dictionary

compile := $(uv) pip compile --quiet --python-version 3.11 --only-binary :all: --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock'

lock: .venv/.uv ## Lock the dependencies; delete a lock file first to take newer versions
	@echo uv | $(compile) - --output-file requirements-uv.txt
	@$(compile) pyproject.toml --output-file requirements.txt
	@$(compile) pyproject.toml --group dev --constraints requirements.txt --output-file requirements-dev.txt
	@$(compile) bench/requirements.in --output-file bench/requirements.txt
	@npm install --package-lock-only --silent

packages:
	@setup/packages.sh $(packages_for)

.venv/.uv: requirements-uv.txt | packages
	@echo 'Making the Python environment'
	@python3 -m venv .venv
	@$(python) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

.venv/.product: requirements.txt pyproject.toml .venv/.uv
	@echo 'Installing the Python packages'
	@$(uv) pip sync --quiet --compile-bytecode --python $(python) --only-binary :all: --require-hashes $<
	@$(uv) pip install --quiet --python $(python) --offline --no-deps --editable .
	@touch $@

.venv/.development: requirements-dev.txt .venv/.product
	@echo 'Installing the Python packages for development'
	@$(uv) pip install --quiet --compile-bytecode --python $(python) --only-binary :all: --require-hashes --requirement $<
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc | packages
	@echo 'Installing the front-end packages'
	@npm ci --loglevel=error >/dev/null
	@touch $@

$(site): node_modules/.installed $(wildcard maps/static/*.js maps/styles/*.scss)
	@echo 'Building scripts and styles'
	@npm run --silent build
