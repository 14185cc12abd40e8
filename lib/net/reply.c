/*
 * reply.c - what is known of an HTTP reply, and what its status means.
 */
#include "net/http.h"

#include <string.h>
#include <strings.h>

void
http_reply_init(struct http_reply *r)
{
	memset(r, 0, sizeof(*r));
	r->after_ms = -1;
	r->first_ms = -1;
}

void
http_reply_free(struct http_reply *r)
{
	buf_free(&r->headers);
	buf_free(&r->body);
}

bool
http_header(const struct http_reply *r, const char *name, char *out,
    size_t size)
{
	const char *line = buf_str(&r->headers), *end, *value;
	size_t n = strlen(name), len;

	for (; *line != '\0'; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		value = line + n + 1;
		value += strspn(value, " \t");
		while (end > value && strchr(" \t\r", end[-1]) != NULL)
			end--;
		len = (size_t)(end - value);
		if (len >= size)
			len = size - 1;
		memcpy(out, value, len);
		out[len] = '\0';
		return true;
	}
	return false;
}

enum err_kind
http_classify(int status)
{
	switch (status) {
	case 401:
	case 402:
	case 403:
		return ERR_AUTH;
	case 404:
	case 405:
	case 407:
	case 410:
		return ERR_CONFIG;
	case 408:
	case 429:
		return ERR_RATE;
	case 409:
	case 424:		/* the engine behind the server failed */
	case 425:
		return ERR_TEMP;
	case 503:
	case 529:
		return ERR_OVERLOADED;
	}
	if (status >= 200 && status < 300)
		return ERR_NONE;
	if (status >= 300 && status < 400)
		return ERR_CONFIG;
	if (status >= 400 && status < 500)
		return ERR_INVALID;
	return status >= 500 && status < 600 ? ERR_UNAVAILABLE : ERR_PROTOCOL;
}

const char *
http_reason(int status)
{
	static const struct {
		int		 status;
		const char	*text;
	} table[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" },
		{ 204, "No Content" }, { 205, "Reset Content" },
		{ 206, "Partial Content" }, { 301, "Moved Permanently" },
		{ 302, "Found" }, { 303, "See Other" },
		{ 304, "Not Modified" }, { 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 402, "Payment Required" },
		{ 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 407, "Proxy Authentication Required" },
		{ 408, "Request Timeout" }, { 409, "Conflict" },
		{ 410, "Gone" }, { 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 424, "Failed Dependency" }, { 425, "Too Early" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 501, "Unsupported Method" }, { 502, "Bad Gateway" },
		{ 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
		{ 529, "Overloaded" },
	};

	for (size_t i = 0; i < BASE_NITEMS(table); i++)
		if (table[i].status == status)
			return table[i].text;
	return status < 400 ? "Unexpected Status" :
	    status < 500 ? "Client Error" : "Server Error";
}
