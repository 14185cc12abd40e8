/*
 * agent-acp.c - the agent of an editor: agent-chat --acp.
 *
 * Options only; the work is in lib/acp.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acp/acp.h"
#include "base/log.h"
#include "base/opt.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "sys/stdout.h"

static const struct opt table[] = {
	OPT_COMMON
};

static const char examples[] =
"  agent-chat --acp                        what an editor starts\n"
"  agent-chat --acp --model qwen2.5-coder --max-steps 40\n"
"  agent-chat --acp --offline              without any model, to try it";

static const char synopsis[] =
    "agent-acp [-h] [--version] [--] [option of agent-chat]...";

static const char about[] =
"Speaks the Agent Client Protocol on standard input and output, with an\n"
"agent-chat for every session; the options are handed to each of them.";

/* How agent-chat starts us, when it has looked at the options. */
static const char looked_at[] = "--acp";

static const struct opt_program program = { .name = "agent-acp",
    .synopsis = synopsis, .about = about, .examples = examples,
    .libs = "libjq", .table = table };

/* Our options come first; from the first other one on, all are handed on.
 * 1 when the program is done already. */
static int
parse(struct acp_opts *o, int argc, char **argv)
{
	int i = 1;

	if (i < argc && (strcmp(argv[i], "-h") == 0 ||
	    strcmp(argv[i], "--help") == 0))
		return opt_told(&program, 'h');
	if (i < argc && strcmp(argv[i], "--version") == 0)
		return opt_told(&program, OPT_VERSION);
	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	for (; i < argc; i++)
		vec_push(&o->pass, argv[i]);
	return 0;
}

/* Whether the options are right only agent-chat can tell: it starts us anew. */
static int
ask_chat(int argc, char **argv, struct err *e)
{
	char *program = state_program("agent-chat");
	struct vec v = VEC_INIT;

	vec_push(&v, "agent-chat");
	vec_push(&v, looked_at);
	for (int i = 1; i < argc; i++)
		vec_push(&v, argv[i]);
	execv(program, vec_argv(&v));
	err_sys(e, "start %s", program);
	e->kind = ERR_CONFIG;
	vec_free(&v);
	free(program);
	return -1;
}

int
main(int argc, char **argv)
{
	struct acp_opts o = { .pass = VEC_INIT };
	struct err e = ERR_INIT;
	int sig = 0, status;

	fd_sanitize();
	sig_sanitize();
	log_init("agent-acp");
	if (parse(&o, argc, argv) != 0)
		stdout_flush(&e);
	else if (strcmp(argv[0], looked_at) == 0 ||
	    ask_chat(argc, argv, &e) == 0)
		acp_serve(&o, &sig, &e);
	vec_free(&o.pass);
	status = err_exit(&e);
	if (status != 0)
		log_error("%s", e.msg);
	if (sig != 0)
		sig_reraise(sig);
	return status;
}
