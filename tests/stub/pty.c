/*
 * pty.c - run a command on a terminal of its own and play a user.
 *
 *	pty [-o FILE] [-t SECONDS] SCRIPT COMMAND [ARGUMENT]...
 *
 * SCRIPT is a string of lines, done in order:
 *	expect TEXT	wait until the terminal shows TEXT (after the last match)
 *	send TEXT	type it; \r \n \t \\ \cX (control) \xNN are understood
 *	sleep MS	wait
 *	signal NAME	send TERM, HUP, INT or KILL to the command
 *	close		close the terminal, as when its window goes
 *
 * What the terminal shows goes to stdout.  With -o, the command's stdout is
 * FILE instead of the terminal.  The status is that of the command, 128+n
 * for a signal; 97 when an expect was not met in time (10 s, or -t).
 */
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHOWN_MAX	(1 << 20)

static int master = -1;
static char shown[SHOWN_MAX + 1];
static size_t len, matched;

static long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "pty: %s: %s\n", what, strerror(errno));
	exit(98);
}

/* Take what the terminal shows, for at most ms; 0 at its end. */
static int
take(int ms)
{
	struct pollfd fd = { .fd = master, .events = POLLIN };
	ssize_t n;

	if (master == -1) {
		poll(NULL, 0, ms);
		return 0;
	}
	if (poll(&fd, 1, ms) <= 0)
		return 1;
	n = read(master, shown + len, SHOWN_MAX - len);
	if (n <= 0)
		return 0;
	if (write(STDOUT_FILENO, shown + len, (size_t)n) == -1)
		return 0;
	len += (size_t)n;
	shown[len] = '\0';
	return 1;
}

static int
expect(const char *text, long ms)
{
	long end = now() + ms;

	for (;;) {
		char *at = memmem(shown + matched, len - matched, text,
		    strlen(text));
		long left = end - now();

		if (at != NULL) {
			matched = (size_t)(at - shown) + strlen(text);
			return 1;
		}
		if (left <= 0)
			return 0;
		if (!take((int)left)) {
			at = memmem(shown + matched, len - matched, text,
			    strlen(text));
			return at != NULL;
		}
	}
}

static void
send_text(const char *s)
{
	char b[4096];
	size_t n = 0;

	for (; *s != '\0' && n < sizeof(b); s++) {
		if (*s != '\\' || s[1] == '\0') {
			b[n++] = *s;
			continue;
		}
		switch (*++s) {
		case 'r': b[n++] = '\r'; break;
		case 'n': b[n++] = '\n'; break;
		case 't': b[n++] = '\t'; break;
		case 'c': b[n++] = (char)(*++s & 0x1f); break;
		case 'x': b[n++] = (char)strtol((char[]){ s[1], s[2], 0 },
		    NULL, 16); s += 2; break;
		default: b[n++] = *s;
		}
	}
	if (write(master, b, n) == -1)
		die("type");
}

static void
pause_ms(long ms)
{
	for (long end = now() + ms, left; (left = end - now()) > 0; )
		if (!take((int)left))
			poll(NULL, 0, (int)left);
}

static pid_t
start(const char *out_file, char **argv)
{
	struct winsize ws = { .ws_row = 24, .ws_col = 80 };
	const char *name;
	pid_t pid;

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1 ||
	    (name = ptsname(master)) == NULL)
		die("terminal");
	ioctl(master, TIOCSWINSZ, &ws);
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0) {
		int fd;

		setsid();
		fd = open(name, O_RDWR);
		if (fd == -1)
			_exit(98);
		ioctl(fd, TIOCSCTTY, 0);
		dup2(fd, 0);
		dup2(fd, 1);
		dup2(fd, 2);
		if (out_file != NULL) {
			int out = open(out_file, O_WRONLY | O_CREAT | O_TRUNC,
			    0644);

			dup2(out, 1);
		}
		setenv("TERM", "xterm", 1);
		/* As for who logs in, though we may run behind nohup(1). */
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static int
signal_of(const char *name)
{
	return strcmp(name, "TERM") == 0 ? SIGTERM :
	    strcmp(name, "HUP") == 0 ? SIGHUP :
	    strcmp(name, "INT") == 0 ? SIGINT : SIGKILL;
}

static int
play(char *script, pid_t pid, long ms)
{
	char *save = NULL;

	for (char *line = strtok_r(script, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		char *word, *arg;

		line += strspn(line, " \t");
		word = line;
		arg = strchr(line, ' ');
		if (arg != NULL)
			*arg++ = '\0';
		else
			arg = line + strlen(line);
		if (strcmp(word, "expect") == 0) {
			if (!expect(arg, ms)) {
				fprintf(stderr, "pty: did not see: %s\n", arg);
				return 0;
			}
		} else if (strcmp(word, "send") == 0) {
			send_text(arg);
		} else if (strcmp(word, "sleep") == 0) {
			pause_ms(atol(arg));
		} else if (strcmp(word, "signal") == 0) {
			kill(pid, signal_of(arg));
		} else if (strcmp(word, "close") == 0) {
			close(master);
			master = -1;
		} else if (*word != '\0') {
			fprintf(stderr, "pty: what is %s?\n", word);
			return 0;
		}
	}
	return 1;
}

int
main(int argc, char **argv)
{
	const char *out_file = NULL;
	long ms = 10000, end;
	int c, status, met;
	pid_t pid;

	while ((c = getopt(argc, argv, "+o:t:")) != -1) {
		if (c == 'o')
			out_file = optarg;
		else if (c == 't')
			ms = atol(optarg) * 1000;
		else
			return 98;
	}
	if (argc - optind < 2) {
		fprintf(stderr, "usage: pty [-o FILE] [-t SECONDS] SCRIPT "
		    "COMMAND...\n");
		return 98;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pid = start(out_file, argv + optind + 1);
	met = play(argv[optind], pid, ms);
	if (!met)
		kill(pid, SIGKILL);
	for (end = now() + ms; now() < end; ) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid) {
			while (master != -1 && take(0) && len < SHOWN_MAX) {
				struct pollfd fd = { master, POLLIN, 0 };

				if (poll(&fd, 1, 0) <= 0)
					break;
			}
			if (!met)
				return 97;
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
			    WEXITSTATUS(status);
		}
		if (!take(20))
			poll(NULL, 0, 20);
	}
	kill(pid, SIGKILL);
	fprintf(stderr, "pty: the command did not end\n");
	return 97;
}
