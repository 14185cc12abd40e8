/* The byte buffer and the string vector keep their invariants. */
#include "base/buf.h"
#include "base/vec.h"

#include <stdlib.h>

#include "tap.h"

int
main(void)
{
	struct buf b = BUF_INIT;
	struct vec v = VEC_INIT;
	char *s;

	is_str(buf_str(&b), "", "an empty buffer reads as the empty string");
	buf_adds(&b, "hello");
	buf_addc(&b, ' ');
	buf_addf(&b, "%d %s", 42, "worlds");
	is_str(buf_str(&b), "hello 42 worlds", "pieces are joined");
	buf_addf(&b, "%0*d", 300, 7);
	is_int(b.len, 315, "formatting grows the buffer");
	buf_cut(&b, 5);
	is_str(buf_str(&b), "hello", "cut keeps the beginning");
	buf_shift(&b, 2);
	is_str(buf_str(&b), "llo", "shift drops the beginning");
	buf_add(&b, "\0x", 2);
	is_mem(b.data, b.len, "llo\0x", 5, "NUL bytes are content");
	s = buf_detach(&b);
	is_mem(s, 6, "llo\0x", 6, "what is detached ends in NUL");
	is_int(b.len, 0, "and the buffer is empty");
	free(s);
	s = buf_detach(&b);
	is_str(s, "", "an empty buffer detaches as an empty string");
	free(s);
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	is_int(b.len, 100000, "many small additions");
	buf_free(&b);

	ok(vec_argv(&v)[0] == NULL, "an empty vector is an empty argv");
	vec_split(&v, " 8000, 8080,,11434 ", " ,");
	vec_pushf(&v, "%d", 1234);
	is_int(v.n, 4, "split skips empty pieces");
	is_str(v.v[2], "11434", "and keeps the others");
	ok(vec_has(&v, "1234") && !vec_has(&v, "80"), "has compares whole");
	ok(vec_argv(&v)[4] == NULL, "the vector ends in NULL");
	vec_free(&v);
	return done_testing();
}
