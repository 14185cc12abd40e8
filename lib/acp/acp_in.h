/*
 * acp_in.h - between the files of acp.h.
 */
#ifndef ACP_ACP_IN_H
#define ACP_ACP_IN_H

#include "acp/acp.h"
#include "acp/update.h"
#include "core/coproc.h"
#include "core/rpc.h"

#define ACP_VERSION	1
#define ACP_NOT_FOUND	(-32002)	/* resource not found */
#define ACP_AUTH	(-32000)	/* authentication required */

struct acp_session {
	char		*id;		/* NULL until agent-chat told it */
	char		*cwd;
	struct coproc	 chat;
	struct update_ctx update;
	/* Requests of the editor that wait for an answer; invalid: none. */
	jv		 opening;	/* session/new, load, resume */
	jv		 prompt;
	const char	*method;	/* of opening */
	bool		 cancelled;	/* the prompt is to end */
	bool		 closing;	/* forget it once it has ended */
	struct buf	 complaint;	/* the last error of the turn */
	bool		 auth;		/* ... is that a key is wanted */
	/* MCP servers that the editor named, servers.c. */
	jv		 servers;	/* [{name, entry, sum, title, say}] */
	char		*servers_file;	/* of those that may start, or NULL */
	size_t		 asked;		/* questions about them that are open */
	jv		 kept;		/* the prompt that waits for that */
};

/* A request of ours to the editor: may a call run? */
struct acp_ask {
	int64_t		 rpc;		/* its JSON-RPC id */
	struct acp_session *session;
	char		*id;		/* of permission.request, or NULL */
	size_t		 server;	/* then: which one may start */
};

struct acp {
	const struct acp_opts *o;
	struct buf	 out;		/* to the editor, from out_at on */
	size_t		 out_at;
	bool		 gone;		/* it reads no more */
	int		 error;		/* errno, where its end was not why */
	struct acp_session **v;
	size_t		 n;
	struct acp_ask	*asks;
	size_t		 nasks;
	int64_t		 next_rpc;
};

/* acp.c: queue a message (consumed) for the editor. */
void acp_send(struct acp *a, jv msg);
void acp_result(struct acp *a, jv id, jv result);
void acp_error(struct acp *a, jv id, int code, const char *text);
/* Tell the editor what an event (borrowed) means for it. */
void acp_update(struct acp *a, struct acp_session *s, jv ev, bool replay);

/* session.c: one conversation. */

/* Begin one in the folder cwd; resume: an id, or NULL.  The request id
 * (borrowed) is answered when agent-chat is ready. */
struct acp_session *acp_session_open(struct acp *a, const char *method, jv id,
    jv params, const char *resume);
struct acp_session *acp_session_find(struct acp *a, const char *id);
/* Do what can be done with what its agent-chat says.  False when it is over
 * and was freed. */
bool acp_session_work(struct acp *a, struct acp_session *s);
void acp_session_prompt(struct acp *a, struct acp_session *s, jv id, jv params);
void acp_session_cancel(struct acp *a, struct acp_session *s);
void acp_session_close(struct acp *a, struct acp_session *s);

/* All that it waited for is said: the prompt that was kept may go. */
void acp_session_go(struct acp *a, struct acp_session *s, bool restart);

/* servers.c: MCP servers that the editor names. */

/* Take them from the params of session/new, load or resume. */
void acp_servers_take(struct acp_session *s, jv params);
/* Write those that may start for agent-tool; -1 with e filled. */
int acp_servers_write(struct acp_session *s, struct err *e);
/* Ask about those of which nothing is known; false when there are none. */
bool acp_servers_ask(struct acp *a, struct acp_session *s);
/* What the user said of one. */
void acp_servers_answered(struct acp *a, struct acp_session *s, size_t which,
    const char *decision);
/* Remove the file, and forget the servers. */
void acp_servers_drop(struct acp_session *s);

/* history.c: sessions that are files. */

/* The sessions of a folder (NULL: of ours), as session/list has them. */
jv acp_history_list(const char *cwd, struct err *e);
/* The path of a session's file, owned; NULL with e filled. */
char *acp_history_path(const char *cwd, const char *id, struct err *e);
/* Tell the editor all that is in the file, but for turns that were taken
 * back. */
void acp_history_replay(struct acp *a, struct acp_session *s, const char *path);

/* ask.c: permissions. */

/* Ask the editor about a permission.request (borrowed). */
void acp_ask_editor(struct acp *a, struct acp_session *s, jv ev);
/* Ask whether a server may start; text is what is shown. */
void acp_ask_server(struct acp *a, struct acp_session *s, size_t which,
    const char *name, const char *text);
/* The editor's answer to a request of ours. */
void acp_ask_answered(struct acp *a, jv msg);
/* Its session is over, or the prompt was cancelled: nobody waits. */
void acp_ask_drop(struct acp *a, const struct acp_session *s);

#endif
