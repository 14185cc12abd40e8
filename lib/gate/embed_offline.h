/*
 * embed_offline.h - vectors without any model, for trying things out.
 *
 * Words are hashed to places of a short vector: texts that share words are
 * near each other, and nothing is known of what words mean.  The same text
 * gives the same vector everywhere.  Pure.
 */
#ifndef GATE_EMBED_OFFLINE_H
#define GATE_EMBED_OFFLINE_H

#include "base/base.h"
#include "base/buf.h"

#define EMBED_OFFLINE_DIMS	256

/* The vector of n bytes of text into v, which has that many places; its
 * length is 1. */
void embed_offline(float v[EMBED_OFFLINE_DIMS], const char *p, size_t n);
/* Append a vector as an array of JSON numbers. */
void embed_offline_json(struct buf *b, const float v[EMBED_OFFLINE_DIMS]);

#endif
