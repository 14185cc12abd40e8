/* A tool: one JSON object in, a result out; see agent-tools(7).
 * cc -o @NAME@ @NAME@.c -ljq */
#include <jv.h>
#include <stdio.h>
#include <string.h>

static const char schema[] =
    "{\"name\":\"@NAME@\",\"description\":\"Count the lines of a "
    "text.\",\"inputSchema\":{\"type\":\"object\",\"properties\":{"
    "\"text\":{\"type\":\"string\"}},\"required\":[\"text\"],"
    "\"additionalProperties\":false},\"annotations\":{"
    "\"readOnlyHint\":true}}";

int
main(int argc, char **argv)
{
	static char in[1 << 20];
	size_t n, lines = 0;
	jv args, text;

	if (argc > 1 && strcmp(argv[1], "--schema") == 0)
		return puts(schema) < 0;
	n = fread(in, 1, sizeof(in) - 1, stdin);
	args = jv_parse_sized(in, (int)n);
	if (jv_get_kind(args) != JV_KIND_OBJECT)
		return 2;
	text = jv_object_get(args, jv_string("text"));
	if (jv_get_kind(text) != JV_KIND_STRING)
		return 2;
	for (const char *p = jv_string_value(text); *p != '\0'; p++)
		lines += *p == '\n' || p[1] == '\0';
	jv_free(text);
	return printf("%zu\n", lines) < 0;
}
