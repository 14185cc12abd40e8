/*
 * metrics.h - what is counted, in the text format of Prometheus.
 */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "base/base.h"
#include "base/buf.h"

#define METRICS_PAIRS	256

struct metrics_pair {
	const char	*path;		/* static */
	int		 status;
	uint64_t	 n;
};

struct metrics {
	int64_t		 start;		/* wall clock, ms */
	struct metrics_pair pair[METRICS_PAIRS];
	size_t		 npairs;
	uint64_t	 requests, gone, ms;
	uint64_t	 upstream_failures;
	uint64_t	 recovered_calls, recovered_answers;
	uint64_t	 engine_restarts;
	bool		 engine, engine_up;
	size_t		 in_progress, connections;	/* set to show */
};

/* A request is over. */
void metrics_count(struct metrics *m, const char *path, int status,
    int64_t ms, bool gone);
/* Append the text. */
void metrics_show(const struct metrics *m, struct buf *b);

#endif
