# Two commands matter: `make run` and `make test`. README.md says what they need.
SHELL := /bin/bash
export GOFLAGS ?= -buildvcs=false
GO ?= go
BIN := bin/lumbung
SAMPLE := .cache/kukar

.PHONY: run build test test-go lint fmt bench clean help
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

build: ## build bin/lumbung; the first build links DuckDB and takes about a minute
	@$(GO) build -o $(BIN) ./cmd/lumbung

run: build ## run the whole pipeline on the Kutai Kartanegara sample and print the trend
	@test -e $(SAMPLE)/lumbung.yaml && test -z "$$(find examples/kukar -newer $(SAMPLE)/lumbung.yaml -type f)" || \
	  { rm -rf $(SAMPLE) && $(BIN) init $(SAMPLE) >/dev/null; }
	@$(BIN) run --project $(SAMPLE) --quiet
	@echo
	@$(BIN) trend --project $(SAMPLE) --area 64.02
	@echo
	@echo "marts: $(SAMPLE)/data/current/marts"
	@ls $(SAMPLE)/data/current/marts | sed 's/^/  /'

test: test-go ## run all tests; in CI nothing is skipped

test-go:
	@$(GO) test -race -timeout 20m ./...

lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "gofmt: run make fmt"; exit 1; }
	@$(GO) vet ./...
	@$(GO) tool staticcheck ./...

fmt: ## format the code
	@gofmt -w .

clean: ## remove what was built
	@rm -rf bin .cache
