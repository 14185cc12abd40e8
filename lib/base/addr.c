/*
 * addr.c - what kind of place an IP address is.
 */
#include "base/addr.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct range4 {
	uint32_t	 net;
	int		 bits;
	enum addr_kind	 kind;
};

/* The first that fits decides. */
static const struct range4 table4[] = {
	{ 0xa9fea9fe, 32, ADDR_METADATA },	/* 169.254.169.254 */
	{ 0xa9feaa02, 32, ADDR_METADATA },	/* 169.254.170.2, containers */
	{ 0xa9feaa17, 32, ADDR_METADATA },	/* 169.254.170.23, the same */
	{ 0x646464c8, 32, ADDR_METADATA },	/* 100.100.100.200, Alibaba */
	{ 0xa83f8110, 32, ADDR_METADATA },	/* 168.63.129.16, Azure */
	{ 0xc00000c0, 32, ADDR_METADATA },	/* 192.0.0.192, Oracle */
	{ 0x00000000, 8, ADDR_UNSPECIFIED },
	{ 0x0a000000, 8, ADDR_PRIVATE },
	{ 0x64400000, 10, ADDR_SHARED },
	{ 0x7f000000, 8, ADDR_LOOPBACK },
	{ 0xa9fe0000, 16, ADDR_LINK },
	{ 0xac100000, 12, ADDR_PRIVATE },
	{ 0xc0000000, 24, ADDR_RESERVED },	/* protocol assignments */
	{ 0xc0000200, 24, ADDR_RESERVED },	/* documentation */
	{ 0xc01fc400, 24, ADDR_RESERVED },	/* AS112 */
	{ 0xc034c100, 24, ADDR_RESERVED },	/* AMT */
	{ 0xc0586300, 24, ADDR_TUNNEL },	/* 6to4 relays */
	{ 0xc0a80000, 16, ADDR_PRIVATE },
	{ 0xc0af3000, 24, ADDR_RESERVED },	/* AS112 */
	{ 0xc6120000, 15, ADDR_RESERVED },	/* benchmarks */
	{ 0xc6336400, 24, ADDR_RESERVED },	/* documentation */
	{ 0xcb007100, 24, ADDR_RESERVED },	/* documentation */
	{ 0xe0000000, 4, ADDR_MULTICAST },
	{ 0xf0000000, 4, ADDR_RESERVED },	/* with broadcast */
};

struct range6 {
	uint8_t		 net[16];
	int		 bits;
	enum addr_kind	 kind;
};

static const struct range6 table6[] = {
	{ { 0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54 }, 128,
	    ADDR_METADATA },			/* Amazon */
	{ { 0xfd, 0x20, 0x00, 0xce, [14] = 0x02, [15] = 0x54 }, 128,
	    ADDR_METADATA },			/* Google */
	{ { [15] = 1 }, 128, ADDR_LOOPBACK },
	{ { 0 }, 128, ADDR_UNSPECIFIED },
	{ { 0xfc }, 7, ADDR_PRIVATE },
	{ { 0xfe, 0xc0 }, 10, ADDR_PRIVATE },	/* site-local */
	{ { 0xfe, 0x80 }, 10, ADDR_LINK },
	{ { 0xff }, 8, ADDR_MULTICAST },
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48, ADDR_TUNNEL },
						/* NAT64 of one's own */
	{ { 0x20, 0x01, 0x00, 0x00 }, 32, ADDR_TUNNEL },	/* Teredo */
	{ { 0x20, 0x01 }, 23, ADDR_RESERVED },	/* protocol assignments */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, ADDR_RESERVED },
	{ { 0x26, 0x20, 0x00, 0x4f, 0x80 }, 48, ADDR_RESERVED },
	{ { 0x3f, 0xff }, 20, ADDR_RESERVED },	/* documentation */
	{ { 0x20 }, 3, ADDR_PUBLIC },
};

enum addr_kind
addr_kind4(uint32_t a)
{
	for (size_t i = 0; i < BASE_NITEMS(table4); i++)
		if ((a ^ table4[i].net) >> (32 - table4[i].bits) == 0)
			return table4[i].kind;
	return ADDR_PUBLIC;
}

static bool
within(const uint8_t *a, const uint8_t *net, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	return memcmp(a, net, (size_t)whole) == 0 && (rest == 0 ||
	    (a[whole] ^ net[whole]) >> (8 - rest) == 0);
}

static enum addr_kind
embedded(const uint8_t *p)
{
	return addr_kind4((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3]);
}

/* The place of an IPv4 address in it, or NULL; some forms are out of use. */
static const uint8_t *
carries(const uint8_t *a, bool *used)
{
	static const uint8_t zero[12], nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t translated[12] = { [8] = 0xff, [9] = 0xff };

	*used = memcmp(a, translated, 12) != 0 && memcmp(a, zero, 12) != 0;
	if (!*used || memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
		return a + 12;
	return a[0] == 0x20 && a[1] == 0x02 ? a + 2 : NULL;
}

enum addr_kind
addr_kind6(const uint8_t a[16])
{
	static const uint8_t isatap[4] = { 0x00, 0x00, 0x5e, 0xfe };
	const uint8_t *v4;
	bool used;
	size_t i = 0;

	while (i < BASE_NITEMS(table6) &&
	    !within(a, table6[i].net, table6[i].bits))
		i++;
	/* 6to4 lies in 2000::/3, as ISATAP may. */
	if (i < BASE_NITEMS(table6) && table6[i].kind != ADDR_PUBLIC)
		return table6[i].kind;
	v4 = carries(a, &used);
	if (v4 != NULL && (used || embedded(v4) != ADDR_PUBLIC))
		return embedded(v4);
	if ((a[8] & 0xfc) == 0 && memcmp(a + 9, isatap + 1, 3) == 0 &&
	    embedded(a + 12) != ADDR_PUBLIC)
		return ADDR_TUNNEL;
	return i < BASE_NITEMS(table6) ? ADDR_PUBLIC : ADDR_RESERVED;
}

enum addr_kind
addr_kind(const struct sockaddr *sa, socklen_t n)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (n >= sizeof(v4) && sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		return addr_kind4(ntohl(v4.sin_addr.s_addr));
	}
	if (n >= sizeof(v6) && sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof(v6));
		return addr_kind6(v6.sin6_addr.s6_addr);
	}
	return ADDR_OTHER;
}

const char *
addr_kind_name(enum addr_kind k)
{
	static const char *const names[] = {
		[ADDR_PUBLIC] = "a public address",
		[ADDR_PRIVATE] = "a private address",
		[ADDR_SHARED] = "an address of a provider's own network",
		[ADDR_LOOPBACK] = "a loopback address",
		[ADDR_UNSPECIFIED] = "an address of this machine",
		[ADDR_LINK] = "a link-local address",
		[ADDR_METADATA] = "a cloud's metadata address",
		[ADDR_MULTICAST] = "a multicast address",
		[ADDR_RESERVED] = "a reserved address",
		[ADDR_TUNNEL] = "an address of a tunnel",
		[ADDR_OTHER] = "no address of the Internet",
	};

	return names[k];
}

socklen_t
addr_parse(const char *text, int port, struct sockaddr_storage *out)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
	    .sin6_port = htons((uint16_t)port) };
	char bare[INET6_ADDRSTRLEN + 2];
	size_t n = strlen(text);

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(out, &v4, sizeof(v4));
		return sizeof(v4);
	}
	if (n >= sizeof(bare))
		return 0;
	memcpy(bare, text, n + 1);
	if (*text == '[' && text[n - 1] == ']') {
		memcpy(bare, text + 1, n - 2);
		bare[n - 2] = '\0';
	}
	if (inet_pton(AF_INET6, bare, &v6.sin6_addr) != 1)
		return 0;
	memcpy(out, &v6, sizeof(v6));
	return sizeof(v6);
}

void
addr_show(struct buf *b, const struct sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN] = "?";
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof(v6));
		inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
	}
	buf_adds(b, text);
}
