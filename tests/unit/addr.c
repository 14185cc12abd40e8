/* Addresses are what the registries say, in every form that carries one. */
#include "base/addr.h"

#include <netinet/in.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/admit.h"
#include "tap.h"

static const struct {
	const char	*text;
	enum addr_kind	 kind;
} kinds[] = {
	{ "8.8.8.8", ADDR_PUBLIC }, { "1.1.1.1", ADDR_PUBLIC },
	{ "93.184.216.34", ADDR_PUBLIC }, { "223.255.255.255", ADDR_PUBLIC },
	{ "0.0.0.0", ADDR_UNSPECIFIED }, { "0.1.2.3", ADDR_UNSPECIFIED },
	{ "1.0.0.0", ADDR_PUBLIC }, { "9.255.255.255", ADDR_PUBLIC },
	{ "10.0.0.0", ADDR_PRIVATE }, { "10.255.255.255", ADDR_PRIVATE },
	{ "11.0.0.0", ADDR_PUBLIC },
	{ "100.63.255.255", ADDR_PUBLIC }, { "100.64.0.0", ADDR_SHARED },
	{ "100.127.255.255", ADDR_SHARED }, { "100.128.0.0", ADDR_PUBLIC },
	{ "100.100.100.200", ADDR_METADATA },
	{ "126.255.255.255", ADDR_PUBLIC }, { "127.0.0.1", ADDR_LOOPBACK },
	{ "127.255.255.254", ADDR_LOOPBACK }, { "128.0.0.0", ADDR_PUBLIC },
	{ "169.253.255.255", ADDR_PUBLIC }, { "169.254.0.0", ADDR_LINK },
	{ "169.254.169.254", ADDR_METADATA },
	{ "169.254.170.2", ADDR_METADATA }, { "169.254.255.255", ADDR_LINK },
	{ "169.255.0.0", ADDR_PUBLIC }, { "168.63.129.16", ADDR_METADATA },
	{ "172.15.255.255", ADDR_PUBLIC }, { "172.16.0.0", ADDR_PRIVATE },
	{ "172.31.255.255", ADDR_PRIVATE }, { "172.32.0.0", ADDR_PUBLIC },
	{ "192.0.0.1", ADDR_RESERVED }, { "192.0.0.192", ADDR_METADATA },
	{ "192.0.1.0", ADDR_PUBLIC }, { "192.0.2.1", ADDR_RESERVED },
	{ "192.88.99.1", ADDR_TUNNEL }, { "192.167.255.255", ADDR_PUBLIC },
	{ "192.168.0.1", ADDR_PRIVATE }, { "192.169.0.0", ADDR_PUBLIC },
	{ "198.17.255.255", ADDR_PUBLIC }, { "198.18.0.0", ADDR_RESERVED },
	{ "198.19.255.255", ADDR_RESERVED }, { "198.20.0.0", ADDR_PUBLIC },
	{ "198.51.100.9", ADDR_RESERVED }, { "203.0.113.255", ADDR_RESERVED },
	{ "224.0.0.1", ADDR_MULTICAST }, { "239.255.255.255", ADDR_MULTICAST },
	{ "240.0.0.1", ADDR_RESERVED }, { "255.255.255.255", ADDR_RESERVED },
	{ "::", ADDR_UNSPECIFIED }, { "::1", ADDR_LOOPBACK },
	{ "::2", ADDR_UNSPECIFIED }, { "::127.0.0.1", ADDR_LOOPBACK },
	{ "::8.8.8.8", ADDR_RESERVED },
	{ "::ffff:127.0.0.1", ADDR_LOOPBACK },
	{ "::ffff:8.8.8.8", ADDR_PUBLIC },
	{ "::ffff:169.254.169.254", ADDR_METADATA },
	{ "::ffff:0:10.0.0.1", ADDR_PRIVATE },
	{ "::ffff:0:8.8.8.8", ADDR_RESERVED },
	{ "64:ff9b::7f00:1", ADDR_LOOPBACK },
	{ "64:ff9b::a9fe:a9fe", ADDR_METADATA },
	{ "64:ff9b::808:808", ADDR_PUBLIC },
	{ "64:ff9b:1::808:808", ADDR_TUNNEL },
	{ "64:ff9b:2::1", ADDR_RESERVED },
	{ "2002:7f00:1::1", ADDR_LOOPBACK },
	{ "2002:a00:1::", ADDR_PRIVATE }, { "2002:808:808::1", ADDR_PUBLIC },
	{ "2001::1", ADDR_TUNNEL },
	{ "2001:0:4136:e378:8000:63bf:3fff:fdd2", ADDR_TUNNEL },
	{ "2001:2::1", ADDR_RESERVED }, { "2001:1ff::1", ADDR_RESERVED },
	{ "2001:200::1", ADDR_PUBLIC }, { "2001:db8::1", ADDR_RESERVED },
	{ "2001:4860:4860::8888", ADDR_PUBLIC },
	{ "2a00:1450::5efe:a00:1", ADDR_TUNNEL },
	{ "2a00:1450::200:5efe:7f00:1", ADDR_TUNNEL },
	{ "2a00:1450::5efe:808:808", ADDR_PUBLIC },
	{ "2606:4700::1111", ADDR_PUBLIC }, { "3fff::1", ADDR_RESERVED },
	{ "3fff:1000::1", ADDR_PUBLIC }, { "4000::1", ADDR_RESERVED },
	{ "100::1", ADDR_RESERVED }, { "5f00::1", ADDR_RESERVED },
	{ "fc00::1", ADDR_PRIVATE }, { "fdff::1", ADDR_PRIVATE },
	{ "fd00:ec2::254", ADDR_METADATA }, { "fd20:ce::254", ADDR_METADATA },
	{ "fe80::1", ADDR_LINK }, { "febf::1", ADDR_LINK },
	{ "fec0::1", ADDR_PRIVATE }, { "ff02::1", ADDR_MULTICAST },
	{ "[::1]", ADDR_LOOPBACK },
};

/* No other spelling is read as an address at all. */
static const char *const none[] = {
	"", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01",
	"127.0.0.1.", " 127.0.0.1", "127.0.0.1 ", "1.2.3", "1.2.3.4.5",
	"256.0.0.1", "fe80::1%lo", "[127.0.0.1]", "[", "]", "::1]", "[::1",
	"localhost", ":::", "1::2::3",
};

static const struct {
	const char	*entries, *host;
	int		 port;
	const char	*address;
	bool		 any, yes;
	const char	*name;
} admitted[] = {
	{ "", "a.org", 443, "8.8.8.8", true, true, "public, https" },
	{ "", "a.org", 80, "8.8.8.8", true, true, "public, http" },
	{ "", "a.org", 8080, "8.8.8.8", true, false, "another port" },
	{ "", "a.org", 443, "10.0.0.1", true, false, "private" },
	{ "", "a.org", 443, "8.8.8.8", false, false, "not on the list" },
	{ "a.org", "a.org", 443, "8.8.8.8", false, true, "on the list" },
	{ "a.org", "A.ORG.", 443, "8.8.8.8", false, true, "however spelt" },
	{ "a.org", "b.a.org", 443, "8.8.8.8", false, false, "not below" },
	{ "a.org", "ba.org", 443, "8.8.8.8", false, false, "not beside" },
	{ "a.org", "a.org.evil", 443, "8.8.8.8", false, false, "nor behind" },
	{ "*.a.org", "x.b.a.org", 443, "8.8.8.8", false, true, "a star" },
	{ "*.a.org", "a.org", 443, "8.8.8.8", false, false, "is below only" },
	{ "*.a.org", "x.a.org", 443, "10.0.0.1", false, false,
	    "a star and a private address" },
	{ "a.org", "a.org", 443, "10.0.0.1", false, true, "an intranet" },
	{ "a.org", "a.org", 443, "100.64.1.1", false, true, "a provider" },
	{ "a.org", "a.org", 443, "127.0.0.1", false, false,
	    "rebound to loopback" },
	{ "a.org", "a.org", 443, "169.254.169.254", true, false,
	    "rebound to metadata" },
	{ "a.org", "a.org", 443, "fd00:ec2::254", true, false,
	    "metadata of IPv6" },
	{ "a.org", "a.org", 443, "::ffff:127.0.0.1", true, false, "mapped" },
	{ "a.org:*", "a.org", 9, "8.8.8.8", false, true, "every port" },
	{ "a.org:8080", "a.org", 8080, "8.8.8.8", false, true, "one port" },
	{ "a.org:8080", "a.org", 443, "8.8.8.8", false, false, "no other" },
	{ "localhost:80", "localhost", 80, "127.0.0.1", false, true,
	    "localhost" },
	{ "localhost", "localhost", 80, "::1", false, true, "in IPv6" },
	{ "localhost", "localhost", 3000, "::1", false, false,
	    "without its port" },
	{ "localhost", "localhost", 80, "10.0.0.1", false, false,
	    "is nothing else" },
	{ "localhost", "127.0.0.1", 80, "127.0.0.1", false, false,
	    "a name, not the address" },
	{ "127.0.0.1:3000", "127.0.0.1", 3000, "127.0.0.1", false, true,
	    "an address" },
	{ "127.0.0.1:3000", "a.org", 3000, "127.0.0.1", true, false,
	    "is not for names" },
	{ "[::1]:3000", "[::1]", 3000, "::1", false, true, "IPv6" },
	{ "[::1]:3000", "[0:0::1]", 3000, "::1", false, true,
	    "spelt otherwise" },
	{ "169.254.169.254", "169.254.169.254", 80, "169.254.169.254", false,
	    true, "metadata, when asked for in so many words" },
	{ "a.org,203.0.113.80", "a.org", 443, "203.0.113.80", false, true,
	    "a name, and where it is" },
	{ "a.org,203.0.113.80:8", "a.org", 443, "203.0.113.80", false, false,
	    "that on another port" },
	{ "b.org,203.0.113.80", "a.org", 443, "203.0.113.80", true, false,
	    "that for another name" },
	{ "a, b.org:81\nc", "b.org", 81, "8.8.8.8", false, true, "a list" },
	{ "a.org", "", 443, "8.8.8.8", false, false, "no name" },
	{ "a.org", "a.org\n", 443, "8.8.8.8", false, false, "a line end" },
};

static void
lists(void)
{
	for (size_t i = 0; i < BASE_NITEMS(admitted); i++) {
		struct admit a = ADMIT_INIT;
		struct err e = ERR_INIT;
		struct sockaddr_storage sa;
		socklen_t n = addr_parse(admitted[i].address,
		    admitted[i].port, &sa);

		is_int(admit_add(&a, admitted[i].entries, &e), 0, e.msg);
		is_int(admit_address(&a, admitted[i].any, admitted[i].host,
		    admitted[i].port, (struct sockaddr *)&sa, n),
		    admitted[i].yes, admitted[i].name);
		admit_free(&a);
	}
}

static void
malformed(void)
{
	static const char *const bad[] = { "http://a.org", "a.org:0",
	    "a.org:65536", "a.org:x", "a.org:", "*.", "*", "*.1.2.3.4",
	    "::1", "[::1", "[a.org]", "a b/c", "\xc3\xa9.org", "a.org:1:2",
	    "a/b", "user@a.org", "*.*.org", "a..org", ".a.org", "a.org..",
	    "[a.org]:80", "[.:x]" };
	struct admit a = ADMIT_INIT;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	uint16_t ports[2];

	for (size_t i = 0; i < BASE_NITEMS(bad); i++) {
		struct err one = ERR_INIT;

		is_int(admit_add(&a, bad[i], &one), -1, bad[i]);
		is_int(one.kind, ERR_USAGE, one.msg);
	}
	admit_free(&a);
	admit_add(&a, "B.org, *.a.org:*,[0::1]:8,a:80 c:9 d:9", &e);
	admit_show(&b, &a);
	is_str(buf_str(&b), "b.org,*.a.org:*,[0::1]:8,a:80,c:9,d:9", "shown");
	is_int(admit_ports(&a, ports, 2), -1, "every port");
	admit_free(&a);
	admit_add(&a, "b.org a:80 c:9 d:9 e:10", &e);
	is_int(admit_ports(&a, ports, 2), 2, "ports, once each");
	is_int(ports[0] + ports[1], 19, "which");
	is_int(admit_ports(&a, ports, 1), -1, "more than fit");
	admit_free(&a);
	buf_free(&b);
}

int
main(void)
{
	struct sockaddr_storage sa;
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < BASE_NITEMS(kinds); i++) {
		socklen_t n = addr_parse(kinds[i].text, 80, &sa);

		ok(n != 0 && addr_kind((struct sockaddr *)&sa, n) ==
		    kinds[i].kind, "%s: %s", kinds[i].text,
		    addr_kind_name(kinds[i].kind));
	}
	for (size_t i = 0; i < BASE_NITEMS(none); i++)
		is_int(addr_parse(none[i], 80, &sa), 0, none[i]);
	memset(&sa, 0, sizeof(sa));
	sa.ss_family = AF_UNIX;
	is_int(addr_kind((struct sockaddr *)&sa, sizeof(sa)), ADDR_OTHER,
	    "a UNIX socket");
	sa.ss_family = AF_INET;
	is_int(addr_kind((struct sockaddr *)&sa, 4), ADDR_OTHER, "cut short");
	addr_parse("::ffff:1.2.3.4", 80, &sa);
	addr_show(&b, (struct sockaddr *)&sa);
	is_str(buf_str(&b), "::ffff:1.2.3.4", "shown");
	buf_free(&b);
	lists();
	malformed();
	return done_testing();
}
