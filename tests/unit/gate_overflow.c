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
		{ "the request exceeds the available context size. "
		    "try increasing the context size or enable context "
		    "shift", 0, 0 },
		{ "request (8300 tokens) exceeds the available "
		    "context size (8192 tokens)", 8192, 8300 },
		{ "context_length_exceeded: the request exceeds the "
		    "available context size; context shift is disabled", 0, 0 },
		{ "Requested tokens (5000) exceed context window of "
		    "4096", 4096, 5000 },
		{ "This model's maximum context length is 4096 "
		    "tokens. However, you requested 5000 tokens (4000 "
		    "in the messages, 1000 in the completion). Please "
		    "reduce the length of the messages or completion.", 4096, 5000 },
		{ "This model's maximum context length is 4096 "
		    "tokens. However, you requested 5000 tokens in the "
		    "messages, Please reduce the length of the "
		    "messages.", 4096, 5000 },
		{ "Input length (5000) exceeds model's maximum "
		    "context length (4096).", 4096, 5000 },
		{ "The input (5000 tokens) is longer than the model's "
		    "context length (4096 tokens).", 4096, 5000 },
		{ "Requested token count exceeds the model's maximum "
		    "context length of 4096 tokens. You requested a "
		    "total of 5000 tokens: 4000 tokens from the input "
		    "messages and 1000 tokens for the completion.", 4096, 5000 },
		{ "This model's maximum context length is 4096 "
		    "tokens. However, your messages resulted in 5000 "
		    "tokens.", 4096, 5000 },
		{ "Your input exceeds the context window of this "
		    "model", 0, 0 },
		{ "This endpoint's maximum context length is 4096 "
		    "tokens. However, you requested about 5000 tokens "
		    "(4000 of text input, 1000 in the output).", 4096, 5000 },
		{ "Input length 5000 exceeds the maximum allowed "
		    "input length of 4096 tokens", 4096, 5000 },
		{ "The number of tokens to keep from the initial "
		    "prompt is greater than the context length (n_keep: "
		    "5000>= n_ctx: 4096). Try to load the model with a "
		    "larger context length, or provide a shorter input", 4096, 5000 },
		{ "Cannot truncate prompt with n_keep (5000) >= n_ctx "
		    "(4096)", 4096, 5000 },
		{ "Trying to keep the first 5000 tokens when context "
		    "the overflows. However, the model is loaded with "
		    "context length of only 4096 tokens", 4096, 5000 },
		{ "Context size has been exceeded", 0, 0 },
		{ "the input length exceeds the context length", 0, 0 },
		{ "the prompt is longer than the context length "
		    "currently available to the model", 0, 0 },
		{ "`inputs` tokens + `max_new_tokens` must be <= "
		    "4096. Given: 4900 `inputs` tokens and 100 "
		    "`max_new_tokens`", 4096, 5000 },
		{ "`inputs` must have less than 4096 tokens. Given: "
		    "5000", 4096, 5000 },
		{ "The input token count (5000) exceeds the maximum "
		    "number of tokens allowed (4096)", 4096, 5000 },
		{ "prompt is too long: 5000 tokens > 4096 maximum", 4096, 5000 },
		{ "input length and `max_tokens` exceed context "
		    "limit: 4900 + 100 > 4096, decrease input length", 4096, 5000 },
		{ "Prompt contains 5000 tokens and 0 draft tokens, "
		    "too large for model with 4096 maximum context "
		    "length", 4096, 5000 },
		{ "This model's maximum prompt length is 4096 but the "
		    "request contains 5000 tokens", 4096, 5000 },
		{ "Please reduce the length of the messages or "
		    "completion", 0, 0 },
		{ "Your request exceeded model token limit: 4096 "
		    "(requested: 5000)", 4096, 5000 },
		{ "invalid params, context window exceeds limit", 0, 0 },
		{ "prompt token count of 5000 exceeds the limit of "
		    "4096", 4096, 5000 },
		{ "Range of input length should be [1, 4096]", 4096, 0 },
		{ "Prompt too long: 5000 tokens exceeds max_seq_len "
		    "4096", 4096, 5000 },
		{ "input (3001 tokens) is too large to process. "
		    "increase the physical batch size (current batch "
		    "size: 2048)", 2048, 3001 },
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
