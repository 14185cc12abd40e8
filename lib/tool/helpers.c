/*
 * helpers.c - the table of tools that are programs of ours: in libexec, or
 * commands beside us.
 *
 * What a row says is also what  PROGRAM --schema  prints; a test compares
 * the two.  The programs keep to agent-tools(7).
 */
#include "tool/registry.h"

static const char *const pyexe_pass[] = { "AGENT_STATE", "XDG_STATE_HOME",
    "HOME", NULL };

static const char *const plan_pass[] = { "AGENT_STATE", "XDG_STATE_HOME",
    "HOME", "AGENT_TASK", "AGENT_WORKER", NULL };

static const char *const fetch_pass[] = { "AGENT_ALLOW_HOST",
    "AGENT_FETCH_PROXY", "SSL_CERT_FILE", NULL };

const struct tool helper_tools[] = {
	{
		.name = "data_view",
		.description = "Look into CSV, JSON, SQLite, Parquet.",
		.parameters = "{\"type\":\"object\",\"properties\":{\"path\":"
		    "{\"type\":\"string\"},\"operation\":{\"enum\":[\"head\","
		    "\"tail\",\"shape\",\"columns\",\"describe\",\"sample\","
		    "\"filter\"]},\"n_rows\":{\"type\":\"integer\"},\"where\":"
		    "{\"type\":\"string\"},\"table\":{\"type\":\"string\"}},"
		    "\"required\":[\"path\",\"operation\"],"
		    "\"additionalProperties\":false}",
		.group = GROUP_DATA_VIEW, .needs = TOOL_READS,
		.program = "agent-view", .walls = WALLS_READS,
		.timeout_s = 120,
	}, {
		.name = "fetch",
		.description = "Get a web page or API answer as text; body "
		    "makes it a POST.",
		.parameters = "{\"type\":\"object\",\"properties\":{\"url\":"
		    "{\"type\":\"string\"},\"body\":{\"type\":\"string\"},"
		    "\"raw\":{\"type\":\"boolean\",\"description\":\"keep "
		    "HTML\"}},\"required\":[\"url\"],"
		    "\"additionalProperties\":false}",
		.group = GROUP_FETCH, .needs = TOOL_WRITES,
		.program = "agent-fetch", .walls = WALLS_OWN, .timeout_s = 90,
		.pass = fetch_pass, .origin = "network", .beside = true,
	},
	{
		.name = "plan",
		.description = "Tasks. op: show add next done fail checkpoint "
		    "note patch init advance",
		.parameters = "{\"type\":\"object\",\"properties\":{\"op\":{"
		    "\"type\":\"string\"},\"text\":{\"type\":\"string\"},"
		    "\"task\":{\"type\":\"integer\"},\"check\":{\"type\":"
		    "\"string\"}},"
		    "\"additionalProperties\":false}",
		.group = GROUP_PLAN, .needs = TOOL_WRITES,
		.program = "agent-plan", .in_bin = true, .walls = WALLS_OWN,
		.timeout_s = 620, .pass = plan_pass,
	},
	{
		.name = "pyexe",
		.description = "Run Python. Variables stay between calls.",
		.parameters = "{\"type\":\"object\",\"properties\":{\"code\":"
		    "{\"type\":\"string\"},\"timeout\":{\"type\":\"integer\","
		    "\"minimum\":1,\"maximum\":600},\"reset\":{\"type\":"
		    "\"boolean\"}},\"required\":[\"code\"],"
		    "\"additionalProperties\":false}",
		.group = GROUP_PYEXE, .needs = TOOL_WRITES,
		.program = "agent-pyexe", .walls = WALLS_OWN, .timeout_s = 620,
		.pass = pyexe_pass, .wants = "python3",
	},
	{ .name = NULL }
};
