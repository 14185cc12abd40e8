/*
 * content.h - results in the form of the Model Context Protocol, as text.
 */
#ifndef TOOL_CONTENT_H
#define TOOL_CONTENT_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"
#include "tool/result.h"

/* Append the text of the content of o; of its structure where there is no
 * text, never of both.  Pictures, sounds and links are named. */
void content_text(struct buf *out, jv o);
/* Keep v, if it is valid and not too long, as r's structure. */
void content_structured(struct result *r, jv v);

#endif
