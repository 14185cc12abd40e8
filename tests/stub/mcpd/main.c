/*
 * mcpd - an MCP server for tests that misbehaves as it is told.
 *
 *	mcpd [--era=legacy|modern|both] [--version=V] [--quiet | --leaves |
 *	     --mute] [--chatty] [--noisy] [--pages=N | --endless | --loop]
 *	     [--evil] [--other] [--more] [--turns] [--ttl=MS] [--stubborn]
 *	     [--forks]
 *	mcpd --http [--json] [--sessions] [--expires=N] [--cuts]
 *	     [--token[=FILE]] [--status=N] [--log=FILE]
 *	     [--sse [--elsewhere] [--deaf]] ...
 *
 * Without --http it speaks on standard input and output; with it on a port of
 * 127.0.0.1, which it prints.  Its tools are listed in tools.c; what they do
 * wrong when they are called is in their names.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/rpc.h"
#include "json/jsonl.h"
#include "mcpd.h"

struct mcpd M = { .version = NULL, .legacy = true, .pages = 1, .ttl = -1 };
void (*send_take)(jv msg);

static struct jsonl lines;
static bool stays, listened;

static void
to_stdout(jv msg)
{
	struct err e = ERR_INIT;

	if (M.chatty)
		printf("this is no message\n{\"nor\":\"this\"}\r\n[1]\n");
	fflush(stdout);
	jsonl_write(STDOUT_FILENO, msg, &e);
	js_free(msg);
}

jv
receive(void)
{
	struct err e = ERR_INIT;
	jv v = js_none();

	while (jsonl_read(&lines, 0, &v, NULL, NULL, &e) == JSONL_ERROR)
		js_free(v);
	return v;
}

static void
fail(jv id, enum rpc_code code, const char *text, jv data)
{
	send_take(rpc_error(id, code, text, data));
}

static void
answer(jv id, jv result, bool modern)
{
	if (modern)
		result = js_set_str(result, "resultType", "complete");
	send_take(rpc_result(id, result));
}

static void
list(jv id, jv params, bool modern)
{
	jv next = js_none(), r = js_obj();
	FILE *f;

	if (M.log != NULL && !M.http && (f = fopen(M.log, "a")) != NULL) {
		fputc('x', f);
		fclose(f);
	}
	r = js_set(r, "tools", tools(js_str(params, "cursor"), &next));
	if (js_is_valid(next))
		r = js_set(r, "nextCursor", next);
	if (modern && M.ttl >= 0)
		r = js_set_int(r, "ttlMs", M.ttl);
	answer(id, r, modern);
}

static void
initialize(jv id, jv params)
{
	const char *wants = js_str(params, "protocolVersion");
	jv r = js_obj(), able = js_get(params, "capabilities");

	M.can_ask = js_has(able, "elicitation") && !M.http;
	js_free(able);
	r = js_set_str(r, "protocolVersion", M.version != NULL ? M.version :
	    wants != NULL ? wants : "?");
	r = js_set(r, "capabilities", js_set(js_obj(), "tools", js_obj()));
	r = js_set(r, "serverInfo", js_set_str(js_set_str(js_obj(), "name",
	    "mcpd\x1b[31m"), "version", "1"));
	answer(id, r, false);
}

static void
discover(jv id, bool modern)
{
	jv r;

	if (M.leaves)
		exit(0);
	if (M.quiet)
		return;
	if (!M.modern || !modern) {
		fail(id, RPC_NO_METHOD, "Method not found", js_none());
		return;
	}
	r = js_set(js_obj(), "supportedVersions", js_push(js_arr(),
	    js_from_str(RPC_MODERN)));
	r = js_set(r, "capabilities", js_set(js_obj(), "tools", js_set_bool(
	    js_obj(), "listChanged", M.turns)));
	answer(id, js_set_str(js_set_int(r, "ttlMs", 0), "cacheScope",
	    "public"), true);
}

static void
called(jv id, jv params)
{
	stays = M.stubborn;
	if (stays)
		signal(SIGTERM, SIG_IGN);
	if (M.turns) {
		M.other = true;
		if (listened || !M.modern)
			send_take(rpc_notification("notifications/tools/"
			    "list_changed", js_none()));
	}
	call(id, params);
}

void
handle(jv msg)
{
	const char *method = js_str(msg, "method");
	jv id = js_get(msg, "id"), params = js_get(msg, "params");
	jv meta = js_get(params, "_meta");
	bool modern = js_has(meta, RPC_META_VERSION) &&
	    js_has(meta, RPC_META_ABILITIES);

	if (M.mute || rpc_classify(msg) != RPC_REQUEST)
		;
	else if (strcmp(method, "server/discover") == 0)
		discover(id, modern);
	else if (strcmp(method, "initialize") == 0 && M.legacy)
		initialize(id, params);
	else if (!M.legacy && !modern)
		fail(id, RPC_PARAMS, "_meta is missing", js_none());
	else if (strcmp(method, "tools/list") == 0)
		list(id, params, modern);
	else if (strcmp(method, "tools/call") == 0)
		called(id, params);
	else if (strcmp(method, "subscriptions/listen") == 0 && M.turns)
		listened = true;
	else if (strcmp(method, "ping") == 0)
		answer(id, js_obj(), modern);
	else
		fail(id, RPC_NO_METHOD, "Method not found", js_none());
	js_free(meta);
	js_free(params);
	js_free(id);
}

/* ---- the command line ---- */

static const char *
value(const char *arg, const char *name)
{
	size_t n = strlen(name);

	return strncmp(arg, name, n) == 0 && arg[n] == '=' ? arg + n + 1 :
	    NULL;
}

static void
flag(const char *a)
{
	static const struct { const char *name; bool *at; } flags[] = {
		{ "--quiet", &M.quiet }, { "--leaves", &M.leaves },
		{ "--mute", &M.mute }, { "--chatty", &M.chatty },
		{ "--noisy", &M.noisy }, { "--endless", &M.endless },
		{ "--loop", &M.loop }, { "--evil", &M.evil },
		{ "--other", &M.other }, { "--more", &M.more },
		{ "--turns", &M.turns },
		{ "--stubborn", &M.stubborn }, { "--forks", &M.forks },
		{ "--http", &M.http }, { "--json", &M.json },
		{ "--sessions", &M.sessions }, { "--cuts", &M.cuts },
		{ "--token", &M.needs_token }, { "--sse", &M.sse },
		{ "--elsewhere", &M.elsewhere }, { "--deaf", &M.deaf },
	};
	const char *v;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (strcmp(a, flags[i].name) == 0) {
			*flags[i].at = true;
			return;
		}
	if ((v = value(a, "--era")) != NULL) {
		M.modern = strcmp(v, "legacy") != 0;
		M.legacy = strcmp(v, "modern") != 0;
	} else if ((v = value(a, "--version")) != NULL) {
		M.version = v;
	} else if ((v = value(a, "--pages")) != NULL) {
		M.pages = (int)strtol(v, NULL, 10);
	} else if ((v = value(a, "--ttl")) != NULL) {
		M.ttl = (int)strtol(v, NULL, 10);
	} else if ((v = value(a, "--expires")) != NULL) {
		M.expires = (int)strtol(v, NULL, 10);
	} else if ((v = value(a, "--status")) != NULL) {
		M.status = (int)strtol(v, NULL, 10);
	} else if ((v = value(a, "--token")) != NULL) {
		M.token = v;
	} else if ((v = value(a, "--log")) != NULL) {
		M.log = v;
	} else {
		fprintf(stderr, "mcpd: unknown: %s\n", a);
		exit(2);
	}
}

static void
noise(void)
{
	static char line[1024];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < 1024; i++)
		fwrite(line, 1, sizeof(line), stderr);
	fprintf(stderr, "the last words\n");
}

int
main(int argc, char **argv)
{
	jv msg;

	for (int i = 1; i < argc; i++)
		flag(argv[i]);
	signal(SIGPIPE, SIG_IGN);
	if (M.http)
		return serve_http();
	if (M.noisy)
		noise();
	if (M.forks && fork() == 0) {
		setsid();
		signal(SIGTERM, SIG_IGN);
		for (int i = 0; i < 600; i++)
			sleep(1);
		return 0;
	}
	send_take = to_stdout;
	jsonl_init(&lines, "stdin");
	while (msg = receive(), js_is_valid(msg)) {
		handle(msg);
		js_free(msg);
	}
	while (stays)
		pause();
	jsonl_free(&lines);
	return 0;
}
