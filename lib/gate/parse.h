/*
 * parse.h - agent-gate parse: the text of a model in, the message it meant
 * out; agent-formats(7).
 */
#ifndef GATE_PARSE_H
#define GATE_PARSE_H

#include "base/base.h"
#include "json/js.h"
#include "recover/recover.h"

/* The command with its own arguments, argv[0] being "parse"; the exit
 * status. */
int gate_parse_main(int argc, char **argv);
/*
 * The message of what was recovered, agent-message(5), owned; calls without
 * an id of the model's own get a new one.  With explain the notes stand in
 * agent.explain.
 */
jv gate_parse_message(const struct recover_result *res, bool explain);

#endif
