/*
 * helpers.c - the table of tools that are programs of ours in libexec.
 *
 * What a row says is also what  PROGRAM --schema  prints; a test compares
 * the two.  The programs keep to agent-tools(7).
 */
#include "tool/registry.h"

const struct tool helper_tools[] = {
	{ .name = NULL }
};
