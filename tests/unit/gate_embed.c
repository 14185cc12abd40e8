/* The vectors in answers of /embeddings, as servers write them. */
#include "base/buf.h"
#include "gate/embed.h"

#include <string.h>

#include "tap.h"

static void
tell(void *arg, size_t i, const char *json, size_t len)
{
	buf_addf(arg, "%zu:%.*s ", i, (int)len, json);
}

static int
try(const char *text, size_t want, size_t dims, struct buf *b, struct err *e)
{
	*e = (struct err)ERR_INIT;
	buf_reset(b);
	return embed_read(text, strlen(text), want, &dims, tell, b, e);
}

#define ONE(v)	"{\"object\":\"list\",\"data\":[" v "]}"

int
main(void)
{
	static const struct { const char *text; size_t want; const char *got; }
	    good[] = {
		{ ONE("{\"index\":0,\"embedding\":[1,-2.5e-3]}"), 1,
		    "0:[1,-2.5e-3] " },
		{ ONE("{\"embedding\":[1]},{\"embedding\":[ 2 ]}"), 2,
		    "0:[1] 1:[ 2 ] " },
		{ ONE("{\"index\":1,\"embedding\":[1]},{\"index\":0,"
		    "\"embedding\":[2]}"), 2, "1:[1] 0:[2] " },
		{ ONE(""), 0, "" },
	};
	static const struct { const char *text; size_t want, dims; const char
	    *why; } bad[] = {
		{ "{}", 1, 0, "no member data" },
		{ ONE(""), 1, 0, "0 embeddings came for 1" },
		{ ONE("{\"index\":0}"), 1, 0, "holds no embedding" },
		{ ONE("{\"embedding\":\"AAAA\"}"), 1, 0, "no array" },
		{ ONE("{\"embedding\":[]}"), 1, 0, "no array" },
		{ ONE("{\"embedding\":[[1,2],[3,4]]}"), 1, 0, "no array" },
		{ ONE("{\"embedding\":[null]}"), 1, 0, "no array" },
		{ ONE("{\"embedding\":[\"1\"]}"), 1, 0, "no array" },
		{ ONE("{\"embedding\":[1]}"), 1, 2, "had 2" },
		{ ONE("{\"embedding\":[1]},{\"embedding\":[1,2]}"), 2, 0,
		    "has 2 dimensions, those before had 1" },
		{ ONE("{\"index\":7,\"embedding\":[1]}"), 1, 0, "wrongly" },
		{ ONE("{\"index\":-1,\"embedding\":[1]}"), 1, 0, "wrongly" },
		{ ONE("{\"embedding\":[1]},{\"embedding\":[1]}"), 1, 0,
		    "wrongly" },
	};
	struct buf b = BUF_INIT;
	struct err e;

	for (size_t i = 0; i < BASE_NITEMS(good); i++) {
		int rc = try(good[i].text, good[i].want, 0, &b, &e);

		ok(rc == 0 && strcmp(buf_str(&b), good[i].got) == 0,
		    "%s gives %s (%s)", good[i].text, good[i].got, e.msg);
	}
	for (size_t i = 0; i < BASE_NITEMS(bad); i++) {
		int rc = try(bad[i].text, bad[i].want, bad[i].dims, &b, &e);

		ok(rc == -1 && e.kind == ERR_PROTOCOL &&
		    strstr(e.msg, bad[i].why) != NULL, "%s: %s (%s)",
		    bad[i].text, bad[i].why, e.msg);
	}
	buf_free(&b);
	return done_testing();
}
