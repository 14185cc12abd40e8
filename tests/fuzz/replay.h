/*
 * A main for fuzz targets that are not linked with libFuzzer, so that every
 * corpus is replayed by the ordinary test run.  The Makefile includes this file
 * in front of each target.
 *
 * With no arguments it replays tests/fuzz/corpus/NAME/, NAME being the name of
 * the program; otherwise the files named.  Each input is given whole, cut short
 * at up to 64 places, and with up to 64 single bytes damaged, always from a
 * buffer of exactly its size so that a sanitizer sees any step beyond it.
 * It speaks TAP: one test per file.  A crash is a missing test.
 */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
replay_one(const uint8_t *data, size_t n, long damage)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, data, n);
	if (damage >= 0)
		copy[damage] ^= (uint8_t)(1 + damage * 37 % 255);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static int
replay_file(const char *path)
{
	uint8_t *data = NULL;
	size_t n = 0, cap = 0, step;
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		return -1;
	do {
		if (n == cap) {
			cap = cap ? cap * 2 : 65536;
			data = realloc(data, cap);
			if (data == NULL)
				abort();
		}
		n += fread(data + n, 1, cap - n, f);
	} while (n == cap);
	fclose(f);
	replay_one(data, n, -1);
	step = n / 64 + 1;
	for (size_t i = 0; i < n; i += step) {
		replay_one(data, i, -1);
		replay_one(data, n, (long)i);
	}
	free(data);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	struct dirent **list = NULL;
	char dir[512], path[1024];
	int n, bad = 0;

	name = name ? name + 1 : argv[0];
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			bad |= replay_file(argv[i]) != 0;
		return bad;
	}
	snprintf(dir, sizeof(dir), "tests/fuzz/corpus/%s", name);
	n = scandir(dir, &list, NULL, alphasort);
	int count = 0;
	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", dir,
			    list[i]->d_name);
			int ok = replay_file(path) == 0;
			printf("%sok %d - %s\n", ok ? "" : "not ", ++count,
			    path);
			bad |= !ok;
		}
		free(list[i]);
	}
	free(list);
	if (count == 0) {
		/* An empty input at least: a target without a corpus. */
		replay_one(NULL, 0, -1);
		printf("ok %d - the empty input (no corpus)\n", ++count);
	}
	printf("1..%d\n", count);
	return bad;
}
