/*
 * netgate.c - the network of a command: a proxy to the allowed hosts.
 */
#include "tool/netgate.h"

#include "base/buf.h"
#include "core/state.h"
#include "policy/hosts.h"
#include "sys/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROXY	"http://127.0.0.1:3128"		/* JAIL_GATE_PORT */

/* What programs look at, in both spellings. */
static const char *const variables[] = {
	"http_proxy=" PROXY, "https_proxy=" PROXY, "HTTP_PROXY=" PROXY,
	"HTTPS_PROXY=" PROXY, "NODE_USE_ENV_PROXY=1",
};

/* A command's own servers are inside, unless ours are what it may reach. */
static const char *const inside[] = {
	"no_proxy=localhost,127.0.0.1,::1", "NO_PROXY=localhost,127.0.0.1,::1",
};

static int
launch(struct netgate *g, int theirs, bool tell, struct err *e)
{
	static char *none[] = { NULL };

	proc_init(&g->proc, vec_argv(&g->argv));
	g->proc.envp = none;
	g->proc.how[0] = g->proc.how[1] = PROC_NULL;
	g->proc.how[2] = tell ? PROC_INHERIT : PROC_NULL;
	g->proc.extra = theirs;
	g->proc.group = true;
	g->proc.die_with_us = true;
	return proc_start(&g->proc, e);
}

int
netgate_start(struct netgate *g, const struct admit *hosts, bool tell,
    struct err *e)
{
	char *path = NULL, byte;
	struct buf list = BUF_INIT;
	int ends[2], rc = -1;

	g->control = -1;
	if (hosts->n == 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
		return err_sys(e, "a pair of sockets");
	path = state_libexec("agent-netgate");
	admit_show(&list, hosts);
	vec_push(&g->argv, path);
	vec_pushf(&g->argv, "--control=%d", ends[1]);
	vec_pushf(&g->argv, "--allow-host=%s", buf_str(&list));
	g->local = strstr(buf_str(&list), "localhost") != NULL ||
	    strstr(buf_str(&list), "127.") != NULL ||
	    strstr(buf_str(&list), "[::1]") != NULL;
	if (launch(g, ends[1], tell, e) == 0) {
		g->control = ends[0];
		fd_close(&ends[1]);
		rc = fd_read(ends[0], &byte, 1) == 1 ? 0 : err_set(e,
		    ERR_DENIED, "agent-netgate does not start; see "
		    "agent-tool doctor");
		if (rc == -1)
			netgate_stop(g);
	} else {
		fd_close(&ends[0]);
	}
	fd_close(&ends[1]);
	buf_free(&list);
	free(path);
	return rc;
}

int
netgate_for_call(struct netgate *g, struct tool_env *env, struct err *e)
{
	const struct policy *policy = env->judges ? tool_env_policy(env) :
	    NULL;
	struct admit hosts = ADMIT_INIT;
	struct err ignored = ERR_INIT;
	struct buf list = BUF_INIT;
	int rc;

	admit_show(&list, &env->allow);
	admit_add(&hosts, buf_str(&list), &ignored);
	if (policy != NULL)
		policy_hosts(policy, &hosts);
	rc = netgate_start(g, &hosts, false, e);
	admit_free(&hosts);
	buf_free(&list);
	return rc;
}

void
netgate_options(const struct netgate *g, struct vec *argv)
{
	if (g->control == -1)
		return;
	vec_pushf(argv, "-g%d", g->control);
	for (size_t i = 0; i < BASE_NITEMS(variables); i++)
		vec_pushf(argv, "-e%s", variables[i]);
	for (size_t i = 0; !g->local && i < BASE_NITEMS(inside); i++)
		vec_pushf(argv, "-e%s", inside[i]);
}

void
netgate_lend(const struct netgate *g, bool lend)
{
	if (g->control != -1)
		fcntl(g->control, F_SETFD, lend ? 0 : FD_CLOEXEC);
}

void
netgate_stop(struct netgate *g)
{
	if (g->control != -1) {
		fd_close(&g->control);
		proc_kill(&g->proc, SIGKILL);
		proc_wait(&g->proc);
	}
	vec_free(&g->argv);
}
