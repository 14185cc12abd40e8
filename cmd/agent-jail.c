/*
 * agent-jail: runs one command behind walls, in the manner of timeout(1).
 * Options become a struct jail; everything else is in lib/jail.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jail/jail.h"
#include "sys/owner.h"

#ifndef VERSION
#define VERSION "0.1.0"
#endif

static const char usage_text[] =
"usage: agent-jail [OPTION...] [--] COMMAND [ARGUMENT...]\n"
"       agent-jail --probe\n"
"Runs COMMAND behind every wall that the kernel gives.\n"
"\n"
"Options:\n"
"  -C DIR            start there, not in the first workspace\n"
"  -d MEGABYTES      what may be taken of the workspace's disk (2048)\n"
"  -e VAR=VALUE      give the command a variable\n"
"  -g FD             let a proxy, which waits there, be the network\n"
"  -h, --help        this text\n"
"  -i                pass standard input on (else it is empty)\n"
"  -m MEGABYTES      memory, of one process and of all (4096)\n"
"  -n                allow the network\n"
"  -p NAME           protect this name beneath the workspace\n"
"  -r DIR            it may be read\n"
"  -s FD             write one line of JSON, how it ended, there\n"
"  -t SECONDS        deadline (120; 0 for none)\n"
"  -w DIR            a workspace: it may be read and written\n"
"  --probe           say which walls would stand, and leave\n"
"  --profile NAME    workspace, read-only or full-read\n"
"  --require LIST    refuse unless these walls stand\n"
"  --unsafe          start with too few walls (for tests)\n"
"  --version         the version\n"
"  --walls LIST      these walls only, or -NAME,... all but these\n"
"Walls: userns mount pid net landlock seccomp rlimits\n";

static struct jail jail;

__attribute__((format(printf, 1, 2)))
static _Noreturn void
die(const char *fmt, ...)
{
	va_list ap;
	char buf[512];

	va_start(ap, fmt);
	vsnprintf(buf, sizeof buf, fmt, ap);
	va_end(ap);
	dprintf(2, "agent-jail: %s\n", buf);
	exit(JAIL_REFUSED);
}

static unsigned
number(const char *s, const char *what, unsigned long max)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(s, &end, 10);
	if (*s < '0' || *s > '9' || *end || errno || v > max)
		die("%s: not a number up to %lu: %.40s", what, max, s);
	return (unsigned)v;
}

/* "-a,-b" takes away from all; "a,b" is the whole list. */
static unsigned
walls(const char *list, unsigned all)
{
	unsigned set = *list == '-' ? all : 0;

	while (*list) {
		bool minus = *list == '-';
		size_t n;
		int i = 0;

		list += minus;
		n = strcspn(list, ",");
		while (wall_name[i] && (strlen(wall_name[i]) != n ||
		    strncmp(wall_name[i], list, n)))
			i++;
		if (!wall_name[i])
			die("no such wall: %.*s; userns, mount, pid, net, "
			    "landlock, seccomp or rlimits", (int)n, list);
		set = minus ? set & ~(1u << i) : set | 1u << i;
		list += n + (list[n] == ',');
	}
	return set;
}

static void
hold(struct dir *list, int *n, const char *path, bool file_ok)
{
	if (*n == JAIL_DIRS)
		die("more than %d directories", JAIL_DIRS);
	if (keep_dir(&list[*n], path, file_ok) < 0)
		die("%s: %s", path, strerror(errno));
	(*n)++;
}

static void
hold_work(const char *path)
{
	static const char *const never[] = { "/proc", "/sys" };
	const char *p;

	hold(jail.work, &jail.nwork, path, false);
	p = jail.work[jail.nwork - 1].path;
	for (size_t i = 0; i < 2; i++)
		if (!strncmp(p, never[i], strlen(never[i])) &&
		    (p[strlen(never[i])] == '/' || !p[strlen(never[i])]))
			die("%s cannot be a workspace", p);
	if (!strcmp(p, "/") || !strcmp(p, "/dev") || !strcmp(p, "/tmp"))
		die("%s cannot be a workspace; name a directory in it", p);
}

static void
protect(const char *rel)
{
	size_t n = strlen(rel);

	while (n > 1 && rel[n - 1] == '/')
		n--;
	if (jail.nprotect == JAIL_DIRS)
		die("more than %d protected names", JAIL_DIRS);
	if (n == 0 || *rel == '/' || !strcmp(rel, ".") ||
	    !strncmp(rel, "../", 3) || !strcmp(rel, "..") ||
	    !strncmp(rel, "./", 2) || strstr(rel, "/./") ||
	    strstr(rel, "/../") || strstr(rel, "//"))
		die("-p: not a plain name beneath the workspace: %.80s", rel);
	if (!(jail.protect[jail.nprotect++] = keep(rel, n)))
		die("-p: %s", strerror(errno));
}

static void
env_put(char *pair, bool copy)
{
	size_t n = strcspn(pair, "=") + 1;

	if (copy && !(pair = keep(pair, strlen(pair))))
		die("environment too large");
	for (int i = 0; i < jail.nenv; i++)
		if (!strncmp(jail.env[i], pair, n)) {
			jail.env[i] = pair;
			return;
		}
	if (jail.nenv + 4 > JAIL_ENV)
		die("more than %d variables", JAIL_ENV - 4);
	jail.env[jail.nenv++] = pair;
}

/* Takes what the command may see of our environment and wipes the rest. */
static void
take_environment(char *const *extra, int nextra)
{
	static const char *const pass[] = { "PATH", "LANG", "TERM", "TZ",
		"USER" };
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";

	env_put(path, false);
	for (char **e = environ; *e; e++) {
		size_t n = strcspn(*e, "=");
		bool take = !strncmp(*e, "LC_", 3);

		for (size_t i = 0; i < sizeof pass / sizeof pass[0]; i++)
			take |= strlen(pass[i]) == n &&
			    !strncmp(*e, pass[i], n);
		if (take && (*e)[n] == '=')
			env_put(*e, true);
	}
	for (int i = 0; i < nextra; i++)
		env_put(extra[i], false);
	for (char **e = environ; *e; e++)
		explicit_bzero(*e, strlen(*e));
	*environ = NULL;
}

/* With a network, names are looked up: resolv.conf may live elsewhere. */
static void
hold_resolver(void)
{
	char link[512], path[600];
	ssize_t n = readlink("/etc/resolv.conf", link, sizeof link - 1);

	if (n <= 0)
		return;
	link[n] = '\0';
	snprintf(path, sizeof path, "%s%s", *link == '/' ? "" : "/etc/", link);
	if (jail.nread < JAIL_DIRS && keep_dir(&jail.read[jail.nread], path,
	    true) == 0 && strncmp(jail.read[jail.nread].path, "/etc/", 5) &&
	    strncmp(jail.read[jail.nread].path, "/usr/", 5))
		jail.nread++;
}

/* Leaves only 0, 1, 2, and 3 and 4 for the two that are named. */
static int
close_rest(int status, int *gate)
{
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
			die("/dev/null: %s", strerror(errno));
	if (*gate >= 0 && (*gate = fcntl(*gate, F_DUPFD, 5)) < 0)
		die("-g: %s", strerror(errno));
	if (status >= 0 && status != 3 && dup2(status, 3) < 0)
		die("-s %d: %s", status, strerror(errno));
	if (status < 0)
		close(3);
	if (*gate >= 0 && dup2(*gate, 4) < 0)
		die("-g: %s", strerror(errno));
	jail_shut(*gate >= 0 ? 5 : 4, false);
	fcntl(3, F_SETFD, FD_CLOEXEC);
	fcntl(4, F_SETFD, FD_CLOEXEC);
	*gate = *gate >= 0 ? 4 : -1;
	return status >= 0 ? 3 : -1;
}

/* Where strict mode makes its private directory. */
static const char *
temporary(void)
{
	const char *dir = getenv("TMPDIR");

	if (!dir || *dir != '/' || strlen(dir) > 80 || access(dir, W_OK) < 0)
		return "/tmp";
	return keep(dir, strlen(dir));
}

/* What reads as empty, where there may be no /dev either. */
static int
open_nothing(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), ends[2];

	if (fd >= 0)
		return fd;
	if (pipe2(ends, O_CLOEXEC) < 0)
		die("pipe: %s", strerror(errno));
	close(ends[1]);
	return ends[0];
}

static int
by_length(const void *a, const void *b)
{
	size_t x = strlen(((const struct dir *)a)->path);
	size_t y = strlen(((const struct dir *)b)->path);

	return x < y ? -1 : x > y;
}

/* -r beneath a workspace is a protected name of it. */
static void
sort_reads(void)
{
	int n = 0;

	for (int i = 0; i < jail.nread; i++) {
		const char *r = jail.read[i].path;
		bool inside = false;

		for (int k = 0; k < jail.nwork; k++) {
			size_t len = strlen(jail.work[k].path);

			if (strncmp(r, jail.work[k].path, len))
				continue;
			if (r[len] == '/') {
				protect(r + len + 1);
				inside = true;
			} else if (!r[len]) {
				inside = true;
			}
		}
		if (!strcmp(r, "/"))
			die("-r /: use --profile full-read");
		if (!inside)
			jail.read[n++] = jail.read[i];
	}
	jail.nread = n;
	qsort(jail.read, (size_t)n, sizeof jail.read[0], by_length);
}

static int
finish(int status, const struct outcome *o, int ret)
{
	if (jail.probe) {
		if (report_probe(1, &jail, o) < 0)
			die("standard output: %s", strerror(errno));
		return ret < 0 ? JAIL_REFUSED : 0;
	}
	if (ret < 0) {
		report_refusal(status, &jail, o);
		die("cannot start: %s%s%s; agent-jail --probe shows the walls",
		    o->what, o->error ? ": " : "",
		    o->error ? strerror(o->error) : "");
	}
	if (o->what && o->error && (o->code == JAIL_NOT_FOUND ||
	    o->code == JAIL_CANNOT))
		dprintf(2, "agent-jail: %s: %s\n", jail.argv[0],
		    strerror(o->error));
	if (o->killed && !strcmp(o->killed, "timeout"))
		return JAIL_TIMEOUT;
	return o->code >= 0 ? o->code : 128 + o->signal;
}

static enum profile
profile(const char *name)
{
	if (!strcmp(name, "workspace"))
		return PROFILE_WORKSPACE;
	if (!strcmp(name, "read-only"))
		return PROFILE_READ_ONLY;
	if (!strcmp(name, "full-read"))
		return PROFILE_FULL_READ;
	die("no such profile: %.40s; workspace, read-only or full-read",
	    name);
}

enum { OPT_PROFILE = 256, OPT_WALLS, OPT_REQUIRE, OPT_PROBE, OPT_UNSAFE,
	OPT_HELP, OPT_VERSION };

struct choice {
	const char *work[JAIL_DIRS], *read[JAIL_DIRS], *dir;
	char *env[JAIL_ENV];
	int nwork, nread, nenv, status;
};

static void
push(const char **list, int *n, const char *value)
{
	if (*n == JAIL_DIRS)
		die("more than %d directories", JAIL_DIRS);
	list[(*n)++] = value;
}

static _Noreturn void
say(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		die("standard output: %s", strerror(errno));
	exit(0);
}

/* The word of the command line that getopt took last, without a value. */
static const char *
last_word(char *const *argv)
{
	const char *w = argv[optind - 1];

	return optarg && w == optarg ? argv[optind - 2] : w;
}

/* In place of getopt's words, which are about the path of the program. */
static _Noreturn void
wrong(int c, char *const *argv)
{
	const char *w = last_word(argv);

	if (c == ':' && optopt < OPT_PROFILE)
		die("option -%c needs an argument", optopt);
	if (c == ':')
		die("option %.40s needs an argument", w);
	if (optopt && optopt < OPT_PROFILE)
		die("unknown option -%c; see agent-jail --help", optopt);
	if (optopt)
		die("option %.40s takes no argument", w);
	die("unknown option %.40s; see agent-jail --help", w);
}

static void
option(int c, struct choice *o)
{
	switch (c) {
	case 'C': o->dir = optarg; break;
	case 'd':
		jail.disk_megabytes = number(optarg, "-d", 1 << 22);
		break;
	case 'e':
		if (o->nenv == JAIL_ENV || *optarg == '=' ||
		    !strchr(optarg, '='))
			die("-e: not VAR=VAL, or too many");
		o->env[o->nenv++] = optarg;
		break;
	case 'i': jail.keep_stdin = true; break;
	case 'm': jail.megabytes = number(optarg, "-m", 1 << 22); break;
	case 'n': jail.network = true; break;
	case 'p': protect(optarg); break;
	case 'r': push(o->read, &o->nread, optarg); break;
	case 's': o->status = (int)number(optarg, "-s", 1 << 20); break;
	case 't': jail.seconds = number(optarg, "-t", 1 << 20); break;
	case 'w': push(o->work, &o->nwork, optarg); break;
	case OPT_PROFILE: jail.profile = profile(optarg); break;
	case OPT_WALLS: jail.walls = walls(optarg, WALL_ALL); break;
	case OPT_REQUIRE: jail.require |= walls(optarg, 0); break;
	case OPT_UNSAFE: jail.unsafe = true; break;
	case OPT_PROBE: jail.probe = true; break;
	case OPT_VERSION: say("agent-jail " VERSION "\nMIT licence\n");
	case 'g':
		jail.gate_fd = (int)number(optarg, "-g", 1 << 20);
		break;
	case 'h': case OPT_HELP: say(usage_text);
	}
}

static void
defaults(void)
{
	jail.walls = WALL_ALL;
	jail.seconds = 120;
	jail.megabytes = 4096;
	jail.disk_megabytes = 2048;
	jail.uid = geteuid();
	jail.gid = getegid();
	jail.cwd.fd = jail.gate_fd = -1;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "help", 0, NULL, OPT_HELP },
		{ "probe", 0, NULL, OPT_PROBE },
		{ "profile", 1, NULL, OPT_PROFILE },
		{ "require", 1, NULL, OPT_REQUIRE },
		{ "unsafe", 0, NULL, OPT_UNSAFE },
		{ "version", 0, NULL, OPT_VERSION },
		{ "walls", 1, NULL, OPT_WALLS }, { NULL, 0, NULL, 0 } };
	static struct choice o = { .status = -1 };
	static struct outcome end;
	pid_t parent = getppid();
	int c, k = 0, ret;

	defaults();
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:C:d:e:g:him:np:r:s:t:w:", longs,
	    &k)) != -1) {
		if (c == '?' || c == ':' || (c >= OPT_PROFILE &&
		    strcspn(last_word(argv) + 2, "=") != strlen(longs[k].name)))
			wrong(c, argv);
		option(c, &o);
	}
	if (optind == argc && !jail.probe)
		die("no command; --help lists the options");
	jail.argv = argv + optind;
	jail.tmp = temporary();
	if (jail.gate_fd >= 0 && jail.network)
		die("-g or -n, not both");
	o.status = jail.status_fd = close_rest(o.status, &jail.gate_fd);
	jail.null_fd = open_nothing();
	jail.pidmax_fd = open("/proc/sys/kernel/pid_max", O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < o.nwork; i++)
		hold_work(o.work[i]);
	for (int i = 0; i < o.nread; i++)
		hold(jail.read, &jail.nread, o.read[i], true);
	if (jail.network)
		hold_resolver();
	if (jail.nwork) {
		jail.cwd = jail.work[0];
		owner_become(jail.cwd.fd);
		jail.uid = geteuid();
		jail.gid = getegid();
	}
	if (o.dir) {
		if (jail.nwork && *o.dir != '/' && fchdir(jail.work[0].fd) < 0)
			die("-C: %s", strerror(errno));
		if (keep_dir(&jail.cwd, o.dir, false) < 0)
			die("-C %s: %s", o.dir, strerror(errno));
	}
	qsort(jail.work, (size_t)jail.nwork, sizeof jail.work[0], by_length);
	sort_reads();
	if (guard_find(&jail) < 0)
		die("protected names: %s", strerror(errno));
	take_environment(o.env, o.nenv);
	if (getppid() != parent)
		return JAIL_REFUSED;
	ret = jail_run(&jail, &end);
	return finish(o.status, &end, ret);
}
