/*
 * chat_recall.c - the lines that were typed: several chats add to their file
 * while another one finds it too long and begins it again.
 */
#include "chat/recall.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define WRITERS		4
#define LINES		200	/* of each */
#define ROUNDS		5

static char root[] = "/tmp/t-recall.XXXXXX", file[64];

/* More old lines than are kept, long ones, so that the file takes its time. */
static void
grow(void)
{
	FILE *f = fopen(file, "w");

	for (int i = 0; f != NULL && i < 2 * RECALL_MAX + 10; i++)
		fprintf(f, "old %d%*c\n", i, 900, '.');
	if (f != NULL)
		fclose(f);
}

static void
writer(int fd, int who)
{
	char line[64], c;

	/* All at once, when the other end is closed. */
	if (read(fd, &c, 1) != 0)
		_exit(1);
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%d said\n%d", who, i);
		recall_add(line);
	}
	_exit(0);
}

/* How many of the new lines are there. */
static int
count(void)
{
	struct vec lines = VEC_INIT;
	char want[64];
	int n = 0;

	recall_load(&lines);
	for (int who = 0; who < WRITERS; who++)
		for (int i = 0; i < LINES; i++) {
			snprintf(want, sizeof(want), "%d said\n%d", who, i);
			n += vec_has(&lines, want);
		}
	vec_free(&lines);
	return n;
}

static void
round_of(int round)
{
	struct vec lines = VEC_INIT;
	int gate[2], status, bad = 0;
	struct stat st;
	off_t size;

	grow();
	size = stat(file, &st) == 0 ? st.st_size : -1;
	if (pipe(gate) == -1)
		exit(1);
	for (int who = 0; who < WRITERS; who++)
		switch (fork()) {
		case -1:
			exit(1);
		case 0:
			close(gate[1]);
			writer(gate[0], who);
		}
	close(gate[0]);
	close(gate[1]);
	/* The others are not there at once. */
	for (int i = 0; i < 1000000 && stat(file, &st) == 0 &&
	    st.st_size == size; i++)
		sched_yield();
	recall_load(&lines);
	vec_free(&lines);
	while (wait(&status) > 0)
		bad |= status;
	is_int(bad, 0, "the writers end well");
	ok(count() == WRITERS * LINES, "round %d: none of %d lines is lost "
	    "(%d are there)", round, WRITERS * LINES, count());
	ok(stat(file, &st) == 0 && st.st_size < size &&
	    (st.st_mode & 0777) == 0600, "and it was begun again");
}

int
main(void)
{
	if (mkdtemp(root) == NULL)
		return 1;
	setenv("AGENT_STATE", root, 1);
	snprintf(file, sizeof(file), "%s/history", root);
	umask(077);
	for (int i = 0; i < ROUNDS; i++)
		round_of(i);
	unlink(file);
	rmdir(root);
	return done_testing();
}
