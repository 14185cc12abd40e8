/*
 * embed_cmd.h - agent-gate embed: its command line.
 */
#ifndef GATE_EMBED_CMD_H
#define GATE_EMBED_CMD_H

/* The command with its own arguments, argv[0] being "embed"; the exit
 * status. */
int embed_cmd(int argc, char **argv);

#endif
