/*
 * netgate.h - the network of a command: a proxy to the allowed hosts.
 *
 * agent-netgate(1) runs outside of the sandbox for as long as one command
 * does.  Inside, the command has a network of its own in which nothing but
 * that proxy answers, at the address that its proxy variables name.
 */
#ifndef TOOL_NETGATE_H
#define TOOL_NETGATE_H

#include "base/admit.h"
#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"
#include "sys/proc.h"
#include "tool/tool.h"

struct netgate {
	struct proc	 proc;
	struct vec	 argv;
	int		 control;	/* our end, -1: there is no gate */
	bool		 local;		/* loopback is among the hosts */
};

#define NETGATE_INIT	{ .control = -1 }

/*
 * Start the proxy for these hosts, and wait until it is ready; with none
 * there is nothing to do.  tell: it says on our stderr what it refuses.
 */
int netgate_start(struct netgate *g, const struct admit *hosts, bool tell,
    struct err *e);
/* The same for a call of a tool: the hosts of the settings and, where calls
 * are judged by it, those that the policy allows. */
int netgate_for_call(struct netgate *g, struct tool_env *env, struct err *e);
/* The options of agent-jail that belong to it. */
void netgate_options(const struct netgate *g, struct vec *argv);
/* Let what is started between these have our end. */
void netgate_lend(const struct netgate *g, bool lend);
/* End it, and reap it. */
void netgate_stop(struct netgate *g);

#endif
