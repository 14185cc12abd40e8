/* Vectors: packed into bytes they keep their order, and the loop is right. */
#include "mem/vectors.h"
#include "tap.h"

#include <math.h>

#define DIMS	384

int
main(void)
{
	static float v[DIMS], w[DIMS];
	static int8_t a[DIMS], b[DIMS];
	unsigned seed = 1;
	double exact = 0, near;
	float sa, sb;
	int32_t sum = 0;

	for (int i = 0; i < DIMS; i++) {
		seed = seed * 1103515245 + 12345;
		v[i] = (float)((int)(seed >> 16 & 1023) - 512);
		seed = seed * 1103515245 + 12345;
		w[i] = v[i] + (float)((int)(seed >> 16 & 511) - 256);
	}
	ok(vectors_unit(v, DIMS) && vectors_unit(w, DIMS), "of length 1");
	for (int i = 0; i < DIMS; i++)
		exact += (double)v[i] * w[i];
	sa = vectors_pack(v, DIMS, a);
	sb = vectors_pack(w, DIMS, b);
	for (int i = 0; i < DIMS; i++)
		sum += (int32_t)a[i] * b[i];
	is_int(vectors_dot(a, b, DIMS), sum, "the wide loop adds up");
	is_int(vectors_dot(a, b, 7), a[0] * b[0] + a[1] * b[1] + a[2] * b[2] +
	    a[3] * b[3] + a[4] * b[4] + a[5] * b[5] + a[6] * b[6],
	    "also a few");
	near = (double)sum * sa * sb;
	ok(fabs(near - exact) < 0.01, "bytes are near: %g and %g", near,
	    exact);
	for (int i = 0; i < DIMS; i++)
		v[i] = 0;
	ok(!vectors_unit(v, DIMS), "nothing has no direction");
	v[3] = INFINITY;
	ok(!vectors_unit(v, DIMS), "nor has infinity");
	return done_testing();
}
