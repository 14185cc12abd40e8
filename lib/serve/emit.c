/*
 * emit.c - an answer in the shapes of the API, streamed or whole.
 */
#include "serve/emit.h"

#include <string.h>

#include "base/clock.h"
#include "core/msg.h"

void
emit_init(struct emit *m, struct buf *out, enum emit_kind kind, bool stream,
    bool usage)
{
	*m = (struct emit){ .out = out, .kind = kind, .stream = stream,
	    .usage = usage, .created = clock_wall_ms() / 1000 };
	ids_prefixed(m->id, kind == EMIT_CHAT ? "chatcmpl-" : "cmpl-");
}

void
emit_free(struct emit *m)
{
	buf_free(&m->head);
}

void
emit_model(struct emit *m, const char *id, const char *model)
{
	struct buf *b = &m->head;
	const char *object = "text_completion";

	if (m->kind == EMIT_CHAT)
		object = m->stream ? "chat.completion.chunk" :
		    "chat.completion";
	buf_reset(b);
	buf_adds(b, "{\"id\":");
	if (id == NULL)
		id = m->id;
	js_quote(b, id, strlen(id));
	buf_addf(b, ",\"object\":\"%s\",\"created\":%lld,\"model\":", object,
	    (long long)m->created);
	js_quote(b, model, strlen(model));
}

static void
open_chunk(struct emit *m)
{
	buf_adds(m->out, "data: ");
	buf_add(m->out, m->head.data, m->head.len);
	buf_adds(m->out, ",\"choices\":[{\"index\":0,");
	if (m->kind == EMIT_CHAT)
		buf_adds(m->out, "\"delta\":{");
}

static void
close_chunk(struct emit *m, const char *finish)
{
	if (m->kind == EMIT_CHAT)
		buf_addc(m->out, '}');
	buf_adds(m->out, ",\"logprobs\":null,\"finish_reason\":");
	if (finish != NULL)
		buf_addf(m->out, "\"%s\"", finish);
	else
		buf_adds(m->out, "null");
	buf_adds(m->out, m->usage ? "}],\"usage\":null}\n\n" : "}]}\n\n");
}

static void
begin(struct emit *m)
{
	if (m->begun)
		return;
	m->begun = true;
	if (m->head.len == 0)
		emit_model(m, NULL, "");
	if (m->kind != EMIT_CHAT)
		return;
	open_chunk(m);
	buf_adds(m->out, "\"role\":\"assistant\",\"content\":\"\"");
	close_chunk(m, NULL);
}

static void
piece(struct emit *m, const char *key, const char *p, size_t n)
{
	begin(m);
	open_chunk(m);
	buf_addf(m->out, "\"%s\":", key);
	js_quote(m->out, p, n);
	close_chunk(m, NULL);
}

void
emit_text(struct emit *m, const char *p, size_t n)
{
	piece(m, m->kind == EMIT_CHAT ? "content" : "text", p, n);
}

void
emit_reasoning(struct emit *m, const char *p, size_t n)
{
	if (m->kind == EMIT_CHAT)
		piece(m, "reasoning_content", p, n);
}

void
emit_call(struct emit *m, size_t index, const char *id, const char *name)
{
	begin(m);
	open_chunk(m);
	buf_addf(m->out, "\"tool_calls\":[{\"index\":%zu,\"id\":", index);
	js_quote(m->out, id, strlen(id));
	buf_adds(m->out, ",\"type\":\"function\",\"function\":{\"name\":");
	js_quote(m->out, name, strlen(name));
	buf_adds(m->out, ",\"arguments\":\"\"}}]");
	close_chunk(m, NULL);
}

void
emit_args(struct emit *m, size_t index, const char *p, size_t n)
{
	open_chunk(m);
	buf_addf(m->out, "\"tool_calls\":[{\"index\":%zu,\"function\":"
	    "{\"arguments\":", index);
	js_quote(m->out, p, n);
	buf_adds(m->out, "}}]");
	close_chunk(m, NULL);
}

/* The counts, with the sum that clients expect. */
static void
add_usage(struct buf *b, jv usage)
{
	jv u = js_ref(usage);
	int64_t in = 0, out = 0;

	js_int(u, "prompt_tokens", 0, INT32_MAX, &in);
	js_int(u, "completion_tokens", 0, INT32_MAX, &out);
	if (!js_has(u, "total_tokens"))
		u = js_set_int(u, "total_tokens", in + out);
	js_dump(b, u);
	js_free(u);
}

void
emit_finish(struct emit *m, const char *finish, jv usage)
{
	begin(m);
	open_chunk(m);
	if (m->kind == EMIT_TEXT)
		buf_adds(m->out, "\"text\":\"\"");
	close_chunk(m, finish);
	if (m->usage && js_is_obj(usage)) {
		buf_adds(m->out, "data: ");
		buf_add(m->out, m->head.data, m->head.len);
		buf_adds(m->out, ",\"choices\":[],\"usage\":");
		add_usage(m->out, usage);
		buf_adds(m->out, "}\n\n");
	}
	buf_adds(m->out, "data: [DONE]\n\n");
}

void
emit_error(struct emit *m, const char *json, size_t n)
{
	buf_adds(m->out, "data: ");
	buf_add(m->out, json, n);
	buf_adds(m->out, "\n\n");
}

void
emit_whole(struct emit *m, jv msg, const char *finish, jv usage)
{
	struct buf text = BUF_INIT;

	if (m->head.len == 0)
		emit_model(m, NULL, "");
	buf_add(m->out, m->head.data, m->head.len);
	buf_adds(m->out, ",\"choices\":[{\"index\":0,");
	if (m->kind == EMIT_CHAT) {
		buf_adds(m->out, "\"message\":");
		js_dump(m->out, msg);
	} else {
		msg_content(&text, msg);
		buf_adds(m->out, "\"text\":");
		js_quote(m->out, buf_str(&text), text.len);
		buf_free(&text);
	}
	buf_addf(m->out, ",\"logprobs\":null,\"finish_reason\":\"%s\"}]",
	    finish);
	if (js_is_obj(usage)) {
		buf_adds(m->out, ",\"usage\":");
		add_usage(m->out, usage);
	}
	buf_adds(m->out, "}\n");
}
