/*
 * pump.c - what is kept of a long output: its head, its tail, a spill.
 */
#include "sys/pump.h"

#include "base/utf8.h"
#include "sys/fd.h"

#include <string.h>
#include <unistd.h>

void
pump_keep_init(struct pump_keep *k, size_t head_max, size_t tail_max)
{
	memset(k, 0, sizeof(*k));
	k->head_max = head_max;
	k->tail_max = tail_max;
	k->spill = -1;
	k->spill_max = UINT64_MAX;
}

void
pump_keep_free(struct pump_keep *k)
{
	buf_free(&k->head);
	buf_free(&k->tail);
	fd_close(&k->spill);
}

/* Overwrite the oldest bytes of the ring. */
static void
ring_add(struct pump_keep *k, const char *p, size_t n)
{
	if (n >= k->tail_max) {
		p += n - k->tail_max;
		n = k->tail_max;
		buf_reset(&k->tail);
		k->tail_at = 0;
	}
	while (n != 0) {
		size_t room = k->tail_max - k->tail.len;
		size_t take;

		if (room != 0) {
			take = n < room ? n : room;
			buf_add(&k->tail, p, take);
		} else {
			take = k->tail_max - k->tail_at;
			take = n < take ? n : take;
			memcpy(k->tail.data + k->tail_at, p, take);
			k->tail_at = (k->tail_at + take) % k->tail_max;
		}
		p += take;
		n -= take;
	}
}

bool
pump_keep_cut(const struct pump_keep *k)
{
	return k->total > k->head.len + k->tail.len;
}

/* A full disk costs the whole output, not the call. */
static void
spill_write(struct pump_keep *k, const char *p, size_t n)
{
	if (k->spill == -1)
		return;
	if (n > k->spill_max - k->spilled)
		n = (size_t)(k->spill_max - k->spilled);
	if (fd_write_all(k->spill, p, n) == -1) {
		fd_close(&k->spill);
		k->open_spill = NULL;
		k->spilled = 0;
		return;
	}
	k->spilled += n;
}

/* Bytes are about to be lost: from now on everything is spilled. */
static void
spill_begin(struct pump_keep *k)
{
	int (*open_spill)(void *) = k->open_spill;

	k->open_spill = NULL;
	if (open_spill == NULL || k->spill != -1)
		return;
	k->spill = open_spill(k->arg);
	spill_write(k, k->head.data, k->head.len);
	spill_write(k, k->tail.data, k->tail.len);
}

void
pump_keep_add(struct pump_keep *k, const char *p, size_t n)
{
	size_t room = k->head_max - k->head.len;
	size_t take = n < room ? n : room;

	k->total += n;
	if (k->total > k->head_max + k->tail_max)
		spill_begin(k);
	if (k->spill != -1)
		spill_write(k, p, n);
	buf_add(&k->head, p, take);
	if (n > take && k->tail_max != 0)
		ring_add(k, p + take, n - take);
}

void
pump_keep_join(const struct pump_keep *k, struct buf *out)
{
	size_t head = k->head.len, skip = 0;
	uint64_t lost = k->total - k->head.len - k->tail.len;
	struct buf tail = BUF_INIT;

	buf_add(&tail, buf_str(&k->tail) + k->tail_at,
	    k->tail.len - k->tail_at);
	buf_add(&tail, buf_str(&k->tail), k->tail_at);
	if (lost != 0) {
		/* Do not show halves of characters at the two borders. */
		head = utf8_cut(k->head.data, head);
		while (skip < tail.len && skip < 4 &&
		    ((unsigned char)tail.data[skip] & 0xc0) == 0x80)
			skip++;
		lost += k->head.len - head + skip;
	}
	buf_add(out, buf_str(&k->head), head);
	if (lost != 0)
		buf_addf(out, "%s[... %llu bytes left out ...]\n",
		    out->len != 0 && out->data[out->len - 1] != '\n' ?
		    "\n" : "", (unsigned long long)lost);
	buf_add(out, buf_str(&tail) + skip, tail.len - skip);
	buf_free(&tail);
}
