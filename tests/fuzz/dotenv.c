/* Files of pairs: each pair has a name, and one that is refused says where. */
#include "base/dotenv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *exact = malloc(n > 0 ? n : 1);	/* a byte behind it is a find */
	struct vec v = VEC_INIT;
	struct err e = ERR_INIT;

	if (exact == NULL)
		return 0;
	if (n > 0)
		memcpy(exact, data, n);
	if (dotenv_parse(exact, n, &v, &e) == -1 &&
	    strncmp(e.msg, "line ", 5) != 0)
		abort();
	for (size_t i = 0; i < v.n; i++)
		if (strchr(v.v[i], '=') == NULL || v.v[i][0] == '=')
			abort();
	vec_free(&v);
	free(exact);
	return 0;
}
