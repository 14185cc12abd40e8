/*
 * agent-netgate.c - a proxy that leads to the allowed hosts and nowhere
 * else: the network of a sandboxed command.
 *
 * Options only; the work is in lib/netgate.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/admit.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "netgate/porter.h"
#include "sys/fd.h"
#include "sys/netwalls.h"
#include "sys/sig.h"

enum { KEY_ALLOW = 256, KEY_CONTROL };

static const struct opt table[] = {
	{ "allow-host", KEY_ALLOW, "HOST", "that may be reached: NAME, *.NAME, "
	    "with :PORT" },
	{ "listen", 'l', "ADDRESS:PORT", "where clients come "
	    "(127.0.0.1:3128)" },
	{ "control", KEY_CONTROL, "FD", "the listening socket comes there; "
	    "end with it" },
	{ "quiet", 'q', NULL, "do not tell what is refused" },
	OPT_COMMON
};

static const char examples[] =
"  agent-netgate --allow-host pypi.org,files.pythonhosted.org\n"
"  agent-netgate -l 127.0.0.1:8888 --allow-host '*.debian.org'\n"
"  https_proxy=http://127.0.0.1:3128 curl https://pypi.org/simple/";

static const char synopsis[] = "agent-netgate [options]";

static const char about[] =
"An HTTP proxy that leads to the allowed hosts and nowhere else.\n"
"agent-tool sandbox --allow-host starts it for a command.";

struct settings {
	struct admit	 allow;
	const char	*listen;
	int64_t		 control;
	bool		 quiet;
};

/* 1 when the program is done already. */
static int
option(void *settings, int key, const char *arg, struct err *e)
{
	struct settings *s = settings;
	switch (key) {
	case KEY_ALLOW: return admit_add(&s->allow, arg, e);
	case 'l': s->listen = arg; break;
	case 'q': s->quiet = true; break;
	case KEY_CONTROL:
		return num_int(arg, 3, 1 << 20, "--control", &s->control, e);
	}
	return 0;
}

static int
operand(void *settings BASE_UNUSED, char *word, struct err *e)
{
	return err_set(e, ERR_USAGE, "unknown operand '%.60s'; hosts are "
	    "named by --allow-host", word);
}

static const struct opt_program program = { "agent-netgate", synopsis, about,
    examples, "", table, option, operand };

static int
parse(struct settings *s, int argc, char **argv, struct err *e)
{
	int rc = opt_parse(&program, s, argc, argv, e);

	if (rc == 0 && s->allow.n == 0)
		return err_set(e, ERR_USAGE, "no host is allowed; name one "
		    "by --allow-host");
	return rc;
}

/* A listener at ADDRESS:PORT, which is loopback: it asks for no password. */
static int
listen_at(const char *where, struct err *e)
{
	const char *colon = strrchr(where, ':');
	struct sockaddr_storage sa;
	socklen_t n = 0;
	int64_t port = 0;
	char *host;
	int fd, on = 1;

	if (colon == NULL)
		return err_set(e, ERR_USAGE, "--listen: ADDRESS:PORT, not "
		    "'%.80s'", where);
	if (num_int(colon + 1, 0, 65535, "--listen", &port, e) == -1)
		return -1;
	host = xmemdup(where, (size_t)(colon - where));
	n = addr_parse(host, (int)port, &sa);
	free(host);
	if (n == 0 || addr_kind((struct sockaddr *)&sa, n) != ADDR_LOOPBACK)
		return err_set(e, ERR_USAGE, "--listen: a loopback address "
		    "such as 127.0.0.1 or [::1], not '%.80s'", where);
	fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return err_sys(e, "a socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sa, n) == -1 ||
	    listen(fd, 128) == -1) {
		err_sys(e, "listen at %.80s", where);
		fd_close(&fd);
	}
	return fd;
}

/* Which port it became. */
static void
tell_port(int fd)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof(sa);
	struct buf b = BUF_INIT;
	in_port_t port;

	if (getsockname(fd, (struct sockaddr *)&sa, &n) == -1)
		return;
	port = sa.ss_family == AF_INET ?
	    ((struct sockaddr_in *)&sa)->sin_port :
	    ((struct sockaddr_in6 *)&sa)->sin6_port;
	addr_show(&b, (struct sockaddr *)&sa);
	printf(sa.ss_family == AF_INET ? "%s:%d\n" : "[%s]:%d\n",
	    buf_str(&b), ntohs(port));
	fflush(stdout);
	buf_free(&b);
}

static int
run(const struct settings *s, struct err *e)
{
	struct netwalls w = { .forks = true, .memory = (uint64_t)512 << 20 };
	struct porter v = { .allow = &s->allow, .listener = -1,
	    .control = (int)s->control, .quiet = s->quiet };
	char stood[64];
	int rc = 1;

	if (v.control == -1 && (v.listener = listen_at(s->listen, e)) == -1)
		return -1;
	w.nports = admit_ports(&s->allow, w.ports, NETWALLS_PORTS);
	if (!netwalls_raise(&w, stood, sizeof(stood)))
		return err_set(e, ERR_DENIED, "this kernel offers neither "
		    "Landlock nor seccomp; see agent-tool doctor");
	if (v.control == -1)
		tell_port(v.listener);
	else if (write(v.control, "", 1) != 1)	/* ready */
		return err_sys(e, "the control socket");
	else
		rc = porter_receive(v.control, &v.listener, e);
	return rc == 1 ? porter_run(&v, e) : rc;
}

int
main(int argc, char **argv)
{
	struct settings s = { .listen = "127.0.0.1:3128", .control = -1 };
	struct err e = ERR_INIT;
	int rc;

	fd_sanitize();
	sig_sanitize();
	log_init("agent-netgate");
	sig_init();
	signal(SIGPIPE, SIG_IGN);
	rc = parse(&s, argc, argv, &e);
	if (rc == 0)
		run(&s, &e);
	admit_free(&s.allow);
	if (sig_caught() != 0 && e.kind == ERR_NONE)
		sig_reraise(sig_caught());
	if (rc == 1 && fflush(stdout) == EOF)
		err_sys(&e, "standard output");
	_exit(e.kind != ERR_NONE ? log_exit(&e) : 0);
}
