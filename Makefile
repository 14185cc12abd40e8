# Makefile: builds, tests and installs the agent toolkit.  GNU make 4.0 or newer.
#
# Everything made lies under $(B), by default build/; a flavour is another B (build/asan, ...).
# Set what you like of CC AR CFLAGS CPPFLAGS LDFLAGS LDLIBS PREFIX BINDIR LIBEXECDIR DATADIR MANDIR
# DOCDIR ZSHDIR UNITDIR DESTDIR INSTALL; V=1 shows commands, WERROR=1 makes warnings errors, J=N jobs at once.

MAKEFLAGS += -rR --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR .SECONDARY .SECONDEXPANSION:
unexport CDPATH # a script that goes to its own folder shall not find another one
.DEFAULT_GOAL := all

# ---- data: what there is and what may link what -------------------------------------------
# A program is cmd/NAME.c, the layers it is made of, lib/LAYER, and the libraries it may link, all
# in the order of linking; lint holds every binary to its line.  late stands in for libcurl, unless
# WHOLE=DIR has all libraries as archives (share/musl-root): then nothing can be loaded later.
LAYERS   := acp fetch netgate serve gate recover tool policy chat ledger pyexe mcp view mem plan core net db json sys base jail
LIBS     := curl xml2 microhttpd sqlite3 edit jq bsd md
program   = $(eval $1.layers := $(if $(WHOLE),$(filter-out late,$2),$2))$(eval $1.libs := $(if $(WHOLE),$(3:dl=curl),$3))$1
PROGRAMS := \
	$(call program,agent-gate,gate recover core net late json sys base,dl jq bsd md) \
	$(call program,agent-tool,tool policy core json sys base,jq bsd md) \
	$(call program,agent-chat,chat core json sys base,edit jq bsd md) \
	$(call program,agent-mem,mem core db json sys base,sqlite3 jq bsd md) \
	$(call program,agent-plan,plan core db json sys base,sqlite3 jq bsd md)
HELPERS  := agent-jail $(call program,agent-serve,serve gate recover core net late json sys base,dl microhttpd jq bsd md) \
	$(call program,agent-ledger,ledger core db json sys base,sqlite3 jq bsd md) \
	$(call program,agent-pyexe,pyexe core json sys base,jq bsd md) \
	$(call program,agent-fetch,fetch core net json sys base,curl xml2 jq bsd md) \
	$(call program,agent-netgate,netgate sys base,bsd md) $(call program,agent-view,view core db json sys base,sqlite3 jq bsd md) \
	$(call program,agent-mcp,mcp core net late json sys base,dl jq bsd md) $(call program,agent-acp,acp core json sys base,jq bsd md)
# agent-jail is held apart: libc only, its own objects, no sanitizer runtime.
agent-jail.src    := $(wildcard cmd/agent-jail.c lib/jail/*.c lib/sys/landlock.c lib/sys/owner.c lib/sys/seccomp.c)

# ---- settings -------------------------------------------------------------------------------
B          ?= build
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
DOCDIR     ?= $(DATADIR)/doc/agent
# Where zsh looks, and the service manager of a user.
ZSHDIR     ?= $(DATADIR)/zsh/site-functions
UNITDIR    ?= $(if $(filter $(HOME)/%,$(PREFIX)),$(DATADIR),$(PREFIX)/lib)/systemd/user
$(foreach v,PREFIX BINDIR LIBEXECDIR DATADIR MANDIR DOCDIR ZSHDIR UNITDIR,$(if $(word 2,$($v)x),\
	$(error $v: '$($v)' has a blank in it, and no path that is installed to may have one)))
INSTALL    ?= install
J          ?= 2
FUZZ_TIME  ?= 30
# Of make torture: how often, how long, and the suites that have a long form.
LEDGER_RUNS  ?= 3
LEDGER_KILLS ?= 200
BATCH_KILLS  ?= 50
WALL_CALLS   ?= 1000
MEM_KILLS    ?= 100
TORTURE_TIME ?= 600
TORTURED     := 1210-batch-resume 1620-ledger-swarm 1635-ledger-kills 2500-fetch 3010-mem-swarm 3020-mem-kills 2065-jail-many 4100-plan-continue 4110-plan-swarm 5150-chat-long 5200-chat-kills 7120-examples-thousands
CC         := $(if $(WHOLE),$(or $(wildcard $(WHOLE)/cc),$(error $(WHOLE)/cc is missing; try sh share/musl-root $(WHOLE))),$(if $(filter default undefined,$(origin CC)),cc,$(CC)))
AR         := $(if $(filter default undefined,$(origin AR)),ar,$(AR))
CLANG      ?= clang
PKG_CONFIG ?= $(if $(WHOLE),$(WHOLE)/)pkg-config
CFLAGS     ?= $(if $(SAN)$(COV),-O1,-O2) -g
VER        := $(shell cat VERSION)
MACHINE    := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
OS         := $(shell uname -s)

pkg    = $(shell $(PKG_CONFIG) --$1 $2 2>/dev/null $(if $3,|| echo $3))
once   = $(eval $1 := $2)$($1)
pc     = $(patsubst libxml2,libxml-2.0,$(patsubst libsqlite3,sqlite3,$(1:%=lib%)))
# STATIC=1 takes these from their archives: they are small, not everywhere, and collide with nothing.
static = $(if $(and $(STATIC),$(filter $1,sqlite3 bsd md)),$(wildcard $(shell $(CC) -print-file-name=lib$1.a)))
lib    = $(call once,L_$1,$(or $(static),$(call pkg,libs,$(call pc,$1),-l$1)))
PKG_CFLAGS = $(call once,PKG_CFLAGS,$(foreach p,$(call pc,$(LIBS)),$(call pkg,cflags,$p)))
libs   = $(foreach l,$1,$(call lib,$l)) -lm

WARN   := -Wall -Wextra $(if $(findstring clang,$(CC)$(OS:Darwin=clang)),,-Wno-format-truncation) -Wvla -Wstrict-prototypes -Wformat-security $(if $(WERROR),-Werror)
HARDEN := -fstack-protector-strong -fPIE
ifeq ($(SAN)$(COV),)
HARDEN += $(if $(filter -O1 -O2 -O3 -Os,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif
ifneq ($(filter x86_64 i386 i486 i586 i686,$(MACHINE)),)
HARDEN += -fcf-protection
endif
LINKFLAGS := -pie
ifeq ($(OS),Linux)
LINKFLAGS += -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
endif
, := ,
SANITIZE := -fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SANFLAGS := $(if $(SAN),$(SANITIZE)) $(if $(COV),--coverage) $(if $(FUZZ),-fsanitize=fuzzer-no-link)
TRAPFLAGS := $(if $(SAN),-fsanitize=undefined -fsanitize-undefined-trap-on-error)
# libxml2 lives there without pkg-config, too; times past 2038 and large files with 32 bits, too.
WIDE   := -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
BASE_CFLAGS = -std=c11 -D_GNU_SOURCE $(WIDE) -iquote lib -idirafter /usr/include/libxml2 $(HARDEN) -ffile-prefix-map='$(subst ','\'',$(CURDIR))'=. \
	$(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
# The directories as the programs see them end in /agent, as in the build tree.
CONF_CFLAGS = -DVERSION='"$(VER)"' -DDATADIR='"$(DATADIR)/agent"' -DLIBEXECDIR='"$(LIBEXECDIR)/agent"'

# ---- what follows from the data ---------------------------------------------------------------
objs   = $(patsubst %.c,$(B)/obj/%.o,$(wildcard lib/$1/*.c))
ar     = $(foreach l,$1,$(if $(wildcard lib/$l/*.c),$(B)/obj/$l.a))
# A test program is NAME.c, or the directory NAME/ where it has several files, or both.
tests  = $(sort $(patsubst %.c,$(B)/%,$(filter-out %/failio.c,$(wildcard tests/$1/*.c))) \
	$(patsubst %/,$(B)/%,$(dir $(wildcard tests/$1/*/*.c))))
BINS   := $(foreach p,$(PROGRAMS),$(if $(wildcard cmd/$p.c),$(B)/bin/$p))
EXECS  := $(foreach p,$(HELPERS),$(if $(wildcard cmd/$p.c),$(B)/libexec/agent/$p))
JAIL_OBJS := $(patsubst %.c,$(B)/obj/jail/%.o,$(agent-jail.src))
VIEW_OBJS := $(patsubst %.c,$(B)/obj/jail/%.o,$(wildcard cmd/agent-view.c $(agent-view.layers:%=lib/%/*.c)))
UNIT   := $(call tests,unit)
STUB   := $(call tests,stub) $(if $(wildcard tests/stub/failio.c),$(B)/tests/stub/failio.so)
BENCH  := $(call tests,bench)
REPLAY := $(call tests,fuzz)
SRC    := $(wildcard cmd/*.c lib/*/*.c)
OBJS   := $(patsubst %.c,$(B)/obj/%.o,$(SRC) $(wildcard tests/*/*.c tests/*/*/*.c)) $(JAIL_OBJS)
# Only sources that name the version or the directories are compiled again when those change.
CONF_OBJS := $(patsubst %.c,$(B)/obj/%.o,$(if $(SRC),$(shell \
	grep -lwE 'VERSION|DATADIR|LIBEXECDIR' $(SRC) /dev/null)))
SHARE  := $(if $(filter /%,$(B)),$(CURDIR)/share,$(subst $() ,/,$(patsubst %,..,$(subst /, ,$(B))))/share)
UNITS  := $(patsubst share/%,$(B)/%,$(wildcard share/systemd/*))
W      := WERROR=$(if $(filter undefined,$(origin WERROR)),1,$(WERROR))
PAR     = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(J))
Q      := $(if $(V),,@)
say    = @mkdir -p $(@D)$(if $(V),,; printf '  %-5s %s\n' '$1' '$2')
stamp  = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$1)' | cmp -s - $@ || \
	printf '%s\n' '$(subst ','\'',$1)' >$@

.PHONY: all programs tests test check asan clang lint fuzz fuzz-run torture musl portable boot coverage bench bench-mem bench-recall run install uninstall clean distclean dist dist-source deb reproducible deb-check help FORCE
all: programs ## build the programs (the default)
	@:
programs: $(BINS) $(EXECS) $(call ar,$(LAYERS)) $(B)/share $(UNITS)
tests: programs $(UNIT) $(STUB) $(BENCH) $(REPLAY)

# ---- compiling and linking ----------------------------------------------------------------------
$(B)/.flags: FORCE
	$(call stamp,$(CC) $(BASE_CFLAGS) $(SANFLAGS) $(LINKFLAGS) $(LDFLAGS) $(LDLIBS) $(STATIC))
$(B)/.conf: FORCE
	$(call stamp,$(CONF_CFLAGS))
$(B)/obj/%.list: FORCE
	$(call stamp,$(call objs,$*))

# What the tests run inside the sandbox has no room for a sanitizer's shadow memory.
$(B)/obj/tests/stub/escape/%.o $(B)/tests/stub/escape: private SANFLAGS := $(TRAPFLAGS)
$(CONF_OBJS): private CONF = $(CONF_CFLAGS)
$(CONF_OBJS) $(B)/obj/jail/cmd/agent-jail.o: $(B)/.conf
$(B)/obj/jail/%.o: %.c $(B)/.flags
	$(call say,CC,$< (jail))
	$(Q)$(CC) $(BASE_CFLAGS) $(WARN) $(TRAPFLAGS) $(CONF_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/tests/fuzz/%.o: tests/fuzz/%.c tests/fuzz/replay.h $(B)/.flags
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_CFLAGS) -Itests $(if $(FUZZ),,-include tests/fuzz/replay.h) \
		$(WARN) $(SANFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/tests/%.o: tests/%.c $(B)/.flags
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_CFLAGS) -Itests $(WARN) $(SANFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/%.o: %.c $(B)/.flags
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_CFLAGS) $(CONF) $(WARN) -Wmissing-prototypes $(SANFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/%.a: $(B)/obj/%.list $$(call objs,$$*)
	$(call say,AR,$@)
	$(Q)rm -f $@.tmp && $(AR) rcs $@.tmp $(filter %.o,$^) && mv -f $@.tmp $@

# link FLAGS,LIBRARIES
define link
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $1 $(LINKFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $2 $(LDLIBS)
endef
# Started for every command: static where the C library can be, which saves a tenth of its start.
$(B)/libexec/agent/agent-jail: $(JAIL_OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LINKFLAGS) -static-pie $(LDFLAGS) -o $@ $^ $(LDLIBS) 2>/dev/null || \
		$(CC) $(CFLAGS) $(LINKFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
ifneq ($(SAN),)
# Ours that run inside the sandbox have no room for a sanitizer's shadow memory either.
$(B)/libexec/agent/agent-view: $(VIEW_OBJS)
	$(call link,,$(call libs,$(agent-view.libs)))
endif
$(B)/bin/%: $(B)/obj/cmd/%.o $$(call ar,$$($$*.layers))
	$(call link,$(SANFLAGS),$(call libs,$($*.libs)))
$(B)/libexec/agent/%: $(B)/obj/cmd/%.o $$(call ar,$$($$*.layers))
	$(call link,$(SANFLAGS),$(call libs,$($*.libs)))
$(B)/tests/stub/failio.so: tests/stub/failio.c $(B)/.flags
	$(call say,CC,$<)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(CFLAGS) $(WARN) -fPIC -shared -o $@ $< -ldl
$(B)/tests/%: $$(addprefix $(B)/obj/,$$(addsuffix .o,$$(basename $$(wildcard tests/$$*.c tests/$$*/*.c)))) $(call ar,$(LAYERS))
	$(call link,$(SANFLAGS) $(if $(and $(FUZZ),$(findstring fuzz/,$*)),-fsanitize=fuzzer),$(call libs,$(LIBS)))
$(B)/.bindir: FORCE
	$(call stamp,$(BINDIR))
$(B)/systemd/%: share/systemd/% $(B)/.bindir
	@mkdir -p $(@D) && sed 's,@BINDIR@,$(BINDIR),' $< >$@
$(B)/share: ; @mkdir -p $(@D) && ln -sfn $(SHARE) $@
-include $(patsubst %.o,%.d,$(OBJS) $(VIEW_OBJS))

# ---- testing ------------------------------------------------------------------------------------
# Ctrl-C is ignored in the background of a shell, a hang-up under nohup; the tests want both.
PROVE  := $(if $(shell command -v prove),perl -e '$$SIG{$$_} = "DEFAULT" for qw(HUP INT QUIT PIPE); exec @ARGV' prove -j$$(($(J) + 2)) $(PROVE_FLAGS),sh tests/run)
SUITE  := $(sort $(wildcard tests/[0-9]*.t)) $(UNIT) $(REPLAY)
CHOSEN := $(if $(T),$(foreach s,$(SUITE),$(if $(strip $(foreach t,$(T),$(findstring $t,$s))),$s)),$(SUITE))
WITH   := env PATH='$(abspath $(B))/bin':"$$PATH" BUILD='$(abspath $(B))' AGENT_BUILD='$(abspath $(B))' $(if $(SAN),\
	ASAN_OPTIONS=detect_leaks=1:exitcode=199:verify_asan_link_order=0 \
	UBSAN_OPTIONS=exitcode=199:print_stacktrace=1 LSAN_OPTIONS=exitcode=199)
test: tests ## run the tests; T='word ...' selects by part of the name
	$(if $(CHOSEN),,$(error no test is named like '$(T)'))
	@$(WITH) $(PROVE) $(CHOSEN) </dev/null

check: ## all of it: warnings of two compilers, lint, tests, tests under sanitizers
ifneq ($(T),)
	@$(MAKE) $(PAR) test $(W)
else
	@$(MAKE) $(PAR) tests $(W)
	@if command -v $(CLANG) >/dev/null; then $(MAKE) $(PAR) clang; else echo 'clang: none here, skipped'; fi
	@$(MAKE) lint
	@$(MAKE) test $(W)
	@if echo 'int main(void){return 0;}' | $(CC) $(SANITIZE) -o $(B)/.san -x c - 2>/dev/null; \
		then $(MAKE) $(PAR) asan; else echo 'sanitizers: none here, skipped'; fi
endif
asan: ## the tests under the address and undefined-behaviour sanitizers
	@$(MAKE) test B=$(B)/asan SAN=1 WERROR=1
clang: ## compile everything with clang, warnings are errors
	@$(MAKE) tests B=$(B)/clang CC=$(CLANG) CFLAGS=-O0 WERROR=1
lint: tests ## layers, link lists, forbidden words, manual pages, shell scripts, sizes
	@$(WITH) B='$(B)' CC='$(CC)' sh tests/lint/run \
		$(foreach p,$(PROGRAMS),'$p=$($p.libs)') $(foreach p,$(HELPERS),'$p=$($p.libs)')
fuzz: ## libFuzzer on every parser, FUZZ_TIME seconds each (needs clang)
	@$(MAKE) fuzz-run B=$(B)/fuzz CC=$(CLANG) SAN=1 FUZZ=1
fuzz-run: $(REPLAY)
	@set -e; for f in $(notdir $(REPLAY)); do mkdir -p $(B)/corpus/$$f; echo "fuzz $$f"; \
		$(B)/tests/fuzz/$$f -max_total_time=$(FUZZ_TIME) -max_len=65536 -timeout=10 -verbosity=0 \
		-print_final_stats=1 -artifact_prefix=$(B)/ $(B)/corpus/$$f $$(ls -d tests/fuzz/corpus/$$f 2>/dev/null); done
torture: tests ## long forms: LEDGER_RUNS, LEDGER_KILLS, BATCH_KILLS, WALL_CALLS, every fuzz target for TORTURE_TIME seconds
	@LEDGER_RUNS=$(LEDGER_RUNS) LEDGER_KILLS=$(LEDGER_KILLS) BATCH_KILLS=$(BATCH_KILLS) FETCH_LONG=1 PLAN_KILLS=20 PLAN_TASKS=5000 PLAN_ROUNDS=20 PROMPTS=1000 LONG_STEPS=1000 MEM_RUNS=1 MEM_KILLS=$(MEM_KILLS) WALL_CALLS=$(WALL_CALLS) $(WITH) $(PROVE) $(TORTURED:%=tests/%.t) </dev/null
	@if command -v $(CLANG) >/dev/null; then $(MAKE) $(PAR) fuzz FUZZ_TIME=$(TORTURE_TIME); \
		else echo 'clang: none here, no fuzzing'; fi
torture: export CHAT_KILLS ?= 200
torture: export MCP_INSPECTOR ?= 2.12.0
torture: export FAULTS ?= long
TORTURED += 0001-house 2610-mcp-serve-npm $(patsubst tests/%.t,%,$(wildcard tests/72*-fault-*.t))
musl: ## every test with programs that need no library: musl and all else in them
	@sh share/musl-root $(B)/musl-root && $(MAKE) test B=$(B)/musl WHOLE=$(abspath $(B)/musl-root)
portable: ## the parts that need no library: for 32 bits, with musl, or with the compilers in PORTABLE
	@sh tests/portable.sh $(B)/portable
boot: ## the tests of the sandbox on a kernel for aarch64, emulated
	@sh tests/boot.sh $(B)/boot
coverage: ## line and branch coverage by directory
	@$(MAKE) test B=$(B)/cov COV=1 && sh tests/coverage $(B)/cov
bench-recall: tests ## how well agent-mem finds: DATA=FILE of memories and questions, tests/bench/recall.sh
	@$(WITH) sh tests/bench/recall.sh $(DATA)
bench-mem: tests ## how fast agent-mem is with ROWS=1000000 memories and vectors, tests/bench/mem.sh
	@MEM_ROWS=$(or $(ROWS),1000000) MEM_VECTORS=$(or $(VECTORS),$(ROWS),1000000) $(WITH) sh tests/bench/mem.sh
bench: tests ## time the programs beside curl, sh and jq
	@set -e; for f in $(BENCH) $(wildcard tests/bench/*.sh); do \
		$(WITH) $$(case $$f in *.sh) echo sh;; esac) $$f; done
run: all ## start the demonstration
	@$(WITH) sh share/agent/demo/run.sh

# ---- installing: one list of source=destination, which install and uninstall both read ----------
commands  := $(notdir $(BINS))
INSTALLED := $(foreach f,$(BINS),$f=$(BINDIR)/$(notdir $f)) \
	$(foreach f,$(EXECS),$f=$(LIBEXECDIR)/agent/$(notdir $f)) \
	$(foreach f,$(shell find share/agent -type f 2>/dev/null | sort),$f=$(DATADIR)/$(f:share/%=%)) \
	$(foreach f,$(sort $(wildcard man/*.[1-9])),$f=$(MANDIR)/man$(subst .,,$(suffix $f))/$(notdir $f)) \
	$(foreach f,$(wildcard completions/agent.bash),$(foreach c,$(commands),$f=$(DATADIR)/bash-completion/completions/$c)) \
	$(foreach f,$(wildcard completions/_agent),$f=$(ZSHDIR)/_agent) \
	$(foreach f,$(wildcard completions/agent.fish),$(foreach c,$(commands),$f=$(DATADIR)/fish/vendor_completions.d/$c.fish)) \
	$(foreach f,$(UNITS),$f=$(UNITDIR)/$(notdir $f)) \
	$(foreach f,$(wildcard README LICENSE),$f=$(DOCDIR)/$f) \
	$(foreach f,$(sort $(wildcard share/examples/*)),$f=$(DOCDIR)/examples/$(notdir $f))

PUT       = DESTDIR='$(DESTDIR)' INSTALL='$(INSTALL)' V='$(V)' DIRS='$(DATADIR)/agent $(LIBEXECDIR)/agent $(DOCDIR)' \
	SHARED='$(ZSHDIR)/../..:zsh/$(notdir $(ZSHDIR)) $(DATADIR):bash-completion/completions $(DATADIR):fish/vendor_completions.d $(UNITDIR)/../..:systemd/user' sh share/install $1 $(DATADIR)/agent/installed $(INSTALLED)
install: all ## install below PREFIX, over what an older version put there
	@$(call PUT,install)
uninstall: ## remove exactly what install put there
	@$(call PUT,uninstall)

clean distclean: ## remove what was built; distclean is the same
	@rm -rf $(B)
# Two runs give the same bytes: names, owners, modes, times and order are all said.
TAR    := LC_ALL=C tar -cf - --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rw,go=u,go-w \
	--mtime=@$${SOURCE_DATE_EPOCH:-$$([ -e .git ] && git log -1 --format=%ct 2>/dev/null || stat -c %Y VERSION)}
NAME    = agent-$(VER)-$(shell uname -s | tr A-Z a-z)-$(MACHINE)$(if $(WHOLE),-static)
dist: dist-source ## a source tarball, and one of programs that need few libraries, in $(B)
	@$(MAKE) $(PAR) install B=$(B)/static STATIC=$(if $(WHOLE),,1) CFLAGS=-O2 LDFLAGS=-s PREFIX=/usr/local DESTDIR=$(abspath $(B))/stage
	@$(TAR) --transform='s,^[.],$(NAME),' -C $(B)/stage/usr/local . | gzip -9n >$(B)/$(NAME).tar.gz && \
		rm -rf $(B)/stage && echo $(B)/$(NAME).tar.gz
dist-source:
	@mkdir -p $(B); { [ -e .git ] && git ls-files 2>/dev/null || find Makefile README LICENSE VERSION cmd lib share tests \
		man completions .ci .clang-format .editorconfig .gitignore -type f; } | LC_ALL=C sort | $(TAR) -T - \
		--transform='s,^,agent-$(VER)/,' | gzip -9n >$(B)/agent-$(VER).tar.gz && echo $(B)/agent-$(VER).tar.gz
MADE    = $(addprefix $(abspath $(B))/,agent-$(VER).tar.gz $(NAME).tar.gz deb/agent-toolkit_$(VER)_*.deb)
deb: dist-source ## the Debian package, in $(B)/deb (needs debhelper)
	@sh share/debian/make $(B)/agent-$(VER).tar.gz $(B)/deb
reproducible: dist deb ## make dist and make deb once more elsewhere: the same bytes
	@sh tests/reproducible.sh $(abspath $(B))/again $(MADE)
deb-check: reproducible ## and lintian; install, use and purge the packages in a fresh Debian (as root)
	@sh tests/deb.sh $(B)/root $(MADE)
help: ## this list
	@sed -n 's/^\([a-z-]*\)[a-z -]*:[^#]*## /\1 /p' Makefile | while read -r t d; do printf '%-10s %s\n' "$$t" "$$d"; done
FORCE:
