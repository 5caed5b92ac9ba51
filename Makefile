# Switchhook is built and tested with Go, gcc (for the race detector), Node 20
# or later, sipp, baresip, kamailio, tshark, libopus, chromium, Python 3.11 or later with its
# venv, Maven and a JDK 17 or later. On Debian and Ubuntu the targets install all
# but Go, gcc and Node themselves, and say so. The tests use loopback only.
#
#   make build      bin/switchhook; it opens libopus if the system has it
#   make static     bin/switchhook-static: without Opus, and without any library
#   make test       everything below, as CI does
#   make test-unit  the packages, with the race detector
#   make test-e2e   the built binary, with the official SDKs and phones
#   make attack     what attackers do, against the built binary, for minutes
#   make scan       known vulnerabilities that the code reaches
#   make lint       vet, gofmt, staticcheck, and the scan
#   make bench      one table of what it costs (docs/performance.md)
#   make bench-calls  its rows on set-ups alone, as Markdown, in five minutes

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: build static libopus ffmpeg espeak chromium baresip kamailio tshark python java test test-unit test-e2e attack check portable scan known lint bench bench-calls quality sipp clean

GO ?= go
# Every target uses the release that go.mod names as toolchain, which Go downloads
# from the module proxy, or the installed Go if that is newer. Where there is no
# way to it, the installed Go does the work. `make GOTOOLCHAIN=local` asks for that.
ifneq ($(origin GOTOOLCHAIN),command line)
release := $(firstword $(shell GOTOOLCHAIN=auto $(GO) env GOVERSION 2>/dev/null))
ifeq ($(release),)
wanted := $(shell sed -n 's/^toolchain //p' go.mod)
$(info ==> $(wanted) cannot be downloaded, so the installed Go is used, which may have known vulnerabilities: install $(wanted), or set GOPROXY)
export GOTOOLCHAIN := local
else
export GOTOOLCHAIN := $(release)+auto
endif
endif
# SOAK=full lets the hundred calls of the soak last a minute.
SOAK ?= full
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
# The database of known vulnerabilities, from the module proxy: a build is not
# broken by a report of tonight. CONTRIBUTING.md says how to raise it.
VULNDB := golang.org/x/vulndb@v0.0.0-20261105234957-e22db6528018

# Packages with their own Node modules in them are no business of go's.
packages = $(shell $(GO) list ./... | grep -v /e2e$$)
sources = $(shell find . -name '*.go' -not -path '*/node_modules/*')

unit = $(GO) test -race -timeout 10m $(packages)
e2e = SWITCHHOOK_SOAK=$(SOAK) $(GO) test -count=1 -timeout 24m ./e2e
tally = $(GO) run ./e2e/tally
# The official SDKs of the languages that applications are written in.
sdks = e2e/node_modules/.installed web/calling/node_modules/.installed e2e/python/.venv/.installed e2e/java/target/.installed

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/switchhook ./cmd/switchhook

static:
	CGO_ENABLED=0 $(GO) build -trimpath -tags noopus -o bin/switchhook-static ./cmd/switchhook

# Both halves run even when the first one fails; tally counts what both did.
test: check portable known ffmpeg espeak chromium sipp libopus baresip kamailio tshark $(sdks)
	@echo "==> the packages, with the race detector; then the product, end to end (soak: $(SOAK))"; \
	{ failed=0; $(unit) -json || failed=1; $(e2e) -json || failed=1; exit $$failed; } | $(tally)

test-unit: check portable ffmpeg espeak libopus
	@echo "==> the packages, with the race detector"; $(unit) -json | $(tally)

test-e2e: ffmpeg espeak chromium sipp baresip kamailio tshark $(sdks)
	@echo "==> the product, end to end (soak: $(SOAK))"; $(e2e) -json | $(tally)

# The same attacks, in their short form, are part of test-e2e.
attack: e2e/node_modules/.installed
	@echo "==> attacks on the product"; SWITCHHOOK_ATTACK=full $(GO) test -count=1 -timeout 14m -run '^TestAttack' ./e2e -json | $(tally)

check:
	@echo "==> gofmt, go vet"
	@unformatted="$$(gofmt -l $(sources))"; \
	if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	@$(GO) vet ./...

# Sockets and sleep of systems other than Linux, here.
portable:
	@echo "==> the sockets of other systems"
	@said="$$($(GO) test -tags portable ./internal/rtp && $(GO) test -tags portable -run 'Wideband|Keys|Hold|Moves' ./internal/sip)" || { echo "$$said"; exit 1; }

# The scan fails on a vulnerability that our code reaches.
scan:
	@echo "==> known vulnerabilities ($(VULNDB))"
	@answer="$$($(GO) mod download -json $(VULNDB))" || { echo "$$answer"; exit 1; }; \
	database="$$(sed -n 's/^[[:space:]]*"Dir": "\(.*\)",$$/\1/p' <<<"$$answer")"; \
	found="$$($(GO) run $(GOVULNCHECK) -db "file://$$database/data/osv" ./...)" || { echo "$$found"; exit 1; }

# A scan that fails stops CI. Elsewhere it is said, and the tests run: an old Go,
# or a machine without a way to the database, is no fault of the code.
known:
	@$(MAKE) --no-print-directory scan || { echo "==> the scan failed; this stops CI"; test -z "$${CI:-}"; }

lint: check
	GOOS=darwin $(GO) vet $(packages)
	GOOS=windows $(GO) vet $(packages)
	$(GO) run $(STATICCHECK) ./...
	@$(MAKE) --no-print-directory scan

bench: build sipp
	@$(GO) run ./e2e/bench -binary bin/switchhook
	@$(GO) test -run - -bench AtRates -benchtime 1x -cpu 1 ./internal/delivery/journal

# How speech sounds over lossy networks, by PESQ, STOI and PLCMOS: the table of docs/sound.md.
quality: espeak libopus
	@e2e/quality/run.sh

# The rows of docs/performance.md on set-ups, in five minutes.
bench-calls: build sipp
	@printf '| what | figure | how |\n|---|---|---|\n'
	@$(GO) run ./e2e/bench -binary bin/switchhook -markdown -only '^(signalling|setups|cost|twice)$$'
	@$(GO) test -run - -bench AtRates -benchtime 1x -cpu 1 ./internal/delivery/journal | \
		awk '/^Benchmark/ {printf "| %s | %s %s | ", $$1, $$3, $$4; for (i = 5; i < NF; i += 2) printf "%s %s; ", $$i, $$(i+1); print "|"}'

# sipp is in Debian's package sip-tester.
sipp:
	@command -v sipp >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "sipp is missing: install it (https://github.com/SIPp/sipp)"; exit 1; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> sipp is missing: $$sudo apt-get install sip-tester"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends sip-tester >/dev/null

# A softphone of others calls, and is called.
baresip:
	@command -v baresip >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "baresip is missing: install it (https://github.com/baresip/baresip); its tests are skipped without it"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> baresip is missing: $$sudo apt-get install baresip"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends baresip >/dev/null

# A proxy of others stands between phones and Switchhook. Its package starts a
# daemon on port 5060: a policy (Debian Policy §9.3.3) forbids that, the machine's
# own if it has one that does, else ours for as long as the installation lasts.
# A machine whose own policy lets daemons start is left as it is.
kamailio:
	@PATH="$$PATH:/usr/sbin:/sbin"; command -v kamailio >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "kamailio is missing: install it (https://www.kamailio.org); its tests are skipped without it"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	policy=/usr/sbin/policy-rc.d; \
	if [ -e $$policy ]; then \
		says=0; $$sudo $$policy kamailio start >/dev/null 2>&1 </dev/null || says=$$?; \
		if [ $$says != 101 ]; then echo "kamailio is missing, and $$policy would let it start: install kamailio and kamailio-tls-modules, and stop its daemon"; exit 0; fi; \
	else \
		trap '$$sudo rm -f '$$policy EXIT; trap 'exit 1' HUP INT TERM; \
		printf '#!/bin/sh\nexit 101\n' | $$sudo tee $$policy >/dev/null; $$sudo chmod 755 $$policy; \
	fi; \
	echo "==> kamailio is missing: $$sudo apt-get install kamailio kamailio-tls-modules (its daemon is not started)"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends kamailio kamailio-tls-modules >/dev/null; \
	$$sudo update-rc.d kamailio disable >/dev/null 2>&1 || true

# Calls are captured and read by others' eyes; capturing needs root, and its test is skipped without.
tshark:
	@command -v tshark >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "tshark is missing: install it (https://www.wireshark.org); its test is skipped without it"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> tshark is missing: $$sudo apt-get install tshark"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends tshark >/dev/null

# Text is spoken by real programs.
espeak:
	@command -v espeak-ng >/dev/null && command -v flite >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "espeak-ng and flite are missing: install them; their tests are skipped without them"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> espeak-ng or flite is missing: $$sudo apt-get install espeak-ng flite"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends espeak-ng flite >/dev/null

# Recordings in mp3 and mp4 are made by the real program.
ffmpeg:
	@command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "ffmpeg is missing: install it (https://ffmpeg.org); its tests are skipped without it"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> ffmpeg is missing: $$sudo apt-get install ffmpeg"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends ffmpeg >/dev/null

# People join calls by a real browser.
chromium:
	@command -v chromium >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "chromium is missing: install it, or name one in CHROMIUM; its tests are skipped without it"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> chromium is missing: $$sudo apt-get install chromium"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends chromium >/dev/null

# Opus is tested against the real library (Debian's package libopus0).
libopus:
	@ldconfig -p 2>/dev/null | grep -q libopus.so.0 && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "libopus is missing: install it (https://opus-codec.org); its tests are skipped without it"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> libopus is missing: $$sudo apt-get install libopus0"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends libopus0 >/dev/null

e2e/node_modules/.installed: e2e/package.json e2e/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node 20 or later (https://nodejs.org)"; exit 1; }
	@echo "==> the official SDKs: npm ci in e2e"
	@cd e2e && npm ci --no-progress
	@touch $@

# What builds the package for browsers.
web/calling/node_modules/.installed: web/calling/package.json web/calling/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node 20 or later (https://nodejs.org)"; exit 1; }
	@echo "==> the package for browsers: npm ci in web/calling"
	@cd web/calling && npm ci --no-progress
	@touch $@

# Python's packages are installed in a directory of their own. Debian has its venv
# apart from Python.
python:
	@python3 -c 'import ensurepip, venv' 2>/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "Python, or its venv, is missing: install it (https://www.python.org)"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> Python's venv is missing: $$sudo apt-get install python3-venv"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends python3-venv >/dev/null

# The newest SDKs, and beside them the old releases of Call Automation, which
# share what they need.
e2e/python/.venv/.installed: e2e/python/requirements.txt $(wildcard e2e/python/releases/*.txt) | python
	@if ! python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "Python 3.11 or later with its venv is missing; the tests with Python's SDKs are skipped without it"; exit 0; fi; \
	echo "==> the official SDKs of Python: pip install in e2e/python/.venv"; \
	cd e2e/python; rm -rf .venv; python3 -m venv .venv; \
	install() { .venv/bin/pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes "$$@"; }; \
	release() { install --no-deps --target ".venv/releases/$$1" -r "releases/$$1.txt"; }; \
	{ install -r requirements.txt && release 1.0 && release 1.1 && release 1.2; } \
		|| { echo "Python's SDKs could not be installed; the tests with them are skipped"; exit 0; }; \
	touch .venv/.installed

java:
	@command -v mvn >/dev/null && command -v javac >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "Maven or a JDK is missing: install both (https://maven.apache.org)"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	echo "==> Maven or a JDK is missing: $$sudo apt-get install maven default-jdk-headless"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends maven default-jdk-headless >/dev/null

e2e/java/target/.installed: e2e/java/pom.xml $(wildcard e2e/java/src/main/java/*/*.java) | java
	@if ! command -v mvn >/dev/null || ! command -v javac >/dev/null; then \
		echo "Maven or a JDK is missing; the test with Java's SDKs is skipped without them"; exit 0; fi; \
	echo "==> the official SDKs of Java: mvn compile in e2e/java"; \
	cd e2e/java; rm -rf target; \
	said="$$(mvn --quiet --batch-mode --strict-checksums compile 2>&1)" \
		|| { echo "$$said"; echo "Java's SDKs could not be installed; the test with them is skipped"; exit 0; }; \
	touch target/.installed

clean:
	rm -rf bin e2e/node_modules e2e/python/.venv e2e/java/target examples/*/node_modules
	$(GO) clean -testcache
