/*
 * view.c - files as tables: fields and records, what values are, conditions,
 * columns.
 */
#include "base/mem.h"
#include "view/ask.h"
#include "view/csv.h"
#include "view/csv_guess.h"
#include "view/datum.h"
#include "view/show.h"
#include "view/stats.h"
#include "view/where.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Records as text: fields between <>, a line each. */
static const struct {
	const char *in, *out;
	char eol;
} texts[] = {
	{ "a,b\n1,2\n", "<a><b>\n<1><2>\n", '\n' },
	{ "a,b\r\n1,2", "<a><b>\n<1><2>\n", '\n' },
	{ "\"a,b\",\"c\nd\"\n", "<a,b><c\nd>\n", '\n' },
	{ "\"say \"\"hi\"\"\",x\n", "<say \"hi\"><x>\n", '\n' },
	{ "a,,\n", "<a><><>\n", '\n' },
	{ ",\n", "<><>\n", '\n' },
	{ "\n\n\r\na\n\n", "<a>\n", '\n' },
	{ "\"\"\n", "<>\n", '\n' },
	{ "5\" disk,b\"c\"\n", "<5\" disk><b\"c\">\n", '\n' },
	{ "\"a\"b,\"c\" d\n", "<ab><c d>\n", '\n' },
	{ "\"open,\nx", "<open,\nx>\n", '\n' },
	{ "a\rb,c\r\n", "<a\rb><c>\n", '\n' },
	{ "a,b\rc,\"d\re\"\r", "<a><b>\n<c><d\re>\n", '\r' },
	{ "\"a\"\r\n\"b\"\r\n", "<a>\n<b>\n", '\n' },
	{ "\ra\n", "<\ra>\n", '\n' },
	{ "", "", '\n' },
};

static void
read_csv(struct buf *out, const char *p, size_t n, size_t piece, char eol)
{
	struct csv c;
	bool whole, more = true;
	size_t at = 0;

	csv_init(&c, ',', eol);
	while (more) {
		csv_next(&c);
		whole = false;
		while (!whole && at < n)
			at += csv_feed(&c, p + at, n - at < piece ? n - at :
			    piece, &whole);
		more = whole || csv_end(&c);
		for (size_t i = 0; more && i < c.n; i++)
			buf_addf(out, "<%.*s>%s", (int)c.v[i].n,
			    csv_at(&c, i), i + 1 == c.n ? "\n" : "");
	}
	csv_free(&c);
}

static void
csv(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t n = strlen(texts[i].in), lines = 0;
		struct csv_count c;

		for (size_t piece = 1; piece <= n + 1; piece++) {
			struct buf b = BUF_INIT;

			read_csv(&b, texts[i].in, n, piece, texts[i].eol);
			if (piece == 1 || piece == n + 1 ||
			    strcmp(buf_str(&b), texts[i].out) != 0)
				is_str(buf_str(&b), texts[i].out,
				    "fields and records");
			buf_free(&b);
		}
		for (const char *p = texts[i].out; *p != '\0'; p++)
			lines += *p == '\n' && p[-1] == '>';
		csv_count_init(&c, ',', texts[i].eol);
		csv_count_feed(&c, texts[i].in, n);
		csv_count_end(&c);
		is_int((long long)c.records, (long long)lines,
		    "as many are counted");
	}
}

/* The block-wise counter against the reader, on text that puts quotes,
 * line ends and blank lines at every place of a block. */
static void
blocks(void)
{
	static const char *const words[] = { "\"", "\"\"", ",", "\n", "\r\n",
	    "x", "yy y", "\n\n", "\r", "\",\"", "longer text here" };
	uint64_t state = 1;
	int bad = 0;

	for (int round = 0; round < 2000; round++) {
		struct buf b = BUF_INIT;
		struct csv_count c;
		struct csv r;
		uint64_t records = 0, fields = 0;
		bool more = true, whole;
		size_t at = 0;

		for (int i = 0; i < 60; i++)
			buf_adds(&b, words[stats_random(&state,
			    sizeof(words) / sizeof(words[0]))]);
		csv_count_init(&c, ',', '\n');
		csv_count_feed(&c, b.data, b.len);
		csv_count_end(&c);
		csv_init(&r, ',', '\n');
		while (more) {
			csv_next(&r);
			at += csv_feed(&r, b.data + at, b.len - at, &whole);
			more = whole || csv_end(&r);
			records += more;
			fields += more ? r.fields : 0;
		}
		bad += records != c.records || fields != c.fields;
		csv_free(&r);
		buf_free(&b);
	}
	is_int(bad, 0, "counted in blocks as read one by one");
}

static void
limits(void)
{
	struct buf b = BUF_INIT;
	struct csv c;
	bool whole;

	for (int i = 0; i < 300000; i++)
		buf_addc(&b, 'x');
	for (int i = 0; i < 20000; i++)
		buf_addc(&b, ',');
	buf_addc(&b, '\n');
	csv_init(&c, ',', '\n');
	csv_feed(&c, b.data, b.len, &whole);
	ok(whole, "a record without measure");
	is_int((long long)c.v[0].n, (long long)CSV_FIELD_MAX, "is cut");
	is_int((long long)c.v[0].total, 300000, "and measured");
	is_int((long long)c.n, (long long)CSV_FIELDS_MAX, "in its fields");
	is_int((long long)c.fields, 20001, "which are counted");
	csv_free(&c);
	buf_free(&b);
}

static const struct { const char *text; enum view_kind kind; } kinds[] = {
	{ "", KIND_NULL }, { " ", KIND_NULL }, { "NA", KIND_NULL },
	{ "NaN", KIND_NULL }, { "None", KIND_NULL }, { "0", KIND_INTEGER },
	{ "-12", KIND_INTEGER }, { " 7 ", KIND_INTEGER },
	{ "007", KIND_TEXT }, { "0.5", KIND_NUMBER }, { ".5", KIND_NUMBER },
	{ "1e9", KIND_NUMBER }, { "1e", KIND_TEXT }, { "1.2.3", KIND_TEXT },
	{ "-", KIND_TEXT }, { "1,5", KIND_TEXT }, { "True", KIND_BOOLEAN },
	{ "yes", KIND_TEXT }, { "2024-01-05", KIND_DATE },
	{ "2024/01/05", KIND_DATE }, { "2024-91-05", KIND_TEXT },
	{ "2024-01-05T10:00:00Z", KIND_DATETIME },
	{ "2024-01-05 10:00", KIND_DATETIME },
	{ "2024-01-05 10:00:00.25+01:00", KIND_DATETIME },
	{ "2024-01-05x", KIND_TEXT }, { "Ulm", KIND_TEXT },
};

static const struct { const char *cond; int fits; } conds[] = {
	/* a = 12, b c = Köln, n = null, d = 2024-01-05, t = true */
	{ "a = 12", 1 }, { "a == 12.0", 1 }, { "a != 12", 0 },
	{ "a > 9", 1 }, { "a >= 12 and a <= 12", 1 }, { "a<-5", 0 },
	{ "A = 12", 1 }, { "'b c' = 'Köln'", 1 }, { "\"b c\" = Köln", 1 },
	{ "`b c` contains öL", 1 }, { "`b c` like 'K%n'", 1 },
	{ "`b c` like 'k_ln'", 1 }, { "`b c` like 'k_n'", 0 },
	{ "`b c` ~ '^K'", 1 }, { "`b c` matches 'ü'", 0 },
	{ "n is null", 1 }, { "n is not null", 0 }, { "n = 1", 0 },
	{ "n != 1", 0 }, { "not n = 1", 1 }, { "d > 2023-12-31", 1 },
	{ "d between 2024-01-01 and 2024-01-31", 1 }, { "t = TRUE", 1 },
	{ "a in (1, 12)", 1 }, { "a not in [1, 2]", 1 },
	{ "a = 1 or a = 12 and t = true", 1 },
	{ "(a = 1 or a = 12) and t = false", 0 }, { "a = 1 || ! a = 2", 1 },
	{ "a = 'twelve'", 0 }, { "a < 'twelve'", 0 }, { "a != 'twelve'", 1 },
	{ "a =", -1 }, { "a = 12 b", -1 }, { "= 12", -1 }, { "", -1 },
	{ "a = 'x", -1 }, { "(a = 1", -1 }, { "a is 3", -1 },
	{ "a ~ '('", -1 }, { "zip = 1", -2 },
};

static void
where(void)
{
	static const char *const names[] = { "a", "b c", "n", "d", "t" };
	static const char *const cells[] = { "12", "Köln", "", "2024-01-05",
	    "true" };
	struct view_row r = { .bytes = NULL };
	struct vec v = VEC_INIT;
	struct buf bytes = BUF_INIT;

	for (size_t i = 0; i < 5; i++) {
		struct view_cell *c = view_row_add(&r);

		vec_push(&v, names[i]);
		c->at = bytes.len;
		c->n = c->total = strlen(cells[i]);
		buf_adds(&bytes, cells[i]);
	}
	r.bytes = bytes.data;
	for (size_t i = 0; i < sizeof(conds) / sizeof(conds[0]); i++) {
		struct buf why = BUF_INIT;
		struct where *w = where_parse(conds[i].cond, &why);
		int got = -1;

		if (w != NULL)
			got = where_bind(w, &v, &why) ? where_match(w, &r) :
			    -2;
		is_int(got, conds[i].fits, conds[i].cond);
		if (got < 0 && why.len == 0)
			ok(false, "and says why");
		where_free(w);
		buf_free(&why);
	}
	view_row_free(&r);
	vec_free(&v);
	buf_free(&bytes);
}

static const struct {
	const char *text;
	char delim;
	bool header;
} guesses[] = {
	{ "a,b\n1,2\n", ',', true },
	{ "a;b\n1,5;2\n3,5;4\n", ';', true },
	{ "a\tb,c\n1\t2\n", '\t', true },
	{ "x|y|z\n1|2|3\n", '|', true },
	{ "1,2\n3,4\n", ',', false },
	{ "name\nx\ny\n", ',', true },
	{ "a,b\n\"1;2;3\",\"4;5;6\"\n", ',', true },
};

static void
guess(void)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
		struct csv_guess g;

		csv_guess(&g, guesses[i].text, strlen(guesses[i].text), true,
		    false);
		is_int(g.delim, guesses[i].delim, "the delimiter");
		is_int(g.header, guesses[i].header, "the header");
	}
	show_cell(&b, "caf\xe9 \x80", 6, 6, 100);
	is_str(buf_str(&b), "caf\xc3\xa9 \xe2\x82\xac", "Windows-1252");
	buf_reset(&b);
	show_cell(&b, "a,\"b\"\n\x1b[0m", 10, 500, 100);
	is_str(buf_str(&b), "\"a,\"\"b\"\"\\x0a\\x1b[0m[+490 bytes]\"",
	    "a cell is safe to show");
	buf_free(&b);
}

/* Whole questions about whole files. */
static const struct {
	const char *name, *text;
} files[] = {
	{ "a.csv", "id,name,x\n1,\"A, B\",1.5\n2,,NA\n3,c,2\n4,c\n" },
	{ "a.tsv", "1\t2\n3\t4\n" },
	{ "a.jsonl", "{\"a\":1,\"b\":[1]}\nno\n\n{\"c\":\"2024-01-05\"}\n" },
	{ "a.json", "[{\"a\":1},2,[3,4],\"x\\u0041\"]" },
	{ "b.json", "{\"n\":1,\"rows\":[{\"a\":1},{\"b\":2}]}" },
	{ "u.csv", "\xff\xfe" "a\0,\0b\0\n\0\x3d\xd8\x00\xde,\0" "1\0" },
	{ "e.csv", "" },
};

static void
questions(void)
{
	char dir[] = "/tmp/view-XXXXXX";
	int answered = 0, files_n = sizeof(files) / sizeof(files[0]);

	ok(mkdtemp(dir) != NULL, "a folder");
	for (int i = 0; i < files_n; i++) {
		char *path = xasprintf("%s/%s", dir, files[i].name);
		size_t n = strcmp(files[i].name, "u.csv") == 0 ? 19 :
		    strlen(files[i].text);
		int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

		ok(write(fd, files[i].text, n) == (ssize_t)n, "a file");
		for (enum ask_what w = ASK_HEAD; w <= ASK_FILTER; w++) {
			struct ask a = { .what = w, .path = path, .shown =
			    files[i].name, .rows = 2, .cap = 1000,
			    .where = "a is null or not a = 1" };
			struct buf out = BUF_INIT;
			struct err e = ERR_INIT;

			if (ask(&a, fd, &out, &e) == 0)
				answered += out.len > 0;
			else if (e.kind == ERR_USAGE)
				answered += e.msg[0] != '\0';
			buf_free(&out);
		}
		close(fd);
		unlink(path);
		free(path);
	}
	rmdir(dir);
	is_int(answered, files_n * 7, "every question is answered");
}

int
main(void)
{
	questions();
	csv();
	blocks();
	limits();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		is_int(datum_kind(kinds[i].text, strlen(kinds[i].text)),
		    kinds[i].kind, kinds[i].text);
	where();
	guess();
	return done_testing();
}
