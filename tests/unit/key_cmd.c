/* A key that a command prints: its first line, or why there is none. */
#include "gate/key_cmd.h"

#include "base/mem.h"
#include "sys/sig.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define LONG_MS	60000

static char *
run(const char *command, int64_t ms, struct err *e)
{
	char *line = NULL;

	*e = (struct err)ERR_INIT;
	return key_cmd_run(command, ms, &line, e) == 0 ? line : NULL;
}

int
main(void)
{
	static const struct { const char *command, *want; } good[] = {
		{ "echo k; echo user: me", "k" },
		{ "printf k", "k" },
		{ "printf 'k\\r\\n'", "k" },
		{ "true", "" },
		{ "echo k; exec >&-; sleep 0.1", "k" },
		{ "cat; echo k", "k" },
		{ "head -c 65536 /dev/zero | tr '\\0' k | head -c 3", "kkk" },
	};
	static const struct { const char *command; enum err_kind kind;
	    const char *why; } bad[] = {
		{ "echo k; exit 3", ERR_AUTH, "ended with status 3" },
		{ "kill -9 $$", ERR_AUTH, "killed by signal 9" },
		{ "no-such-program-here 2>&-", ERR_AUTH, "status 127" },
		{ "head -c 65537 /dev/zero", ERR_CONFIG, "more than 64 KiB" },
		{ "printf 's\\000k\\000'", ERR_CONFIG, "NUL" },
		{ "yes", ERR_CONFIG, "more than 64 KiB" },
	};
	struct err e;
	char *line;

	sig_init();
	for (size_t i = 0; i < BASE_NITEMS(good); i++) {
		line = run(good[i].command, LONG_MS, &e);
		ok(line != NULL && strcmp(line, good[i].want) == 0, "%s: %s",
		    good[i].command, line != NULL ? line : e.msg);
		free(line);
	}
	for (size_t i = 0; i < BASE_NITEMS(bad); i++) {
		line = run(bad[i].command, LONG_MS, &e);
		ok(line == NULL && e.kind == bad[i].kind &&
		    strstr(e.msg, bad[i].why) != NULL, "%s: %s",
		    bad[i].command, e.msg);
	}
	line = run("sleep 300", 50, &e);
	ok(line == NULL && e.kind == ERR_TIMEOUT && strstr(e.msg, "did not "
	    "end within 1 s") != NULL, "it has a time: %s", e.msg);
	line = run("sleep 300 | cat", 50, &e);
	ok(line == NULL && e.kind == ERR_TIMEOUT, "a pipeline, too");
	line = run("sleep 300 & echo $!", LONG_MS, &e);
	ok(line != NULL && kill((pid_t)atoi(line), SIGKILL) == 0, "whoever "
	    "it leaves behind is not waited for, nor ended");
	free(line);
	kill(getpid(), SIGTERM);
	line = run("sleep 300", LONG_MS, &e);
	ok(line == NULL && e.kind == ERR_CANCELLED, "a signal ends it: %s",
	    e.msg);
	return done_testing();
}
