# One command each; `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The toolchain is the one that is installed, never a download behind one's back; and a checkout that belongs to
# somebody else, or has no git, must build like any other.
export GOTOOLCHAIN := local
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LINTERS := bin/lint/staticcheck bin/lint/depguard bin/lint/workflowcheck
E2E := ./internal/e2e/...

# What bin/telaah is made of: everything outside the places named here, because pages, sentences and SQL are embedded.
PRODUCT = $(shell find . -mindepth 1 \( -name '.*' -o -path ./bin -o -path ./bench -o -path ./docs -o -path ./tools \
	-o -name testdata \) -prune -o -type f -not -name '*_test.go' -not -name '*.md' -print)

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build, then start everything on this machine; Ctrl-C stops it in order
	@exec bin/telaah up

.PHONY: build
build: bin/telaah bin/telaah-temporal ## Build bin/telaah and bin/telaah-temporal, if their sources changed

.PHONY: test
test: toolchain chromium poppler build bin/testbed bin/telaah-objectstore lint ## Install what is missing, then run every check and test
	@bin/testbed -- tools/test.sh

.PHONY: e2e
e2e: toolchain build bin/testbed ## Run the whole cycle at full size, also under kills
	@TELAAH_E2E=full bin/testbed -- go test -count=1 -v -timeout 2h $(E2E)

.PHONY: lint
lint: toolchain $(LINTERS) ## Check form, common mistakes, determinism of workflows, and who imports whom
	@tools/lint.sh

.PHONY: fuzz
fuzz: toolchain ## Feed every decoder made-up input, for TELAAH_FUZZ_TIME (60s) each
	@tools/fuzz.sh

.PHONY: bench
bench: toolchain build bin/testbed ## Run the Go benchmarks
	@bin/testbed -- go test -run '^$$' -bench . -benchmem -timeout 1h ./...

.PHONY: clean
clean: ## Remove what was built
	@rm -rf bin

bin/telaah: $(PRODUCT) | toolchain
	@tools/go-build.sh "Building telaah" . -ldflags '-X main.version=$(VERSION)' -o bin/telaah .

bin/telaah-temporal: $(wildcard tools/telaah-temporal/*.go) tools/go.mod tools/go.sum | toolchain
	@tools/go-build.sh "Building the Temporal server (first time: 3–4 minutes)" tools -ldflags '-s -w' -o ../bin/telaah-temporal ./telaah-temporal

bin/telaah-objectstore: $(wildcard tools/objectstore/*.go) tools/objectstore/go.mod tools/objectstore/go.sum | toolchain
	@tools/go-build.sh "Building an S3 server for the tests (first time: 1–2 minutes)" tools/objectstore -ldflags '-s -w' -o ../../bin/telaah-objectstore .

bin/testbed: $(wildcard internal/testbed/*.go internal/stack/*.go) go.mod go.sum | toolchain
	@tools/go-build.sh "Building the testbed" . -o bin/testbed ./internal/testbed

$(LINTERS) &: tools/lint/go.mod tools/lint/go.sum | toolchain
	@tools/go-build.sh "Building the linters" tools/lint -o ../../bin/lint/ tool
	@touch $(LINTERS)

.PHONY: toolchain
toolchain:
	@tools/check-go.sh

.PHONY: chromium
chromium:
	@tools/chromium.sh

.PHONY: poppler
poppler:
	@tools/poppler.sh
