# Two commands matter: `make run` and `make test`. README.md says what they need.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
export GOFLAGS ?= -buildvcs=false
GO ?= go
BIN := bin/lumbung
SAMPLE := .cache/kukar

.PHONY: engine engine-up engine-down test-engine bench-full bench-tools campaign-sequences campaign-mutations campaign-readers campaign-repeats campaign-eio campaign-flips campaign-malformed campaign-kills campaign-hostile campaign-clock campaign-disk campaign-nights campaign-soak campaign-engine campaign-engine-readers campaign-engine-answers engine-java vuln bench bench-data deps docs run build sample test test-go test-notebooks notebooks lint fmt bench clean help bench-xl bench-profile
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

build: ## build bin/lumbung; the first build links DuckDB and takes about a minute
	@$(GO) build -o $(BIN) ./cmd/lumbung

sample: build
	@test -e $(SAMPLE)/lumbung.yaml && test -z "$$(find examples/kukar -newer $(SAMPLE)/lumbung.yaml -type f)" || \
	  { rm -rf $(SAMPLE) && $(BIN) init $(SAMPLE) >/dev/null; }
	@$(BIN) run --project $(SAMPLE) --quiet

run: sample ## run the whole pipeline on the Kutai Kartanegara sample and print the trend
	@echo
	@$(BIN) trend --project $(SAMPLE) --area 64.02
	@echo
	@echo "marts: $(SAMPLE)/data/current/marts"
	@ls $(SAMPLE)/data/current/marts | sed 's/^/  /'

# need PROGRAM PACKAGES: install Debian packages where we may, else name them.
need = command -v $(1) >/dev/null || { test $$(id -u) = 0 && apt-get update -qq && apt-get install -y -qq $(2) >/dev/null; } || \
  { echo "$(1) is missing: apt-get install $(2)"; false; }
# or-skip WHAT: a missing part fails CI and is a named skip elsewhere.
or-skip = { test "$$CI" != true && echo "SKIP $(1): the line above says what is missing"; exit $$?; }

# Programs that some tests run for real. Where they may not be installed the tests say so and skip.
deps:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || $(call need,postgres,postgresql) || test "$$CI" != true
	@test -x /usr/sbin/sshd || $(call need,sshd,openssh-server) || test "$$CI" != true
	@$(call need,chromium,chromium) || test "$$CI" != true
	@$(call need,strace,strace) || test "$$CI" != true
	@$(MAKE) -s .cache/tools/versitygw .cache/tools/otelcol || test "$$CI" != true
	@$(MAKE) -s .venv/stamp || test "$$CI" != true
	@$(call need,javac,default-jdk-headless) && $(call need,mvn,maven) && $(MAKE) -s $(PGJDBC) || test "$$CI" != true
	@$(call need,node,nodejs) && $(call need,npm,npm) || test "$$CI" != true
	@! command -v npm >/dev/null || test answer/web/testdata/node_modules -nt answer/web/testdata/package-lock.json || \
	  { cd answer/web/testdata && npm ci --silent --no-audit --no-fund && touch node_modules; } || test "$$CI" != true

# The S3-compatible server that tests publish to; about a minute to build.
VERSITYGW := v1.8.0
.cache/tools/versitygw:
	@mkdir -p $(@D) && GOBIN=$(CURDIR)/$(@D) $(GO) install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW)

# The OpenTelemetry collector that runs are sent to; some minutes to build.
.cache/tools/otelcol: internal/otelcol/build.yaml
	@mkdir -p $(@D) && GOBIN=$(CURDIR)/$(@D) $(GO) install go.opentelemetry.io/collector/cmd/builder@v0.165.0 && \
	  $(@D)/builder --config $< --skip-compilation >/dev/null 2>&1 && cd $(@D)/otelcol.src && CGO_ENABLED=0 $(GO) build -ldflags='-s -w' -o ../otelcol . && rm -r ../otelcol.src

# Trino for tests and for trying, with only the plugin for Iceberg. The two archives (540 MB, 450 MB once unpacked) come from Maven
# Central, or from the mirror that Maven's settings or MAVEN_CENTRAL name, into the user's cache: once a machine.
TRINO := 476
TRINO_HOME := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/lumbung/trino-$(TRINO)
MAVEN_GET := mvn -q -B -Dmaven.repo.local=m2 $(if $(MAVEN_CENTRAL),-DremoteRepositories=$(MAVEN_CENTRAL)) \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get -Dtransitive=false
define TRINO_SUMS
0f388f9967c177ae70a47c099082fc95387f0c3cb96d8000d1d41fc3a5223158  m2/io/trino/trino-server-core/$(TRINO)/trino-server-core-$(TRINO).tar.gz
99edba5b491ed94d599aeb61e0794272d3569d8b563f3bb8569e8a49daa87b6c  m2/io/trino/trino-iceberg/$(TRINO)/trino-iceberg-$(TRINO).zip
endef
export TRINO_SUMS
$(TRINO_HOME):
	@$(call need,mvn,maven) && $(call need,unzip,unzip) && rm -rf $@.part && mkdir -p $@.part/plugin && cd $@.part && \
	  $(MAVEN_GET) -Dartifact=io.trino:trino-server-core:$(TRINO):tar.gz && $(MAVEN_GET) -Dartifact=io.trino:trino-iceberg:$(TRINO):zip && \
	  echo "$$TRINO_SUMS" | sha256sum --quiet -c && \
	  tar xzf m2/io/trino/trino-server-core/$(TRINO)/*.tar.gz --strip-components=1 trino-server-core-$(TRINO)/lib && \
	  unzip -q m2/io/trino/trino-iceberg/$(TRINO)/*.zip -d plugin && mv plugin/trino-iceberg-$(TRINO) plugin/iceberg && \
	  rm -rf m2 && cd .. && mv $@.part $@

# PostgreSQL's JDBC driver, through which examples/bi/Periksa.java reads as BI tools on Java do.
PGJDBC := .cache/tools/postgresql-42.7.4.jar
PGJDBC_SUM := 188976721ead8e8627eb6d8389d500dccc0c9bebd885268a3047180274a6031e
$(PGJDBC):
	@rm -rf $@.part && mkdir -p $@.part && cd $@.part && $(MAVEN_GET) -Dartifact=org.postgresql:postgresql:42.7.4 && \
	  mv m2/org/postgresql/postgresql/42.7.4/postgresql-42.7.4.jar . && echo "$(PGJDBC_SUM)  postgresql-42.7.4.jar" | sha256sum --quiet -c && \
	  mv postgresql-42.7.4.jar .. && cd .. && rm -rf $(notdir $@).part

engine: $(TRINO_HOME) .cache/tools/versitygw ## fetch Trino and what it needs; Java 24 or newer is the user's
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || $(call need,postgres,postgresql)

ENGINE := .cache/engine
NODES ?= 1
engine-up: engine engine-down ## start PostgreSQL, an S3-compatible server and Trino (NODES=2: a coordinator and a worker) on free ports; prints where
	@mkdir -p $(ENGINE) && $(GO) test -c -o $(ENGINE)/up ./internal/trinotest && cd $(ENGINE) && \
	  { LUMBUNG_ENGINE_NODES=$(NODES) LUMBUNG_ENGINE_UP=$$PWD/where.json setsid ./up -test.timeout 0 -test.run StaysUp >log 2>&1 </dev/null & echo $$! >pid; } && \
	  until test -e where.json; do kill -0 $$(cat pid) 2>/dev/null || { cat log; rm pid; exit 1; }; sleep 0.2; done && cat where.json

engine-down: ## stop what engine-up started; its data go
	@test ! -e $(ENGINE)/pid || { pid=$$(cat $(ENGINE)/pid) && rm $(ENGINE)/pid && { kill $$pid 2>/dev/null && tail --pid=$$pid -f /dev/null || true; }; }

# on-engine COMMANDS: run them on an engine that ends with them. A comma would end them.
on-engine = own="$(MAKE) -s ENGINE=$(ENGINE)-test" && LUMBUNG_ENGINE_LONG=$(LONG) $$own engine-up && export LUMBUNG_ENGINE=$$PWD/$(ENGINE)-test/where.json && \
	  { $(1); status=$$?; $$own engine-down; exit $$status; }

test-engine: engine ## run the tests that need Trino, on an engine of their own (SHORT=-short: without those that kill parts, and each form of question in one language)
	@$(call on-engine,$(GO) test -count=1 $(SHORT) -timeout 60m ./load/trino && $(GO) test -count=1 $(SHORT) -timeout 60m ./cmd/lumbung -run EngineAnswers)

engine-java: # the one part of the engine that no package of Debian 12 brings
	@for home in "$$JAVA_HOME" /usr/lib/jvm/*; do version=$$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$$home/release" 2>/dev/null); test "$${version:-0}" -ge 24 && exit; done; \
	  echo "no Java 24 or newer in JAVA_HOME or /usr/lib/jvm: install Temurin 25 (adoptium.net), or openjdk-25-jre-headless where Debian has it"; exit 1

campaign-engine: engine ## kill the publisher, and the worker, PostgreSQL, store and Trino in turn, ENGINE_KILLS times each kind of test (about a minute a kill)
	@$(call on-engine,LUMBUNG_KILLS=$(ENGINE_KILLS) $(GO) test -count=1 -v -timeout 12h ./load/trino -run 'KilledPublisher|KilledParts')
ENGINE_KILLS ?= 50

campaign-engine-readers: LONG = 1
campaign-engine-readers: engine ## 8 readers beside ENGINE_PUBLISHES publishes of small snapshots to Trino; prints its counts every 20
	@$(call on-engine,LUMBUNG_READERS=8 LUMBUNG_PUBLISHES=$(ENGINE_PUBLISHES) nice $(GO) test -count=1 -v -timeout 24h ./load/trino -run 'ReadersSeeOneBuild')
ENGINE_PUBLISHES ?= 1000

campaign-engine-answers: engine ## ENGINE_TURNS publishes over a faulty network, as many beside answers of several queries, and every question of the corpus on both engines
	@$(call on-engine,LUMBUNG_TURNS=$(ENGINE_TURNS) $(GO) test -count=1 -v -timeout 12h ./load/trino -run 'SeveralQueries|FaultyStore' && \
	    LUMBUNG_QUESTIONS=all $(GO) test -count=1 -v -timeout 12h ./cmd/lumbung -run 'EngineAnswers')
ENGINE_TURNS ?= 100

# Python parts (notebooks, a BI client) live in the project's own .venv; the stamp makes a changed list of packages install again.
.venv/stamp: examples/notebooks/requirements.txt
	@$(call need,python3,python3 python3-venv)
	@test -x .venv/bin/pip || python3 -m venv .venv 2>/dev/null || $(call need,python3-venv-module,python3-venv) || true
	@test -x .venv/bin/pip || python3 -m venv .venv
	@.venv/bin/pip install -q --disable-pip-version-check -r examples/notebooks/requirements.txt
	@touch $@

notebooks: sample .venv/stamp ## run the notebooks and store their outputs
	@.venv/bin/python examples/notebooks/jalankan.py --mart $(SAMPLE)/data/current/marts

test-notebooks: sample ## run the notebooks on the sample and compare their outputs
	@$(MAKE) -s .venv/stamp || $(call or-skip,notebooks) && test ! -e .venv/stamp || \
	  .venv/bin/python examples/notebooks/jalankan.py --mart $(SAMPLE)/data/current/marts --periksa

test: test-go test-notebooks ## run all tests but those of test-engine; in CI nothing else is skipped

test-go: deps
	@$(GO) test -race -timeout 60m ./...

lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "gofmt: run make fmt"; exit 1; }
	@$(GO) vet ./...
	@$(GO) tool staticcheck ./...

BENCH := .cache/bench
# Made from the national release: S is Kutai Kartanegara over six years, M one year of the country, L ten; the last two also
# with the 50 indicators of each village.
bench-data: ## make the workbooks and indicators that are measured; needs the real national release
	@real=$${LUMBUNG_REAL_DATA:-../shared/data/real}/idm-2024-nasional-ringkas; for size in S M L; do \
	  case $$size in S) some="-years 6 -kab 6402";; M) some="-years 1";; L) some="-years 10 -correct 2020";; esac; \
	  mkdir -p $(BENCH)/$$size/rilis $(BENCH)/$$size-indikator/rilis && cp -r bench/project/. $(BENCH)/$$size/ && \
	  cp -r bench/project/contracts bench/indikator/. $(BENCH)/$$size-indikator/ && \
	  $(GO) run ./bench/workbook -real $$real -out $(BENCH)/$$size/rilis -indicators $(BENCH)/$$size-indikator/indikator $$some && \
	  ln -f $(BENCH)/$$size/rilis/*.xlsx $(BENCH)/$$size-indikator/rilis/ || exit 1; done

.venv-bench/stamp: bench/peers/requirements.txt
	@$(call need,python3,python3 python3-venv)
	@test -x .venv-bench/bin/pip || python3 -m venv .venv-bench
	@.venv-bench/bin/pip install -q --disable-pip-version-check -r bench/peers/requirements.txt
	@touch $@

bench-tools: build bench-data .venv-bench/stamp
	@for tool in compare excelize latency portal; do $(GO) build -o bin/bench-$$tool ./bench/$$tool || exit 1; done

bench: bench-tools ## measure sizes S and M against other tools; prints Markdown tables, takes some minutes
	@book=$(BENCH)/M/rilis/idm-2024.xlsx; echo "### One workbook, 75,265 villages x 14 columns, read and checked" && \
	bin/bench-compare -rounds 5 "lumbung (every rule, every cell accounted for)=bin/lumbung contract test --contract bench/project/contracts/idm.yaml --json $$book" \
	  "polars + fastexcel=.venv-bench/bin/python bench/peers/baca.py polars $$book" \
	  "pandas + calamine=.venv-bench/bin/python bench/peers/baca.py pandas $$book" \
	  "excelize, streaming=bin/bench-excelize $$book" \
	  "openpyxl, read-only=.venv-bench/bin/python bench/peers/baca.py openpyxl $$book" 2>/dev/null
	@bench/job.sh S 3 && bench/job.sh M 3 && bench/indicators.sh M
	@echo "### Memory by rows" && $(GO) run ./bench/workbook -real $${LUMBUNG_REAL_DATA:-../shared/data/real}/idm-2024-nasional-ringkas -out $(BENCH)/times10 -times 10 && \
	bin/bench-compare -rounds 3 "bare process=bin/lumbung --version" $(foreach f,M/rilis times10,"$(f)=bin/lumbung contract test --contract bench/project/contracts/idm.yaml --json $(BENCH)/$(f)/idm-2024.xlsx") 2>/dev/null
	@bench/nights.sh 5
	@echo "### 5,000 answers of the rumusan API at 20 ms latency" && $(GO) test -run XXX -bench Pace -benchtime 1x ./extract/rumusan | grep '^Benchmark'
	@echo "### Decoders alone, Go benchmarks" && $(GO) test -run XXX -bench . -benchtime 3x ./transform/... 2>/dev/null | grep -E '^Benchmark|^cpu'

bench-full: bench-tools ## the same job at size L, ten years of the country; with 38 million indicators too
	@bench/job.sh L 3 && bench/limits.sh L 3 && bench/indicators.sh L
	@.venv-bench/bin/python bench/peers/sama.py $(BENCH)/L/data/current

bench-profile: bench-tools ## where a cold run at size L spends its time and what Go allocates in it, as text in docs/benchmarks
	@$(GO) build -o bin/bench-profile ./bench/profile && mkdir -p docs/benchmarks && cd $(BENCH) && \
	../../bin/bench-profile -project L -cpu cpu.pprof -heap allocs.pprof >../../docs/benchmarks/steps.txt && \
	$(GO) tool pprof -top -nodecount=40 cpu.pprof >../../docs/benchmarks/cpu.txt 2>/dev/null && \
	$(GO) tool pprof -top -nodecount=40 -sample_index=alloc_space allocs.pprof >../../docs/benchmarks/allocations.txt 2>/dev/null && \
	tail -n 8 ../../docs/benchmarks/steps.txt

TIMES ?= 10
bench-xl: bench-tools ## ten years of TIMES (up to 12) times the country's villages, once: time and peak of memory
	@mkdir -p $(BENCH)/XL && cp -r bench/project/. $(BENCH)/XL/ && \
	$(GO) run ./bench/workbook -real $${LUMBUNG_REAL_DATA:-../shared/data/real}/idm-2024-nasional-ringkas -out $(BENCH)/XL/rilis -years 10 -times $(TIMES) && \
	bin/bench-compare -rounds 1 -warm=false "lumbung run=rm -rf $(BENCH)/XL/data ;; bin/lumbung run --quiet --project $(BENCH)/XL"

# Long campaigns; docs/reliability.md has what they gave. `make test` has short forms of all.
campaign-malformed: ## 100,000 broken workbooks, and as many CSV and JSON releases (about 3 minutes)
	@LUMBUNG_MALFORMED=100000 $(GO) test ./transform ./transform/xlsx -run Malformed -v -timeout 2h | grep -v '^=== \|^    --- PASS'

# These go on where they stood (.cache/campaign) and stop after MINUTES.
CAMPAIGN = LUMBUNG_CAMPAIGN=$$PWD/.cache/campaign LUMBUNG_MINUTES=$(MINUTES) nice $(GO) test -count=1 -timeout 48h -v ./cmd/lumbung
MINUTES ?= 600
NAMED ?= 3000
KILLS ?= 10000
STORAGE_KILLS ?= 100
FLIPS ?= 100000
EIO ?= 1000
PUBLISHES ?= 1000
REPEATS ?= 100
MUTANTS ?= 1000
CLEAN ?= 100
campaign-kills: ## NAMED deaths at named points and KILLS at random moments of the real program; STORAGE_KILLS of a storage and of runs that fill it
	@LUMBUNG_NAMED=$(NAMED) LUMBUNG_KILLS=$(KILLS) LUMBUNG_STORAGE_KILLS=$(STORAGE_KILLS) $(CAMPAIGN) -run 'KilledAt|KilledBeside' | grep 'campaign\|FAIL\|^ok\|_test.go'

campaign-flips: ## FLIPS flipped bits over everything that a project keeps
	@LUMBUNG_FLIPS=$(FLIPS) $(CAMPAIGN) -run 'FlippedBits' | grep 'campaign\|FAIL\|^ok\|_test.go'

campaign-eio: ## EIO runs in which a system call fails, once or from then on; needs strace
	@LUMBUNG_EIO=$(EIO) $(CAMPAIGN) -run 'InputOutputErrors' | grep 'campaign\|FAIL\|^ok\|_test.go'

campaign-readers: ## 8 readers beside PUBLISHES publishes with retention (about 1 s each)
	@LUMBUNG_PUBLISHES=$(PUBLISHES) $(CAMPAIGN) -run 'ReadersBeside' | grep 'campaign\|FAIL\|^ok\|_test.go'

campaign-repeats: ## REPEATS runs of the sample on one core or all, in other time zones and folders: the same bytes
	@LUMBUNG_REPEATS=$(REPEATS) $(CAMPAIGN) -run 'RepeatedRuns' | grep 'campaign\|FAIL\|^ok\|_test.go'

campaign-mutations: ## MUTANTS spoilt releases and CLEAN ones that are right (about 1 s each)
	@LUMBUNG_MUTANTS=$(MUTANTS) LUMBUNG_CLEAN=$(CLEAN) $(CAMPAIGN) -run 'Mutants|CleanVariants' | grep 'campaign\|FAIL\|^ok\|_test.go'

campaign-sequences: ## 20 random sequences of releases, corrections, withdrawals and code changes against full rebuilds (about a minute each)
	@LUMBUNG_SEQUENCES=20 $(GO) test ./cmd/lumbung -run TestSequences -v -timeout 6h | grep -v '^=== '

campaign-hostile: ## hostile HTTP answers at 100 cut points
	@LUMBUNG_HOSTILE=all $(GO) test ./extract/http/... -v -timeout 2h | grep -v '^=== \|^    --- PASS\|^        --- PASS' | tail -40

campaign-disk: ## run on a disk that fills up, 193 times; mounts a tmpfs, so as root
	@mkdir -p .cache/disk && mount -t tmpfs -o size=64m tmpfs .cache/disk
	@LUMBUNG_SMALL_DISK=$$PWD/.cache/disk $(GO) test -count=1 -timeout 60m -run TestDiskFull -v ./cmd/lumbung | grep -v level=INFO; \
	  status=$${PIPESTATUS[0]}; umount .cache/disk; exit $$status

NIGHTS ?= 10950
campaign-nights: ## NIGHTS nights of a daemon whose portal fails in every fifth, or as many as MINUTES hold (about 1 s each; TMPDIR=/dev/shm spares the disk)
	@LUMBUNG_NIGHTS=$(NIGHTS) LUMBUNG_MINUTES=$(MINUTES) $(GO) test ./cmd/lumbung -run 'TestNights' -v -timeout 24h | grep -v '^=== \|level='; \
	  exit $${PIPESTATUS[0]}

SOAK ?= 60s
campaign-soak: ## SOAK of readers of the dashboard while snapshots switch; memory and open files stay
	@LUMBUNG_SOAK=$(SOAK) $(GO) test -count=1 -timeout 24h ./answer/web -run 'ReadersForAWhile' -v | grep -v '^=== '

campaign-clock: ## every time zone over 50 years
	@LUMBUNG_SCHEDULE_YEARS=50 $(GO) test ./pipeline/schedule -run DailyRuns -v -timeout 6h | grep -v '^=== \|^    --- PASS' | tail -20

vuln: ## known vulnerabilities of the dependencies, where the database can be reached
	@$(GO) run golang.org/x/vuln/cmd/govulncheck@latest ./... || echo "govulncheck: no answer from its database, or findings above"

docs: build ## write docs/data-dictionary.md again
	@$(BIN) docs --output docs/data-dictionary.md

fmt: ## format the code
	@gofmt -w .

clean: ## remove what was built
	@rm -rf bin .cache
