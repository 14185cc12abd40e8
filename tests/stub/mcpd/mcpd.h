/*
 * mcpd.h - an MCP server for tests that misbehaves as it is told.
 */
#ifndef MCPD_H
#define MCPD_H

#include <stdbool.h>

#include "json/js.h"

struct mcpd {
	const char	*version;	/* of initialize */
	bool		 modern, legacy;	/* eras it speaks */
	bool		 quiet;		/* no answer to server/discover */
	bool		 leaves;	/* ends at server/discover */
	bool		 mute;		/* never answers */
	bool		 chatty;	/* what is no message on stdout */
	bool		 noisy;		/* a megabyte of stderr */
	bool		 endless, loop;	/* pages without end, the same page */
	int		 pages;
	bool		 evil;		/* tools with bad names and schemas */
	bool		 other;		/* echo is described in another way */
	bool		 more;		/* there is a tool more */
	bool		 turns;		/* a call changes its tools */
	int		 ttl;		/* of the list, in ms; -1 none */
	bool		 stubborn;	/* once called, it stays whatever comes */
	bool		 forks;		/* leaves a process behind */
	bool		 can_ask;	/* the client said so in initialize */
	/* HTTP */
	bool		 http, json, sessions, cuts, needs_token;
	int		 expires;	/* a session lasts for so many calls */
	int		 status;	/* instead of any answer; 0 none */
	const char	*log;		/* requests are written there */
	const char	*token;		/* a file with the header that is due */
	bool		 sse, elsewhere, deaf;	/* the oldest transport */
};

extern struct mcpd M;

/* Send a message: over stdout, or as what the HTTP side makes of it. */
extern void (*send_take)(jv msg);
/* Answer one message; what it leads to goes to send_take. */
void handle(jv msg);
/* A tool was called; the answer goes to send_take. */
void call(jv id, jv params);
jv tools(const char *cursor, jv *next);
/* A message that the client owes us, for tools that ask; over stdio only. */
jv receive(void);
int serve_http(void);

#endif
