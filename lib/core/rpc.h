/*
 * rpc.h - JSON-RPC 2.0 as the Model Context Protocol uses it.
 *
 * Pure: messages in, messages out.  The protocol has two eras.  In the older
 * one (legacy) a session begins with "initialize"; in the newer one (modern,
 * 2026-07-28) every request carries the version and the capabilities in its
 * _meta.  agent-mcp(1) is a client of both, agent-tool(1) a server of both.
 */
#ifndef CORE_RPC_H
#define CORE_RPC_H

#include "base/base.h"
#include "json/js.h"

#define RPC_MODERN	"2026-07-28"
#define RPC_LEGACY	"2025-11-25"	/* the newest of that era */

/* Members of _meta. */
#define RPC_META_VERSION	"io.modelcontextprotocol/protocolVersion"
#define RPC_META_CLIENT		"io.modelcontextprotocol/clientInfo"
#define RPC_META_ABILITIES	"io.modelcontextprotocol/clientCapabilities"
#define RPC_META_SERVER		"io.modelcontextprotocol/serverInfo"

enum rpc_code {
	RPC_PARSE = -32700,
	RPC_INVALID = -32600,
	RPC_NO_METHOD = -32601,
	RPC_PARAMS = -32602,
	RPC_INTERNAL = -32603,
	RPC_HEADERS = -32020,		/* headers and body differ */
	RPC_ABILITY = -32021,		/* the client lacks a capability */
	RPC_VERSION = -32022,		/* another version is wanted */
};

enum rpc_kind {
	RPC_NONE,		/* nothing of JSON-RPC */
	RPC_REQUEST,		/* method and id */
	RPC_NOTIFICATION,	/* method without id */
	RPC_RESULT,		/* id and result */
	RPC_ERROR,		/* error, with an id or without */
};

/* What a value is.  An id is a string or a whole number; what carries
 * another one is nothing. */
enum rpc_kind rpc_classify(jv msg);

/* Builders: they consume params, result and data, and borrow id. */
jv rpc_request(jv id, const char *method, jv params_take);
jv rpc_notification(const char *method, jv params_take);
jv rpc_result(jv id, jv result_take);
/* data may be invalid, for none; so may id, when it could not be read. */
jv rpc_error(jv id, enum rpc_code code, const char *text, jv data_take);

/* msg, which was read from the n bytes at p: numbers of its structuredContent
 * that a double would change are strings, as in exact.h. */
jv rpc_exact_take(jv msg, const char *p, size_t n);

/* True for a version of the legacy era that we speak. */
bool rpc_is_legacy(const char *version);
/* The versions of both eras, newest first, as an owned array. */
jv rpc_versions(void);
/* True for the code of an error that only a modern server gives. */
bool rpc_is_modern_code(int64_t code);

#endif
