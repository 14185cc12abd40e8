/* What servers say when the context is too small, and the numbers in it. */
#include "base/err.h"
#include "gate/overflow.h"

#include "tap.h"

int
main(void)
{
	static const struct {
		const char *text;
		int64_t window, need;
	} yes[] = {
		{ "request (8300 tokens) exceeds the available context size "
		    "(8192 tokens), try increasing it", 8192, 8300 },
		{ "Requested tokens (5000) exceed context window of 4096",
		    4096, 5000 },
		{ "This model's maximum context length is 4096 tokens. "
		    "However, you requested 5000 tokens (4000 in the messages, "
		    "1000 in the completion).", 4096, 5000 },
		{ "The input (9000 tokens) is longer than the model's context "
		    "length (8192 tokens).", 8192, 9000 },
		{ "The number of tokens to keep from the initial prompt is "
		    "greater than the context length (n_keep: 5000>= n_ctx: "
		    "4096).", 4096, 5000 },
		{ "The input token count (9000) exceeds the maximum number of "
		    "tokens allowed (8192)", 8192, 9000 },
		{ "prompt is too long: 210000 tokens > 200000 maximum", 200000,
		    210000 },
		{ "Please reduce the length of the messages or completion", 0,
		    0 },
	};
	static const char *const no[] = {
		("Rate limit reached: too many requests, maximum context "
		    "length aside"), "invalid api key", "",
		"ThrottlingException: Too many tokens, please wait",
	};
	struct overflow o;

	for (size_t i = 0; i < BASE_NITEMS(yes); i++) {
		o.window = o.need = -1;
		ok(overflow_read(yes[i].text, &o), "%s", yes[i].text);
		is_int(o.window, yes[i].window, "the window");
		is_int(o.need, yes[i].need, "the need");
	}
	for (size_t i = 0; i < BASE_NITEMS(no); i++)
		ok(!overflow_read(no[i], &o), "no overflow: %s", no[i]);
	return done_testing();
}
