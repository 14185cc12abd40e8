/* Children start, fail to start, are waited for and stopped exactly; files
 * are replaced whole; long output keeps its head and tail. */
#include "base/clock.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/pump.h"
#include "sys/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static int
run(struct proc *p, const char *script)
{
	static const char *argv[4];
	struct err e = ERR_INIT;

	argv[0] = "/bin/sh";
	argv[1] = "-c";
	argv[2] = script;
	proc_init(p, (char *const *)argv);
	p->how[0] = p->how[1] = PROC_PIPE;
	p->group = true;
	return proc_start(p, &e);
}

static void
processes(void)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	struct proc p;
	char *const none[] = { (char *)"/no/such/program", NULL };
	int64_t before;

	is_int(run(&p, "read x; echo \"got $x\"; exit 7"), 0, "a child");
	is_int(fd_write_all(p.fd[0], "word\n", 5), 0, "is written to");
	fd_close(&p.fd[0]);
	is_int(fd_slurp(p.fd[1], &out, 1000), 0, "and read");
	is_str(buf_str(&out), "got word\n", "whole");
	is_int(proc_exit_code(proc_wait(&p)), 7, "its status");
	is_int(proc_exit_code(proc_wait(&p)), 7, "asked again");
	proc_stop(&p, 10);

	proc_init(&p, none);
	is_int(proc_start(&p, &e), -1, "a missing program");
	ok(e.kind == ERR_CONFIG && strstr(e.msg, "/no/such/program") != NULL,
	    "is named at once");

	is_int(run(&p, "kill -9 $$"), 0, "a killed child");
	is_int(proc_exit_code(proc_wait(&p)), 137, "128 and its signal");
	proc_stop(&p, 10);

	is_int(run(&p, "trap '' TERM; while :; do sleep 1; done"), 0,
	    "a child that will not end");
	before = clock_ms();
	proc_stop(&p, 50);
	ok(!p.running && WIFSIGNALED(p.status), "is killed");
	ok(clock_ms() - before < 30000, "without waiting for it");
	is_int(proc_exit_code(0xff00), 128, "255 is relayed as 128");
	buf_free(&out);
}

static void
files(const char *dir)
{
	char *path = xasprintf("%s/f", dir), *fifo = xasprintf("%s/p", dir);
	char *deep = xasprintf("%s/a/b/c", dir), *in = xasprintf("%s/f/x", dir);
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct stat st;

	is_int(file_replace(path, "one", 3, 0640, &e), 0, "a new file");
	chmod(path, 0751);
	is_int(file_replace(path, "two!", 4, 0600, &e), 0, "replaced");
	ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0751, "mode kept");
	is_int(file_read(path, &b, 100, &e), 0, "read");
	is_str(buf_str(&b), "two!", "whole");
	is_int(file_read(path, &b, 3, &e), -1, "not over the cap");
	is_int(file_replace(in, "x", 1, 0600, &e), -1, "no folder");
	is_int(e.kind, ERR_CANTCREAT, "cannot be created");
	is_int(mkfifo(fifo, 0600), 0, "a FIFO");
	is_int(file_read(fifo, &b, 100, &e), -1, "is refused at once");
	has(e.msg, "not a regular file", "and named");
	is_int(file_mkdirs(deep, 0700, &e), 0, "folders with their parents");
	is_int(file_mkdirs(deep, 0700, &e), 0, "again");
	is_int(file_mkdirs(in, 0700, &e), -1, "not below a file");
	buf_free(&b);
	free(path);
	free(fifo);
	free(deep);
	free(in);
}

static int
spill_to(void *arg)
{
	return open(arg, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void
keeping(const char *dir)
{
	char *path = xasprintf("%s/spill", dir);
	struct buf all = BUF_INIT, out = BUF_INIT, spilled = BUF_INIT;
	struct err e = ERR_INIT;

	for (int i = 0; i < 5000; i++)
		buf_addf(&all, "%d\n", i);
	for (size_t piece = 1; piece < 40000; piece = piece * 3 + 1) {
		struct pump_keep k;

		pump_keep_init(&k, 100, 60);
		k.open_spill = spill_to;
		k.arg = path;
		for (size_t i = 0; i < all.len; i += piece)
			pump_keep_add(&k, all.data + i,
			    all.len - i < piece ? all.len - i : piece);
		buf_reset(&out);
		pump_keep_join(&k, &out);
		ok(pump_keep_cut(&k) && k.total == all.len, "cut");
		is_mem(out.data, 100, all.data, 100, "the head is kept");
		is_mem(out.data + out.len - 60, 60, all.data + all.len - 60,
		    60, "and the tail");
		has(buf_str(&out), "[... 23730 bytes left out ...]",
		    "and the gap is named");
		pump_keep_free(&k);
		buf_reset(&spilled);
		is_int(file_read(path, &spilled, 100000, &e), 0, "a spill");
		is_mem(spilled.data, spilled.len, all.data, all.len,
		    "with every byte");
	}
	{
		struct pump_keep k;

		pump_keep_init(&k, 10, 10);
		pump_keep_add(&k, "0123456789abcdefghij", 20);
		buf_reset(&out);
		pump_keep_join(&k, &out);
		is_str(buf_str(&out), "0123456789abcdefghij", "just fitting");
		pump_keep_free(&k);
	}
	buf_free(&all);
	buf_free(&out);
	buf_free(&spilled);
	free(path);
}

int
main(void)
{
	char dir[] = "/tmp/t-proc.XXXXXX", cmd[64];
	int n = 0;

	if (mkdtemp(dir) == NULL)
		return 1;
	processes();
	files(dir);
	keeping(dir);
	/* Who was started in the background ignores it. */
	signal(SIGINT, SIG_DFL);
	sig_init();
	raise(SIGINT);
	raise(SIGTERM);
	raise(SIGINT);
	is_int(sig_caught(), SIGTERM, "an end is not forgotten");
	sig_forget_int();
	is_int(sig_caught(), SIGTERM, "nor with what was for another program");
	raise(SIGINT);
	raise(SIGINT);
	is_int(sig_take(&n), SIGTERM, "until it is taken");
	is_int(n, 2, "interrupts are counted");
	is_int(sig_caught(), 0, "then nothing is left");
	raise(SIGINT);
	sig_forget_int();
	is_int(sig_caught(), 0, "what was for another program is forgotten");
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	is_int(system(cmd), 0, "cleaned up");
	return done_testing();
}
