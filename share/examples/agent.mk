# agent.mk - a folder of prompts, answered by make.
#
#	make -j 8 -f agent.mk
#
# Use: write each prompt into NAME.prompt.md, and what holds for all of them
# into system.md; the answer to each becomes NAME.answer.md.
# Needs: GNU make, agent-chat and a model.
# Shows: only what is new or has changed is asked again, and all of it when
# system.md changes.  An answer is there as a whole or not at all, so that after
# a failure, Ctrl-C or a crash the same command goes on.  With -k what can be
# answered is, although others fail.  Limits and budgets hold for all jobs
# together.  AGENT_FLAGS may name more options of agent-chat.
.SUFFIXES:
.PHONY: answers
# To make, what stands behind a semicolon is a command.
answers: $(subst ;,\;,$(patsubst %.prompt.md,%.answer.md,$(wildcard *.prompt.md)))
	@:
system := $(wildcard system.md)
# A name as a word of the shell, whatever is in it but blanks.
q = '$(subst ','\'',$1)'
%.answer.md: %.prompt.md $(system)
	@agent-chat -q --no-session --no-tools $(system:%=--system @%) \
		$(AGENT_FLAGS) -o $(call q,$@) <$(call q,$<) >/dev/null
