/*
 * yaml.c - what the reader of YAML takes, as JSON, and what it refuses, with
 * the line.
 */
#include "core/yaml.h"
#include "tap.h"

static void
takes(const char *text, const char *want)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v = yaml_read(text, strlen(text), "f", &e);

	if (js_is_valid(v))
		js_dump(&b, v);
	is_str(e.kind == ERR_NONE ? buf_str(&b) : e.msg, want, text);
	js_free(v);
	buf_free(&b);
}

static void
refuses(const char *text, size_t n, const char *want)
{
	struct err e = ERR_INIT;
	jv v = yaml_read(text, n, "f", &e);

	ok(!js_is_valid(v) && e.kind == ERR_DATA, "%s", want);
	has(e.msg, want, "  it says");
	js_free(v);
}

#define REFUSES(text, want)	refuses(text, sizeof(text) - 1, want)

static void
scalars(void)
{
	takes("a: b c # no\nd: e#f\n", "{\"a\":\"b c\",\"d\":\"e#f\"}");
	takes("a: 1\nb: -2.5e3\nc: 007\nd: true\ne: ~\nf:\n",
	    "{\"a\":1,\"b\":-2500,\"c\":\"007\",\"d\":true,\"e\":null,"
	    "\"f\":null}");
	takes("a: 12345678901234567890\nb: '1'\n",
	    "{\"a\":\"12345678901234567890\",\"b\":\"1\"}");
	takes("a: one\n  two\n\n  three\nb: x", "{\"a\":\"one two\\nthree\","
	    "\"b\":\"x\"}");
	takes("a: 'it''s\n  a text'  # no\n\"b\": \"x\\ty\\u00e9 \\\n   z\"",
	    "{\"a\":\"it's a text\",\"b\":\"x\\ty\xc3\xa9 z\"}");
	takes("a: http://x/y:z\nb: -x\nc: \"a: b\"\n",
	    "{\"a\":\"http://x/y:z\",\"b\":\"-x\",\"c\":\"a: b\"}");
	takes("a:\r\n  b\r\n  c\r\nd: e\r\n", "{\"a\":\"b c\",\"d\":\"e\"}");
}

static void
blocks(void)
{
	takes("a: |\n  x\n   y\n\n  z\n\n\nb: 1\n",
	    "{\"a\":\"x\\n y\\n\\nz\\n\",\"b\":1}");
	takes("a: >\n  x\n  y\n\n  z\n   deep\n  w\n",
	    "{\"a\":\"x y\\nz\\n deep\\nw\\n\"}");
	takes("a: |-\n  x: # y\n  - z\n", "{\"a\":\"x: # y\\n- z\"}");
	takes("a: |+\n  x\n\nb: 1", "{\"a\":\"x\\n\\n\",\"b\":1}");
	takes("a: |2\n    x\n  y\n", "{\"a\":\"  x\\ny\\n\"}");
	takes("a: |\nb: 1\n", "{\"a\":\"\",\"b\":1}");
	takes("a: |\n\n  x\n   ", "{\"a\":\"\\nx\\n\"}");
	takes("a: |  # said\r\n  x\r\n  y\r\n", "{\"a\":\"x\\ny\\n\"}");
	takes("a:\n  b: >-\n    x\n    y\n  c: z\n",
	    "{\"a\":{\"b\":\"x y\",\"c\":\"z\"}}");
}

static void
trees(void)
{
	takes("", "null");
	takes("# only\n\n", "null");
	takes("text", "\"text\"");
	takes("---\na: 1\n", "{\"a\":1}");
	takes("a:\n  b:\n    c: 1\n  d: 2\ne: 3\n",
	    "{\"a\":{\"b\":{\"c\":1},\"d\":2},\"e\":3}");
	takes("a:\n- 1\n- b: 2\n  c: 3\n-\n  d: 4\n- - 5\n  - 6\nf: 7\n",
	    "{\"a\":[1,{\"b\":2,\"c\":3},{\"d\":4},[5,6]],\"f\":7}");
	takes("a:\n  - 1\n  -\n  - x\n", "{\"a\":[1,null,\"x\"]}");
	takes("a: [1, 'b', {c: d, \"e\": [f], g: }, ]\nh: {}\n",
	    "{\"a\":[1,\"b\",{\"c\":\"d\",\"e\":[\"f\"],\"g\":null}],"
	    "\"h\":{}}");
	takes("a: {\"b\":1,\n  c: 2} # no\n", "{\"a\":{\"b\":1,\"c\":2}}");
	takes("- name: x\n  prompt: >\n    one\n    two\n- name: y\n",
	    "[{\"name\":\"x\",\"prompt\":\"one two\\n\"},{\"name\":\"y\"}]");
	takes("\"a b\" : 1\n? x : 2\n", "f:2: keys behind a question mark are "
	    "not taken");
}

static void
refusals(void)
{
	static char deep[400];

	REFUSES("a: &x 1\nb: *x\n", "f:1: anchors and aliases");
	REFUSES("b: *x\n", "f:1: anchors");
	REFUSES("a: 1\nb: [*x]\n", "f:2: anchors");
	REFUSES("a: !!python/object x\n", "f:1: tags");
	REFUSES("<<: {a: 1}\n", "f:1: maps are not merged");
	REFUSES("%YAML 1.2\n---\na: 1\n", "f:1: ");
	REFUSES("a: 1\n---\nb: 2\n", "f:2: there is more than one");
	REFUSES("a: 1\na: 2\n", "f:2: the key stands twice");
	REFUSES("a: {b: 1, b: 2}\n", "stands twice");
	REFUSES("a: b: c\n", "f:1: a colon and a blank");
	REFUSES("a:\n\tb: 1\n", "f:2: a margin is made of blanks");
	REFUSES("a: 1\n  b: 2\n", "f:2: a colon");
	REFUSES("a: 'x'\n  b: 2\n", "f:2: the margin is larger");
	REFUSES("  a: 1\nb: 2\n", "f:2: the margin is smaller");
	REFUSES("a: 1\n- b\n", "f:2: a map and a list");
	REFUSES("a: 1\nb\n", "f:2: a key and a colon is missing");
	REFUSES("a: \"x\n\nb: 1\n", "f:1: the quotation mark has no other");
	REFUSES("a: 'x' y\n", "f:1: something stands behind");
	REFUSES("a: [1, 2\nb: 3\n", "a comma or the other bracket");
	REFUSES("a: {b}\n", "a key without its colon");
	REFUSES("a: \"\\q\"\n", "no character is written so");
	REFUSES("a: \"\\u00\"\n", "a code needs more digits");
	REFUSES("a: \"\\0\"\n", "no character");
	REFUSES("a: |x\n  y\n", "f:1: a block begins with");
	REFUSES("a: @b\n", "f:1: no text begins so");
	REFUSES("a: b\0c\n", "f:1: is no UTF-8 text");
	REFUSES("a: \xc3\xa9\nb: \xff\n", "f:2: is no UTF-8 text");
	memset(deep, '[', sizeof(deep));
	refuses(deep, sizeof(deep), "f:1: too many levels");
	for (size_t i = 0; i < sizeof(deep); i++)
		deep[i] = i % 2 == 0 ? '-' : ' ';
	refuses(deep, sizeof(deep), "f:1: too many levels");
}

/* A text that ends anywhere gives a value or an error, never both. */
static void
cuts(void)
{
	static const char text[] = "a: [1, {b: 'c'}]\nd:\n  - >-\n    x\n\n"
	    "    y\n  - \"z\\n\"\ne: plain\n  more # no\n";
	size_t bad = 0;

	for (size_t i = 0; i < sizeof(text); i++) {
		struct err e = ERR_INIT;
		jv v = yaml_read(text, i, "f", &e);

		bad += js_is_valid(v) != (e.kind == ERR_NONE);
		js_free(v);
	}
	is_int((int64_t)bad, 0, "a text that is cut off anywhere");
}

int
main(void)
{
	scalars();
	blocks();
	trees();
	refusals();
	cuts();
	return done_testing();
}
