/*
 * batch_cmd.h - agent-gate batch: its command line.
 */
#ifndef GATE_BATCH_CMD_H
#define GATE_BATCH_CMD_H

/* Run it; argv[0] is "batch".  Returns the exit status. */
int batch_cmd(int argc, char **argv);

#endif
