/* Words of any text, their stems and what is known of them. */
#include "mem/cue.h"
#include "mem/lexicon.h"
#include "mem/query.h"
#include "mem/stem.h"
#include "mem/text.h"
#include "tap.h"

#include "base/buf.h"

#include <stdlib.h>

static void
on_word(const struct text_word *w, void *arg)
{
	if (((struct buf *)arg)->len > 0)
		buf_addc(arg, ' ');
	if (w->kind == TEXT_WHOLE)
		buf_addc(arg, '=');
	buf_adds(arg, w->fold);
}

static void
words(const char *text, const char *want)
{
	struct buf b = BUF_INIT;

	text_words(text, strlen(text), on_word, &b);
	is_str(buf_str(&b), want, text);
	buf_free(&b);
}

/* Whatever the bytes are, words lie in the text and are valid. */
static void
on_any(const struct text_word *w, void *arg)
{
	size_t n = *(size_t *)arg;

	if (w->len == 0 || w->len > TEXT_WORD_MAX || w->at + w->n > n ||
	    w->n == 0 || strlen(w->fold) != w->len)
		abort();
}

static void
any_bytes(void)
{
	unsigned seed = 1;

	for (int round = 0; round < 2000; round++) {
		char text[64];
		size_t n = 0;

		for (; n < (size_t)(round % 64); n++) {
			seed = seed * 1103515245 + 12345;
			text[n] = (char)(seed >> 16);
		}
		text_words(text, n, on_any, &n);
	}
	ok(true, "2000 texts of any bytes");
}

static void
stems(void)
{
	/* Examples of the paper. */
	static const char *const pairs[][2] = {
		{ "caresses", "caress" }, { "ponies", "poni" },
		{ "ties", "ti" }, { "cats", "cat" }, { "feed", "feed" },
		{ "agreed", "agre" }, { "plastered", "plaster" },
		{ "bled", "bled" }, { "motoring", "motor" },
		{ "sing", "sing" }, { "conflated", "conflat" },
		{ "troubled", "troubl" }, { "sized", "size" },
		{ "hopping", "hop" }, { "tanned", "tan" },
		{ "falling", "fall" }, { "hissing", "hiss" },
		{ "fizzed", "fizz" }, { "failing", "fail" },
		{ "filing", "file" }, { "happy", "happi" }, { "sky", "sky" },
		{ "relational", "relat" }, { "conditional", "condit" },
		{ "rational", "ration" }, { "valenci", "valenc" },
		{ "digitizer", "digit" }, { "vietnamization", "vietnam" },
		{ "predication", "predic" }, { "operator", "oper" },
		{ "feudalism", "feudal" }, { "hopefulness", "hope" },
		{ "formaliti", "formal" }, { "sensibiliti", "sensibl" },
		{ "triplicate", "triplic" }, { "formative", "form" },
		{ "electrical", "electr" }, { "goodness", "good" },
		{ "revival", "reviv" }, { "allowance", "allow" },
		{ "adjustable", "adjust" }, { "replacement", "replac" },
		{ "adoption", "adopt" }, { "probate", "probat" },
		{ "rate", "rate" }, { "cease", "ceas" },
		{ "controll", "control" }, { "roll", "roll" },
		{ "a", "a" }, { "is", "is" }, { "x1s", "x1s" },
	};

	for (size_t i = 0; i < BASE_NITEMS(pairs); i++) {
		char w[32];

		strcpy(w, pairs[i][0]);
		w[stem_word(w, strlen(w))] = '\0';
		is_str(w, pairs[i][1], pairs[i][0]);
	}
}

static void
term(const char *word, const char *want)
{
	char out[TEXT_WORD_MAX + 1];

	lexicon_term_of(word, out);
	is_str(out, want, word);
}

static void
known(void)
{
	char like[8][TEXT_WORD_MAX + 1];
	bool found = false;
	size_t n;

	ok(lexicon_stop("the") && lexicon_stop("a") && lexicon_stop("youve") &&
	    lexicon_stop("hed"), "words that say nothing");
	ok(!lexicon_stop("tea") && !lexicon_stop("") && !lexicon_stop("zzz"),
	    "and words that do");
	ok(lexicon_asking("mentioned") && !lexicon_asking("tea"),
	    "words of asking");
	term("went", "go");
	term("bought", "bui");
	term("children", "child");
	term("three", "3");
	term("written", "write");
	term("ate", "eat");
	term("running", "run");
	n = lexicon_like("mom", like, 8);
	for (size_t i = 0; i < n; i++)
		found = found || strcmp(like[i], "mother") == 0;
	ok(found, "mom is like mother");
	is_int(lexicon_like("zebra", like, 8), 0, "nothing is like a zebra");
	is_int(lexicon_like("mom", like, 2), 2, "no more than asked for");
}

/* Whether the terms of what is like a word have another. */
static bool
kind_of(const char *w, const char *of)
{
	char out[24][TEXT_WORD_MAX + 1], a[TEXT_WORD_MAX + 1],
	    b[TEXT_WORD_MAX + 1];
	size_t n;

	lexicon_term_of(w, a);
	lexicon_term_of(of, b);
	n = lexicon_kinds(a, out, BASE_NITEMS(out));
	for (size_t i = 0; i < n; i++)
		if (strcmp(out[i], b) == 0)
			return true;
	return false;
}

static void
kinds(void)
{
	char out[3][TEXT_WORD_MAX + 1];

	ok(kind_of("instrument", "violins"), "a violin is an instrument");
	ok(kind_of("violin", "instruments"), "and the other way");
	ok(!kind_of("violin", "piano"), "but no piano");
	ok(kind_of("animals", "dog") && kind_of("dog", "animal") &&
	    kind_of("dog", "poodle"), "several steps of kinds");
	is_int(lexicon_kinds("instrument", out, 3), 3, "no more than asked");
	is_int(lexicon_kinds("z", out, 3), 0, "a letter is of no kind");
	is_int(lexicon_kinds("", out, 3), 0, "nor is nothing");
}

static void
cue(const char *question, const char *text, bool want)
{
	static const char known[][TEXT_WORD_MAX + 1] = { "ann", "bob" };
	struct query q;

	query_parse(&q, question, strlen(question), 0);
	ok((cue_told(q.asks, text, strlen(text), known, 2) != 0) == want,
	    "%s", question);
	query_free(&q);
}

static void
cues(void)
{
	cue("When was that?", "We went there last Friday.", true);
	cue("When was that?", "We went there.", false);
	cue("What day is it?", "On the 5th of May.", true);
	cue("How many are there?", "There are twelve.", true);
	cue("How many are there?", "There are enough.", false);
	cue("How much is it", "It is 5.50 now", true);
	cue("What port does it use?", "It listens on 8080.", true);
	cue("Who was it?", "No, Carl came along.", true);
	cue("Who was it?", "Nobody came.", false);
	cue("Who was it?", "Thank you, Ann! So kind.", false);
	cue("Who was it?", "See you on Monday.", false);
	cue("Who was it?", "My sister did.", true);
	cue("Where is it?", "It lies behind the house.", true);
	cue("Where is it?", "I like Oslo most.", true);
	cue("Where is it?", "I like it most.", false);
	cue("Why did they stop?", "Because they were tired.", true);
	cue("Why did they stop?", "They were tired.", false);
	cue("What is it called?", "We named her \"Bess\".", true);
	cue("Is it late?", "On Friday in Oslo, 12 of us.", false);
	cue("", "", false);
}

static bool
asks_for(const struct query *q, const char *t)
{
	for (size_t i = 0; i < q->nterms; i++)
		if (strcmp(q->terms[i].term, t) == 0)
			return true;
	return false;
}

static bool
dated(const struct query *q, const char *t)
{
	for (size_t i = 0; i < q->ndates; i++)
		if (strcmp(q->dates[i].term, t) == 0)
			return true;
	return false;
}

static void
questions(void)
{
	static struct query q;
	const char *s = "When did Caroline go to the \"support group\" in "
	    "May 2023?";

	query_parse(&q, s, strlen(s), 19700);
	ok(asks_for(&q, "carolin") && asks_for(&q, "group") &&
	    !asks_for(&q, "the"), "words of a question");
	ok(q.asks == CUE_TIME, "it asks when");
	ok(dated(&q, "y2023") && dated(&q, "o05"), "it names a month");
	is_int(q.nphrases, 1, "and a phrase");
	is_str(q.phrases[0], " support group ", "of two words");
	query_free(&q);
	query_parse(&q, "who are they", 12, 0);
	ok(q.stops && q.nterms == 3, "nothing but words that say nothing");
	query_free(&q);
	query_parse(&q, "where did I put my keys", 23, 0);
	ok(q.mine && !q.yours, "about the one who asks");
	query_free(&q);
	query_parse(&q, "conf*", 5, 0);
	ok(q.nterms == 1 && q.terms[0].prefix, "the beginning of a word");
	query_free(&q);
	query_parse(&q, "?!", 2, 0);
	ok(q.empty && q.nterms == 0, "no word at all");
	query_free(&q);
}

int
main(void)
{
	words("Hello, World!", "hello world");
	words("Caroline's dog doesn't bark", "caroline dog doesnt bark");
	words("getUserById", "get user by id =getuserbyid");
	words("HTTPServer", "http server =httpserver");
	words("foo_bar.c:12", "foo bar c 12 =foo_bar.c:12");
	words("10,000 and 3.5", "10000 and 3 5 =3.5");
	words("Zürich, naïve; Straße ÆØÅ", "zurich naive strasse aeoa");
	words("ПРИВЕТ Ёлка", "привет елка");
	words("Ωμέγας", "ωμεγασ");
	words("東京タワー", "東京 京タ タワ ワー");
	words("中", "中");
	words("a🦊b", "a 🦊 b");
	words("e\xcc\x81t\xc3\xa9", "ete");
	words("end.Next", "end next =end.next");
	words("\xff\xfe x", "x");
	words("", "");
	words("'quoted' it's", "quoted it");
	any_bytes();
	stems();
	known();
	kinds();
	cues();
	questions();
	return done_testing();
}
