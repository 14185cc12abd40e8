/*
 * Finding servers of this machine: those that accept, in order, in time.
 */
#include "net/discover.h"

#include "base/clock.h"
#include "http_server.h"
#include "tap.h"

int
main(void)
{
	uint16_t ports[DISCOVER_MAX], open[DISCOVER_MAX], a, b, shut, full;
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = listener(4, &a), two = listener(4, &b);
	int gone = listener(4, &shut), busy = listener(0, &full), fds[4];
	int64_t t = clock_ms();

	close(gone);
	is_int(discover_ports(ports, 0, 1000, open), 0, "no ports");
	ports[0] = shut;
	ports[1] = b;
	ports[2] = 0;
	ports[3] = a;
	is_int(discover_ports(ports, 4, 1000, open), 2, "two of four");
	ok(open[0] == b && open[1] == a, "in the order asked");
	ok(clock_ms() - t < 500, "without waiting for the limit");
	is_int(discover_ports(ports, 1, 1000, open), 0, "none");

	/* One that never answers: its backlog is full. */
	to.sin_port = htons(full);
	for (int i = 0; i < 4; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(fds[i], (struct sockaddr *)&to, sizeof(to)) == -1)
			nap(1);
	}
	ports[0] = full;
	t = clock_ms();
	is_int(discover_ports(ports, 4, 100, open), 2, "beside a mute one");
	t = clock_ms() - t;
	ok(t >= 90 && t < 1000, "the limit holds: %lld ms", (long long)t);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	is_int(discover_ports(ports + 1, 3, 0, open) <= 2, 1, "no time");
	close(one);
	close(two);
	close(busy);
	return done_testing();
}
