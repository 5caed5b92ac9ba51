# Switchhook is built and tested with Go, gcc (for the race detector), Node 20
# or later, sipp, baresip, kamailio, tshark, libopus, chromium, Firefox, Python 3.11 or later with its
# venv, Maven and a JDK 17 or later. On Debian and Ubuntu the targets install all
# but Go, gcc and Node themselves (on Ubuntu, Firefox neither), and say so. The tests use loopback only.
#
#   make build      bin/switchhook; it opens libopus if the system has it
#   make static     bin/switchhook-static: without Opus, and without any library
#   make image-files  bin/image, of which deploy/container/Dockerfile makes an image
#   make test       everything below, as CI does
#   make test-unit  the packages, with the race detector
#   make test-e2e   the built binary, with the official SDKs and phones
#   make attack     what attackers do, against the built binary, for minutes
#   make scan       known vulnerabilities that the code reaches
#   make lint       vet, gofmt, staticcheck, and the scan
#   make bench      one table of what it costs (docs/performance.md)
#   make bench-calls  its rows on set-ups alone, as Markdown, in five minutes
#   make quality    how speech sounds over lossy networks (docs/sound.md)
#   make clean      removes what was built and installed

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: build static image-files libopus ffmpeg espeak chromium firefox baresip kamailio tshark python java test test-unit test-e2e attack check portable scan known lint bench bench-calls quality sipp clean

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
# What is downloaded is asked for again where a network fails for a moment.
export npm_config_fetch_retries ?= 5
export PIP_RETRIES ?= 10
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

# With the race detector, which makes everything ten times as slow, -short has tests do
# less of what is many; those of these packages run whole without it. Many tests wait:
# more of them run at once than there are cores.
whole = $(addprefix ./,$(shell grep -rl --include='*_test.go' 'testing.Short()' internal | xargs -n1 dirname | sort -u))
unit = $(GO) test -race -short -p 3 -timeout 30m $(packages)
long = $(plain) test -p 3 -timeout 30m $(whole)
e2e = SWITCHHOOK_SOAK=$(SOAK) $(plain) test -count=1 -parallel 4 -timeout 80m ./e2e
# Whatever needs no race detector is compiled as the product is, without cgo: once for all.
plain = CGO_ENABLED=0 $(GO)
tally = $(plain) run ./e2e/tally
# The official SDKs of the languages that applications are written in.
sdks = e2e/node_modules/.installed e2e/uilibrary/node_modules/.installed web/calling/node_modules/.installed web/console/node_modules/.installed e2e/python/.venv/.installed e2e/java/target/.installed

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/switchhook ./cmd/switchhook

static:
	CGO_ENABLED=0 $(GO) build -trimpath -tags noopus -o bin/switchhook-static ./cmd/switchhook

# The certificate authorities are those of this machine.
image-files: static
	rm -rf bin/image && mkdir -p bin/image/empty
	cp bin/switchhook-static bin/image/switchhook
	cp "$${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" bin/image/ca-certificates.crt

# Both halves run even when the first one fails; tally counts what both did.
test: check portable known ffmpeg espeak chromium firefox sipp libopus baresip kamailio tshark $(sdks)
	@echo "==> the packages, with the race detector; then the product, end to end (soak: $(SOAK))"; \
	{ failed=0; $(unit) -json || failed=1; $(long) -json || failed=1; $(e2e) -json || failed=1; exit $$failed; } | $(tally)

test-unit: check portable ffmpeg espeak libopus
	@echo "==> the packages, with the race detector; then, whole, those that are long"; \
	{ failed=0; $(unit) -json || failed=1; $(long) -json || failed=1; exit $$failed; } | $(tally)

test-e2e: ffmpeg espeak chromium firefox sipp baresip kamailio tshark $(sdks)
	@echo "==> the product, end to end (soak: $(SOAK))"; $(e2e) -json | $(tally)

# The same attacks, in their short form, are part of test-e2e.
attack: e2e/node_modules/.installed
	@echo "==> attacks on the product"; SWITCHHOOK_ATTACK=full $(plain) test -count=1 -parallel 1 -timeout 14m -run '^TestAttack' ./e2e -json | $(tally)

check:
	@echo "==> gofmt, go vet"
	@unformatted="$$(gofmt -l $(sources))"; \
	if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	@$(plain) vet ./...

# Sockets and sleep of systems other than Linux, here.
portable:
	@echo "==> the sockets of other systems"
	@said="$$($(plain) test -short -tags portable ./internal/rtp && $(plain) test -tags portable -run 'Wideband|Keys|Hold|Moves' ./internal/sip)" || { echo "$$said"; exit 1; }

# The scan fails on a vulnerability that our code reaches.
scan:
	@echo "==> known vulnerabilities ($(VULNDB))"
	@answer="$$($(GO) mod download -json $(VULNDB))" || { echo "$$answer"; exit 1; }; \
	database="$$(sed -n 's/^[[:space:]]*"Dir": "\(.*\)",$$/\1/p' <<<"$$answer")"; \
	found="$$($(plain) run $(GOVULNCHECK) -db "file://$$database/data/osv" ./...)" || { echo "$$found"; exit 1; }

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
	@$(GO) test -run - -bench 'Forward|Send' -benchmem ./internal/sfu ./internal/webrtc/media

# How speech sounds over lossy networks, by PESQ, STOI and PLCMOS: the table of docs/sound.md.
quality: espeak libopus
	@e2e/quality/run.sh

# The rows of docs/performance.md on set-ups, in five minutes.
bench-calls: build sipp
	@printf '| what | figure | how |\n|---|---|---|\n'
	@$(GO) run ./e2e/bench -binary bin/switchhook -markdown -only '^(signalling|setups|cost|twice)$$'
	@$(GO) test -run - -bench AtRates -benchtime 1x -cpu 1 ./internal/delivery/journal | \
		awk '/^Benchmark/ {printf "| %s | %s %s | ", $$1, $$3, $$4; for (i = 5; i < NF; i += 2) printf "%s %s; ", $$i, $$(i+1); print "|"}'

# from-debian installs what is missing: $(call from-debian,TEST THAT IT IS THERE,WHAT IS MISSING,PACKAGES,
# WHAT TO DO WITHOUT apt-get,STATUS THEN): 0 leaves out the tests that need it.
define from-debian
@$(1) && exit 0; \
if ! command -v apt-get >/dev/null; then echo "$(2): $(4)"; exit $(5); fi; \
$(as-root); \
echo "==> $(2): $$sudo apt-get install $(3)"; \
$(call apt-get,$(3))
endef
as-root = sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi
apt-get = $$sudo apt-get -o Acquire::Retries=5 update -qq; DEBIAN_FRONTEND=noninteractive $$sudo apt-get -o Acquire::Retries=5 install -y -qq --no-install-recommends $(1) >/dev/null
comma := ,

# sipp is in Debian's package sip-tester.
sipp:
	$(call from-debian,command -v sipp >/dev/null,sipp is missing,sip-tester,install it (https://github.com/SIPp/sipp),1)

# A softphone of others calls, and is called.
baresip:
	$(call from-debian,command -v baresip >/dev/null,baresip is missing,baresip,install it (https://github.com/baresip/baresip); its tests are skipped without it,0)

# A proxy of others stands between phones and Switchhook. Its package starts a
# daemon on port 5060: a policy (Debian Policy §9.3.3) forbids that, the machine's
# own if it has one that does, else ours for as long as the installation lasts.
# A machine whose own policy lets daemons start is left as it is.
kamailio:
	@PATH="$$PATH:/usr/sbin:/sbin"; command -v kamailio >/dev/null && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "kamailio is missing: install it (https://www.kamailio.org); its tests are skipped without it"; exit 0; fi; \
	$(as-root); \
	policy=/usr/sbin/policy-rc.d; \
	if [ -e $$policy ]; then \
		says=0; $$sudo $$policy kamailio start >/dev/null 2>&1 </dev/null || says=$$?; \
		if [ $$says != 101 ]; then echo "kamailio is missing, and $$policy would let it start: install kamailio and kamailio-tls-modules, and stop its daemon"; exit 0; fi; \
	else \
		trap '$$sudo rm -f '$$policy EXIT; trap 'exit 1' HUP INT TERM; \
		printf '#!/bin/sh\nexit 101\n' | $$sudo tee $$policy >/dev/null; $$sudo chmod 755 $$policy; \
	fi; \
	echo "==> kamailio is missing: $$sudo apt-get install kamailio kamailio-tls-modules (its daemon is not started)"; \
	$(call apt-get,kamailio kamailio-tls-modules); \
	$$sudo update-rc.d kamailio disable >/dev/null 2>&1 || true

# Calls are captured and read by others' eyes; capturing needs root, and its test is skipped without.
tshark:
	$(call from-debian,command -v tshark >/dev/null,tshark is missing,tshark,install it (https://www.wireshark.org); its test is skipped without it,0)

# Text is spoken by real programs.
espeak:
	$(call from-debian,command -v espeak-ng >/dev/null && command -v flite >/dev/null,espeak-ng or flite is missing,espeak-ng flite,install both; their tests are skipped without them,0)

# Recordings in mp3 and mp4 are made by the real program.
ffmpeg:
	$(call from-debian,command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null,ffmpeg is missing,ffmpeg,install it (https://ffmpeg.org); its tests are skipped without it,0)

# People join calls by a real browser.
chromium:
	$(call from-debian,command -v chromium >/dev/null,chromium is missing,chromium,install it or name one in CHROMIUM; its tests are skipped without it,0)

# And by another one. Ubuntu has no package of it.
firefox:
	$(call from-debian,command -v "$${FIREFOX:-firefox-esr}" >/dev/null || grep -Eqs '^ID(_LIKE)?=.*ubuntu' /etc/os-release,firefox-esr is missing,firefox-esr,install it or name a Firefox in FIREFOX; its test is skipped without it,0)

# Opus is tested against the real library (Debian's package libopus0).
libopus:
	$(call from-debian,ldconfig -p 2>/dev/null | grep -q libopus.so.0,libopus is missing,libopus0,install it (https://opus-codec.org); its tests are skipped without it,0)

# npm-ci installs the modules of a folder: $(call npm-ci,WHAT,OPTIONS).
define npm-ci
@command -v npm >/dev/null || { echo "npm is missing: install Node 20 or later (https://nodejs.org)"; exit 1; }
@echo "==> $(1): npm ci in $(@:/node_modules/.installed=)"
@cd $(@:/node_modules/.installed=) && npm ci --no-progress $(2)
@touch $@
endef

e2e/node_modules/.installed: e2e/package.json e2e/package-lock.json
	$(call npm-ci,the official SDKs)

# Microsoft's UI library, which runs on the package for browsers. It has 47,000 files of
# icons: the installation takes a minute.
e2e/uilibrary/node_modules/.installed: e2e/uilibrary/package.json e2e/uilibrary/package-lock.json
	$(call npm-ci,Microsoft's UI library,--ignore-scripts)

# What builds the package for browsers.
web/calling/node_modules/.installed: web/calling/package.json web/calling/package-lock.json
	$(call npm-ci,the package for browsers)

# What the console is made of.
web/console/node_modules/.installed: web/console/package.json web/console/package-lock.json
	$(call npm-ci,the console)

# Python's packages are installed in a directory of their own. Debian has its venv
# apart from Python.
python:
	$(call from-debian,python3 -c 'import ensurepip$(comma) venv' 2>/dev/null,Python or its venv is missing,python3-venv,install it (https://www.python.org),0)

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
	$(call from-debian,command -v mvn >/dev/null && command -v javac >/dev/null,Maven or a JDK is missing,maven default-jdk-headless,install both (https://maven.apache.org),0)

e2e/java/target/.installed: e2e/java/pom.xml $(wildcard e2e/java/src/main/java/*/*.java) | java
	@if ! command -v mvn >/dev/null || ! command -v javac >/dev/null; then \
		echo "Maven or a JDK is missing; the test with Java's SDKs is skipped without them"; exit 0; fi; \
	echo "==> the official SDKs of Java: mvn compile in e2e/java"; \
	cd e2e/java; rm -rf target; \
	said="$$(mvn --quiet --batch-mode --strict-checksums -Daether.connector.http.retryHandler.count=5 -Dmaven.wagon.http.retryHandler.count=5 compile 2>&1)" \
		|| { echo "$$said"; echo "Java's SDKs could not be installed; the test with them is skipped"; exit 0; }; \
	touch target/.installed

clean:
	rm -rf bin e2e/node_modules e2e/uilibrary/node_modules web/calling/node_modules web/console/node_modules e2e/python/.venv e2e/java/target examples/*/node_modules examples/*/.venv
	$(GO) clean -testcache
