/*
 * Addresses and lists of hosts: an address that carries one of this machine
 * is never public, and what a list admits it also names.
 */
#include "base/addr.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/admit.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
forms(const uint8_t *v4)
{
	uint32_t a = (uint32_t)v4[0] << 24 | (uint32_t)v4[1] << 16 |
	    (uint32_t)v4[2] << 8 | v4[3];
	static const uint8_t heads[][12] = {
		{ [10] = 0xff, [11] = 0xff }, { 0, 0x64, 0xff, 0x9b },
		{ 0x2a, 0, [10] = 0x5e, [11] = 0xfe }, { 0 },
	};
	uint8_t six[16] = { 0x20, 0x02 };

	if (addr_kind4(a) == ADDR_PUBLIC)
		return;
	memcpy(six + 2, v4, 4);
	if (addr_kind6(six) == ADDR_PUBLIC)
		abort();
	for (size_t i = 0; i < BASE_NITEMS(heads); i++) {
		memcpy(six, heads[i], 12);
		memcpy(six + 12, v4, 4);
		if (addr_kind6(six) == ADDR_PUBLIC)
			abort();
	}
}

/* The first line is a list, the second a host, the rest an address. */
static void
lists(char *s)
{
	struct admit a = ADMIT_INIT;
	struct err e = ERR_INIT;
	struct buf shown = BUF_INIT, again = BUF_INIT;
	struct sockaddr_storage sa;
	char *host = strchr(s, '\n'), *addr;
	socklen_t n;

	if (host == NULL)
		return;
	*host++ = '\0';
	addr = strchr(host, '\n');
	if (addr != NULL)
		*addr++ = '\0';
	n = addr_parse(addr != NULL ? addr : "10.0.0.1", 80, &sa);
	if (admit_add(&a, s, &e) == 0) {
		admit_show(&shown, &a);
		admit_free(&a);
		if (admit_add(&a, buf_str(&shown), &e) == -1)
			abort();
		admit_show(&again, &a);
		if (strcmp(buf_str(&shown), buf_str(&again)) != 0)
			abort();
	}
	if (n != 0 && admit_address(&a, false, host, 80,
	    (struct sockaddr *)&sa, n) && !admit_names(&a, host, 80))
		abort();
	admit_free(&a);
	buf_free(&shown);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *s = xmemdup(p, n);
	struct sockaddr_storage sa;

	if (n >= 4)
		forms(p);
	if (n >= 16 && addr_kind_name(addr_kind6(p)) == NULL)
		abort();
	addr_parse(s, 80, &sa);
	lists(s);
	free(s);
	return 0;
}
