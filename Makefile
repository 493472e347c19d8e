# What people run here; `make help` lists it. Everything is built with the tag
# nodynamic, so that every machine encodes pictures to the same bytes.

GO       ?= go
TAGS     := -tags nodynamic
FUZZTIME ?= 10s
WIRE     ?= 60s

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test lint fuzz bench bench-extract bench-scale cost microbench bundle crash crash-room crash-comments crash-pay crash-wxr bench-wxr golden ci e2e fonts types uitest current race wire takedowns overload soak

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start the site with a demo newsroom on http://localhost:8080
	$(GO) run $(TAGS) ./cmd/warta serve --demo

test: ## run all tests
	$(GO) test $(TAGS) -timeout 60m ./...

lint: ## check form, vet, staticcheck and who imports whom
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-clean:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet $(TAGS) ./...
	$(GO) tool staticcheck $(TAGS) ./...
	$(GO) test $(TAGS) ./internal

# The detector looks at every access to memory, also where a library only computes
# on what is its own: a database that was C, and hashes. There it would find nothing
# of ours and take four fifths of the time. Only packages without generic code of
# others (sync.Map, atomic.Pointer) may stand here: the linker keeps one copy of
# that, and one that is not watched hides who waits for whom.
UNWATCHED := modernc.org/sqlite/lib golang.org/x/crypto/argon2 golang.org/x/crypto/blake2b

# Without e2e: it holds to a second of the wall clock, which the detector eats up.
# Without crash: what it kills are programs that it builds, without the detector.
race: ## run the tests with the race detector, on small data (needs cgo and a C compiler)
	CGO_ENABLED=1 $(GO) test $(TAGS) -race $(UNWATCHED:%=-gcflags=%=-race=false) -short -timeout 40m $$($(GO) list $(TAGS) ./... | grep -v '/e2e$$\|/crash$$')

fuzz: ## fuzz every target for a while (FUZZTIME=10s)
	@grep -rno --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' internal | while IFS=: read -r file line target; do \
		echo "$$(dirname $$file) $${target#func }"; \
		$(GO) test $(TAGS) -run '^$$' -fuzz "^$${target#func }\$$" -fuzztime $(FUZZTIME) "./$$(dirname $$file)" || exit 1; \
	done

bench: ## print what a growing archive costs: 1,000, 10,000, 100,000 stories, and queues of comments (SIZES=... COMMENTS=...)
	$(GO) run $(TAGS) ./bench $(if $(SIZES),-sizes $(SIZES)) $(if $(COMMENTS),-comments $(COMMENTS))

bench-scale: ## print what a server costs beside nginx, with a million stories (minutes; SIZES=... ROWS=...)
	$(GO) run $(TAGS) ./bench/scale $(if $(SIZES),-sizes $(SIZES)) $(if $(ROWS),-rows $(ROWS))

bench-extract: ## print how well stories are found in saved pages, beside a library alone (DIR=folder of pages)
	$(GO) run $(TAGS) ./bench/extract -v $(or $(DIR),$(WARTA_CORPORA)/pages)

cost: ## read hostile pages of 5 MB: what grows with the square fails (minutes)
	WARTA_COST=full $(GO) test $(TAGS) -timeout 30m -run TestCostIsFlat -v ./internal/extract

microbench: ## run Go's benchmarks, each over one piece of the program
	$(GO) test $(TAGS) -run '^$$' -bench . -benchmem -timeout 60m ./...

crash: ## kill imports of 20,000 items ten times on both engines (minutes; make test has a short slice)
	WARTA_CRASH=full $(GO) test $(TAGS) -run TestImportSurvivesKills -count 1 -timeout 60m -v ./internal/ingest

crash-room: ## kill a newsroom at work 200 times on each engine (half an hour; make test has a short slice)
	WARTA_CRASH_ROOM=$(or $(KILLS),200) $(GO) test $(TAGS) -run TestTheNewsroomSurvivesKills -count 1 -timeout 180m -v ./crash

crash-comments: ## kill a server below whose story readers comment 100 times on each engine (ten minutes; KILLS=...; make test has a short slice)
	WARTA_CRASH_COMMENTS=$(or $(KILLS),100) $(GO) test $(TAGS) -run TestCommentsSurviveKills -count 1 -timeout 180m -v ./crash

crash-pay: ## kill a server that takes 10,000 events of payment gateways, each three times, on each engine (a minute; EVENTS=...; make test has a short slice)
	WARTA_CRASH_PAY=$(or $(EVENTS),10000) $(GO) test $(TAGS) -run TestPaymentsSurviveKills -count 1 -timeout 180m -v ./crash

crash-wxr: ## kill an import of a made-up WordPress export of 100,000 posts ten times (minutes; POSTS=...; make test has a short slice)
	WARTA_WXR=$(or $(POSTS),100000) $(GO) test $(TAGS) -run TestWXRSurvivesKills -count 1 -timeout 60m -v ./internal/ingest

bench-wxr: ## print how fast, and with how much memory, such an export comes in (minutes; POSTS=...)
	WARTA_WXR=$(or $(POSTS),100000) $(GO) test $(TAGS) -run TestWXRAtSize -count 1 -timeout 60m -v ./internal/ingest

takedowns: ## withdraw stories 200 times from a server under load that is killed, with its database stopped (minutes)
	WARTA_TAKEDOWNS=$(or $(TIMES),200) $(GO) test $(TAGS) -run TestNothingWithdrawnComesBack -count 1 -timeout 180m -v ./crash

wire: ## try the reader's fast way on made-up requests, a minute each way (WIRE=60s)
	$(GO) test $(TAGS) -run '^$$' -fuzz '^FuzzParse$$' -fuzztime $(WIRE) ./internal/web/fast
	WARTA_WIRE=$(WIRE) $(GO) test $(TAGS) -count 1 -run TestBothWaysGiveTheSameAnswers ./internal/app
overload: ## offer ten times what can be rendered, a minute each (FOR=60s; make test has a short slice)
	WARTA_OVERLOAD=$(or $(FOR),60s) $(GO) test $(TAGS) -run TestOverload -count 1 -timeout 60m -v ./cmd/warta

soak: ## use a server for half an hour and compare what it sends (FOR=30m; make test has a short slice)
	WARTA_SOAK=$(or $(FOR),30m) $(GO) test $(TAGS) -run TestAServerStaysAsItIs -count 1 -timeout 180m -v ./crash

golden: ## rewrite the golden files; look at the diff afterwards
	$(GO) test $(TAGS) $$(grep -rl --include='*_test.go' 'flag.Bool("update"' internal | xargs -n 1 dirname | sort -u | sed 's,^,./,') -update

bundle: ## build what the browser gets (ui/dist)
	$(GO) run $(TAGS) ./tools/bundle

current: bundle
	@stale=$$(git status --porcelain -- ui/dist); \
	if [ -n "$$stale" ]; then echo "ui/dist is not what its sources make; run make bundle and commit:"; echo "$$stale"; exit 1; fi

types: ## check the TypeScript (npm ci in ui/ first)
	cd ui && npx --no-install tsc --noEmit

uitest: ## run the unit tests of the TypeScript (npm ci in ui/ first)
	$(GO) run $(TAGS) ./tools/uitest

e2e: ## all journeys in a real browser, on both databases, with screenshots (npm ci in e2e/ first)
	WARTA_E2E=full WARTA_SCREENSHOTS='$(CURDIR)/e2e/screenshots' $(GO) test $(TAGS) -count=1 -timeout 60m ./e2e

fonts: ## make the font subsets anew (Debian's fonttools)
	python3 tools/fonts/build.py

ci: export CI = true
ci: lint current types uitest test race wire ## everything that has to be right before a change goes in
