/*
 * server.h - one MCP server, seen by its client: its opening, its tools, the
 * calls under way.
 *
 * The state machine only: it knows neither pipes nor HTTP (link.h), never
 * waits, and is told the time.  A server is opened when it is first needed.
 * First it is asked server/discover, which only one of the modern era knows;
 * any other answer, silence or death means the era before, and initialize.
 * Then its tools are listed, all pages, and the calls that waited are sent.
 */
#ifndef MCP_SERVER_H
#define MCP_SERVER_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"
#include "json/js.h"
#include "mcp/entry.h"

#define SERVER_SILENCE_MS	5000	/* then it does not know discover */
#define SERVER_HARD_MS		600000	/* of a call, with all progress */
#define SERVER_AGAIN_MS		10000	/* after a failure to open */

enum server_state {
	SERVER_OFF,		/* not needed yet, or ended */
	SERVER_OPENING,
	SERVER_READY,
	SERVER_FAILED,		/* fault says why; tried again later */
};

/* A call of a tool.  Its owner makes it, and frees it when it has ended. */
struct call {
	struct call	*next;		/* of those that wait */
	char		*tool;		/* as the server calls it */
	const char	*method;	/* another request, with args as params;
					 * tool names what it is about, or is
					 * NULL; NULL: tools/call */
	jv		 args;
	struct buf	 like;		/* a request with their numbers, for
					 * exact.h; or nothing */
	jv		 pinned;	/* what the model was told of the tool;
					 * invalid: whatever it is now */
	int64_t		 limit_ms;	/* 0: as the entry says */
	bool		 again;		/* it was sent a second time */
	/* Once.  result is borrowed, and invalid when e says why there is
	 * none. */
	void		(*on_end)(struct call *c, jv result,
			    const struct err *e);
	/* Params of a progress notification; may be NULL. */
	void		(*on_progress)(struct call *c, jv params);
	/* The server wants to know something of the user: params (borrowed)
	 * of elicitation/create, and a number for server_answer(), now or
	 * later.  NULL: nobody can be asked. */
	void		(*on_ask)(struct call *c, int64_t n, jv params);
	void		*arg;
	/* Of elicit.c. */
	jv		 state, answers;	/* to be sent with it */
	size_t		 questions;	/* that are open */
	int		 rounds;
};

/* What was asked and is not answered. */
enum asked { ASKED_DISCOVER, ASKED_INIT, ASKED_LIST, ASKED_CALL,
	ASKED_LISTEN };
struct request {
	struct request	*next;
	int64_t		 id;
	enum asked	 what;
	struct call	*call;
	int64_t		 deadline, hard;	/* both -1: never */
	jv		 msg;		/* as it was sent */
	void		*post;		/* of web.c */
	bool		 renewed;	/* ... it was sent with new headers */
};

struct server;

/* What carries the messages. */
struct link {
	int	(*open)(struct server *s, struct err *e);
	/* q is NULL for what is not answered. */
	void	(*send)(struct server *s, jv msg, struct request *q);
	/* The answer to q is not wanted any more. */
	void	(*forget)(struct server *s, struct request *q);
	/* End it at once, without server_lost(). */
	void	(*cut)(struct server *s);
	/* The last that it said on its standard error, to b. */
	void	(*said)(const struct server *s, struct buf *b);
};

struct server {
	const struct entry *entry;
	const char	*workspace;
	const struct link *link;
	void		*carrier;	/* of the link */
	enum server_state state;
	bool		 up;		/* the link is open */
	bool		 modern;
	bool		 was_legacy;	/* it was, when it was last seen */
	bool		 probed;	/* discover was sent in this opening */
	bool		 begged;	/* initialize was */
	char		 version[24];
	jv		 info;		/* serverInfo */
	jv		 tools;		/* tools.h, owned */
	struct vec	 notes;		/* of the tools */
	struct vec	 cursors;	/* of pages that were asked for */
	bool		 stale;		/* it said that its tools changed */
	bool		 toolless;	/* it says that it has no tools */
	bool		 tells;		/* it would say so, if it is asked */
	bool		 listens;	/* ... it was (newer era) */
	int64_t		 good_until;	/* of the list, -1 always */
	bool		 works;		/* it was told to stop a call */
	struct err	 fault;
	int64_t		 again_at;
	int64_t		 opened_at, opening_ms, ready_at;
	int64_t		 next_id;
	struct request	*requests;
	struct call	*waiting;
	bool		 keeps;		/* it stays open for many calls */
	bool		 elicits;	/* the user can be asked something */
	struct question	*questions;	/* of elicit.c */
	int64_t		 next_question;
	struct call	*asking;	/* calls that wait for an answer */
	/* It is ready, or has failed to open; may be NULL. */
	void		(*on_open)(struct server *s, void *arg);
	void		*arg;
};

void server_init(struct server *s, const struct entry *entry,
    const char *workspace, const struct link *link);
void server_free(struct server *s);
/* Open it if it is not. */
void server_open(struct server *s);
/* Make the call as soon as it is open. */
void server_call(struct server *s, struct call *c);
/* The call is not wanted any more: its on_end is called. */
void server_cancel(struct server *s, struct call *c);
/* What the user said to a question, and filled in: action is "accept",
 * "decline" or "cancel".  One that is over is passed over. */
void server_answer(struct server *s, int64_t n, const char *action,
    jv content);
/* For the owner of a call, when it has ended: its questions are over. */
void server_forget(struct server *s, struct call *c);
/* When server_tick() is wanted next, -1 for never. */
int64_t server_deadline(const struct server *s);
void server_tick(struct server *s);
/* True when its tools are known, be it that it ended right behind that. */
bool server_listed(const struct server *s);
/* True when it may be at work for us. */
bool server_busy(const struct server *s);

/* ---- for the link ---- */

/* Append msg as it is to be sent; q is what it asks, or NULL. */
void server_write(struct buf *b, jv msg, const struct request *q);
/* A message came (borrowed). */
void server_message(struct server *s, jv msg);
/* There will be no more messages. */
void server_lost(struct server *s, const struct err *why);
/* What was asked cannot be answered: status of HTTP (0: none) and why. */
void server_refused(struct server *s, struct request *q, int status,
    const struct err *why);
/* The server forgot the session: begin anew and ask q again. */
void server_renew(struct server *s, struct request *q);

#endif
