/*
 * elicit.h - what a server wants to know of the user, in the midst of a call.
 *
 * In the older era it sends a request, elicitation/create; in the newer one
 * the call has a result that wants input, and is made again with the answers.
 * Only forms are asked, and only while somebody said that he can be
 * (server.elicits).  How often one call may ask is bounded.
 */
#ifndef MCP_ELICIT_H
#define MCP_ELICIT_H

#include "mcp/server.h"

#define ELICIT_ROUNDS	4

/* What we offer to servers because of it, added to capabilities. */
jv elicit_ability_take(const struct server *s, jv capabilities);
/* A request of the server; false when it is none that is asked about. */
bool elicit_request(struct server *s, jv msg);
/* A result that wants input; false when it cannot be had.  The call waits
 * for server_answer() then. */
bool elicit_result(struct server *s, struct call *c, jv result);
/* For such a result: e says in words what is wanted. */
void elicit_words(const struct server *s, jv result, struct err *e);
/* Add to the params of the call what was answered. */
jv elicit_params_take(const struct call *c, jv params);
/* Take c out of those that wait for the user; false when it is not there. */
bool elicit_stop(struct server *s, struct call *c);

#endif
