# Everything a person or CI calls. Tools are pinned in tools/go.mod.
SHELL := /bin/bash
export GOTOOLCHAIN := local

BIN  := bin/dialtone
FUZZTIME := 60s
TOOL := go tool -modfile=tools/go.mod

# The Temporal server is compiled into these; with the race detector that takes
# ten minutes and finds nothing of ours.
SERVER_PACKAGES := /cmd/|/deploy/local/temporald|/e2e|/bench
# Phones, browsers and clients with deadlines of seconds are in these: nothing
# else takes the processors from them.
ALONE_PACKAGES := /e2e|/judges|/deploy/local/temporald
# These start and kill processes all the time; what runs in them is raced elsewhere.
KILLING_PACKAGES := /eventstore/proofs/|/judges

.PHONY: run build assets generate test check bench prove fuzz fmt lint race deps clean

run: build ## all roles in one process on embedded engines
	$(BIN) run $(ARGS)

build: assets
	go build -ldflags='-s -w' -o $(BIN) ./cmd/dialtone

assets: ## front-end packages, when the lock file has changed; the Go build works without them
	@sh scripts/assets

generate: ## templ components and the EventStoreDB protocol to Go
	$(TOOL) templ generate
	scripts/protocol

deps: ## what the tests need from the system (sipp, chromium, PostgreSQL, EventStoreDB's clients, Twilio's description)
	bash scripts/deps.sh

test: deps build ## all tests; the last line is "N passed, 0 failed"
	export DIALTONE_BINARY=$(CURDIR)/$(BIN); set -o pipefail; { \
		go test -json -timeout 20m $$(go list ./... | grep -vE '$(ALONE_PACKAGES)'); many=$$?; \
		go test -json -timeout 20m -p 1 $$(go list ./... | grep -E '$(ALONE_PACKAGES)'); exit $$((many | $$?)); \
	} | go run ./scripts/testsum

check: fmt lint race ## format, vet, linters, workflowcheck, -race

fmt:
	@out=$$($(TOOL) gofumpt -l $$(git ls-files '*.go' | grep -vE '_templ\.go|\.pb\.go')); if [ -n "$$out" ]; then echo "not formatted (gofumpt):"; echo "$$out"; exit 1; fi

lint:
	go vet ./...
	$(TOOL) golangci-lint run ./...
	$(TOOL) workflowcheck ./workflows/...

# SQLite is C translated to Go: its memory is C's, which no goroutine of ours touches,
# and database/sql above it stays checked, as all of our own code does. To follow it,
# too, doubles the time of all that stores something.
race: ## how often each activity is killed is asked of "make test"; here some kills are enough
	DIALTONE_REQUIRE= go test -race -gcflags='modernc.org/...=-race=false' -timeout 30m $$(go list ./... | grep -vE '$(SERVER_PACKAGES)|$(KILLING_PACKAGES)')

bench: build ## the README's performance table
	go run ./bench -binary $(BIN)

prove: deps build fuzz ## the long forms of the proofs
	DIALTONE_LONG=1 go test -timeout 180m -count=1 ./eventstore/... ./e2e/...

fuzz: ## every fuzz target of the event store, one after the other, FUZZTIME each
	@grep -rHo '^func Fuzz[A-Za-z0-9_]*' --include='*_test.go' eventstore | while IFS=: read -r file target; do \
		echo "$${target#func }"; \
		go test -run '^$$' -fuzz "^$${target#func }\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" </dev/null || exit 1; \
	done

clean:
	rm -rf bin node_modules eventstore/judges/node_modules activities/judges/node_modules api/assets/vendor/*
