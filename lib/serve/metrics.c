/*
 * metrics.c - what is counted, in the text format of Prometheus.
 */
#include "serve/metrics.h"

#include <stdio.h>
#include <unistd.h>

void
metrics_count(struct metrics *m, const char *path, int status, int64_t ms,
    bool gone)
{
	size_t i = 0;

	m->requests++;
	m->ms += (uint64_t)ms;
	m->gone += gone;
	while (i < m->npairs && (m->pair[i].path != path ||
	    m->pair[i].status != status))
		i++;
	if (i == METRICS_PAIRS)
		return;
	if (i == m->npairs)
		m->pair[m->npairs++] = (struct metrics_pair){ path, status,
		    0 };
	m->pair[i].n++;
}

static void
family(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
one(struct buf *b, const char *name, const char *type, const char *help,
    uint64_t n)
{
	family(b, name, type, help);
	buf_addf(b, "%s %llu\n", name, (unsigned long long)n);
}

/* Bytes in memory, 0 when the system does not tell. */
static uint64_t
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long all = 0, here = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%llu %llu", &all, &here) != 2)
		here = 0;
	fclose(f);
	return here * (uint64_t)sysconf(_SC_PAGESIZE);
}

void
metrics_show(const struct metrics *m, struct buf *b)
{
	family(b, "agent_serve_requests_total", "counter",
	    "Requests answered.");
	for (size_t i = 0; i < m->npairs; i++)
		buf_addf(b, "agent_serve_requests_total{path=\"%s\","
		    "code=\"%d\"} %llu\n", m->pair[i].path,
		    m->pair[i].status, (unsigned long long)m->pair[i].n);
	family(b, "agent_serve_request_seconds", "summary",
	    "Time from the head of a request to the end of its answer.");
	buf_addf(b, "agent_serve_request_seconds_sum %.3f\n"
	    "agent_serve_request_seconds_count %llu\n",
	    (double)m->ms / 1000, (unsigned long long)m->requests);
	one(b, "agent_serve_requests_in_progress", "gauge",
	    "Requests being answered.", m->in_progress);
	one(b, "agent_serve_connections", "gauge", "Open connections.",
	    m->connections);
	one(b, "agent_serve_clients_gone_total", "counter",
	    "Requests whose client left before the end.", m->gone);
	one(b, "agent_serve_upstream_failures_total", "counter",
	    "Requests that the server behind did not answer.",
	    m->upstream_failures);
	one(b, "agent_serve_recovered_answers_total", "counter",
	    "Answers with calls that were recovered from text.",
	    m->recovered_answers);
	one(b, "agent_serve_recovered_calls_total", "counter",
	    "Calls recovered from text.", m->recovered_calls);
	if (m->engine) {
		one(b, "agent_serve_engine_up", "gauge",
		    "Whether the engine is ready.", m->engine_up);
		one(b, "agent_serve_engine_restarts_total", "counter",
		    "How often the engine was started again.",
		    m->engine_restarts);
	}
	one(b, "process_resident_memory_bytes", "gauge", "Memory in use.",
	    resident());
	family(b, "process_start_time_seconds", "gauge",
	    "When the server was started.");
	buf_addf(b, "process_start_time_seconds %.3f\n",
	    (double)m->start / 1000);
}
