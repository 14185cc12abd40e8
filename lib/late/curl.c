/*
 * curl.c - libcurl's functions for a program that often needs none of them.
 *
 * To load libcurl and the thirty libraries that it wants takes several times
 * as long as all else that a program does to start.  Linked in libcurl's
 * place, these functions load it when the first of them is called, and pass
 * the call on.  Where it cannot be loaded they fail as libcurl does when it
 * has no memory; curl_global_init, which comes first, then fails as well.
 *
 * Only what lib/net calls is here; the linker tells when something is missing.
 */
/* Its handle became const at some version: our own declaration will do. */
#define curl_url_get	curl_url_get_of_header
#include <curl/curl.h>
#undef curl_url_get
#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

CURLUcode curl_url_get(const CURLU *u, CURLUPart what, char **part,
    unsigned int flags);

/* Sonames: Linux and the BSDs, Debian's with GnuTLS, macOS. */
static const char *const names[] = {
	"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib",
	"libcurl.dylib",
};

/* What is loaded: a pointer for each function, of the function's own type. */
#define FUNCTIONS(F) \
	F(curl_easy_cleanup) F(curl_easy_getinfo) F(curl_easy_init) \
	F(curl_easy_pause) F(curl_easy_reset) F(curl_easy_setopt) \
	F(curl_easy_strerror) F(curl_free) F(curl_global_init) \
	F(curl_multi_add_handle) \
	F(curl_multi_assign) F(curl_multi_cleanup) F(curl_multi_info_read) \
	F(curl_multi_init) F(curl_multi_perform) F(curl_multi_poll) \
	F(curl_multi_remove_handle) F(curl_multi_setopt) \
	F(curl_multi_socket_action) F(curl_slist_append) \
	F(curl_slist_free_all) F(curl_url) F(curl_url_cleanup) \
	F(curl_url_get) F(curl_url_set)
#define DECLARE(name) __typeof__(&(name)) name##_p;
#define FIND(name) { #name, offsetof(struct functions, name##_p) },

static struct functions {
	FUNCTIONS(DECLARE)
} real;

/* True when all of them are there; tried once. */
static bool
loaded(void)
{
	static const struct { const char *name; size_t at; } all[] = {
		FUNCTIONS(FIND)
	};
	static enum { UNTRIED, FAILED, LOADED } state;
	void *lib = NULL;

	if (state != UNTRIED)
		return state == LOADED;
	state = FAILED;
	for (size_t i = 0; lib == NULL &&
	    i < sizeof(names) / sizeof(names[0]); i++)
		lib = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
	if (lib == NULL)
		return false;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		void *f = dlsym(lib, all[i].name);

		if (f == NULL)
			return false;
		/* POSIX: a pointer of dlsym may be one to a function. */
		*(void **)((char *)&real + all[i].at) = f;
	}
	state = LOADED;
	return true;
}

/* In brackets: the names are macros, too, which check arguments. */

CURLcode
(curl_global_init)(long flags)
{
	return loaded() ? real.curl_global_init_p(flags) : CURLE_FAILED_INIT;
}

CURL *
(curl_easy_init)(void)
{
	return loaded() ? real.curl_easy_init_p() : NULL;
}

void
(curl_easy_cleanup)(CURL *c)
{
	if (loaded())
		real.curl_easy_cleanup_p(c);
}

void
(curl_easy_reset)(CURL *c)
{
	if (loaded())
		real.curl_easy_reset_p(c);
}

CURLcode
(curl_easy_pause)(CURL *c, int what)
{
	return loaded() ? real.curl_easy_pause_p(c, what) : CURLE_FAILED_INIT;
}

const char *
(curl_easy_strerror)(CURLcode code)
{
	return loaded() ? real.curl_easy_strerror_p(code) :
	    "libcurl cannot be loaded";
}

/* The number of an option tells what its value is. */
CURLcode
(curl_easy_setopt)(CURL *c, CURLoption o, ...)
{
	CURLcode code = CURLE_FAILED_INIT;
	va_list ap;

	va_start(ap, o);
	if (!loaded())
		;
	else if (o >= CURLOPTTYPE_OFF_T && o < CURLOPTTYPE_OFF_T + 10000)
		code = real.curl_easy_setopt_p(c, o, va_arg(ap, curl_off_t));
	else if (o >= CURLOPTTYPE_OBJECTPOINT)
		code = real.curl_easy_setopt_p(c, o, va_arg(ap, void *));
	else
		code = real.curl_easy_setopt_p(c, o, va_arg(ap, long));
	va_end(ap);
	return code;
}

/* What it tells is always put where a pointer says. */
CURLcode
(curl_easy_getinfo)(CURL *c, CURLINFO what, ...)
{
	CURLcode code = CURLE_FAILED_INIT;
	va_list ap;

	va_start(ap, what);
	if (loaded())
		code = real.curl_easy_getinfo_p(c, what, va_arg(ap, void *));
	va_end(ap);
	return code;
}

CURLM *
(curl_multi_init)(void)
{
	return loaded() ? real.curl_multi_init_p() : NULL;
}

CURLMcode
(curl_multi_cleanup)(CURLM *m)
{
	return loaded() ? real.curl_multi_cleanup_p(m) : CURLM_BAD_HANDLE;
}

CURLMcode
(curl_multi_add_handle)(CURLM *m, CURL *c)
{
	return loaded() ? real.curl_multi_add_handle_p(m, c) :
	    CURLM_BAD_HANDLE;
}

CURLMcode
(curl_multi_remove_handle)(CURLM *m, CURL *c)
{
	return loaded() ? real.curl_multi_remove_handle_p(m, c) :
	    CURLM_BAD_HANDLE;
}

CURLMcode
(curl_multi_perform)(CURLM *m, int *running)
{
	return loaded() ? real.curl_multi_perform_p(m, running) :
	    CURLM_BAD_HANDLE;
}

CURLMcode
(curl_multi_poll)(CURLM *m, struct curl_waitfd fds[], unsigned int n, int ms,
    int *ready)
{
	return loaded() ? real.curl_multi_poll_p(m, fds, n, ms, ready) :
	    CURLM_BAD_HANDLE;
}

CURLMsg *
(curl_multi_info_read)(CURLM *m, int *left)
{
	return loaded() ? real.curl_multi_info_read_p(m, left) : NULL;
}

CURLMcode
(curl_multi_assign)(CURLM *m, curl_socket_t fd, void *p)
{
	return loaded() ? real.curl_multi_assign_p(m, fd, p) :
	    CURLM_BAD_HANDLE;
}

CURLMcode
(curl_multi_socket_action)(CURLM *m, curl_socket_t fd, int what, int *running)
{
	return loaded() ? real.curl_multi_socket_action_p(m, fd, what,
	    running) : CURLM_BAD_HANDLE;
}

CURLMcode
(curl_multi_setopt)(CURLM *m, CURLMoption o, ...)
{
	CURLMcode code = CURLM_BAD_HANDLE;
	va_list ap;

	va_start(ap, o);
	if (!loaded())
		;
	else if (o >= (int)CURLOPTTYPE_OFF_T)
		code = real.curl_multi_setopt_p(m, o, va_arg(ap, curl_off_t));
	else if (o >= (int)CURLOPTTYPE_OBJECTPOINT)
		code = real.curl_multi_setopt_p(m, o, va_arg(ap, void *));
	else
		code = real.curl_multi_setopt_p(m, o, va_arg(ap, long));
	va_end(ap);
	return code;
}

struct curl_slist *
(curl_slist_append)(struct curl_slist *l, const char *s)
{
	return loaded() ? real.curl_slist_append_p(l, s) : NULL;
}

void
(curl_slist_free_all)(struct curl_slist *l)
{
	if (loaded())
		real.curl_slist_free_all_p(l);
}

CURLU *
(curl_url)(void)
{
	return loaded() ? real.curl_url_p() : NULL;
}

void
(curl_url_cleanup)(CURLU *u)
{
	if (loaded())
		real.curl_url_cleanup_p(u);
}

CURLUcode
(curl_url_get)(const CURLU *u, CURLUPart what, char **part, unsigned int flags)
{
	return loaded() ? real.curl_url_get_p(u, what, part, flags) :
	    CURLUE_OUT_OF_MEMORY;
}

CURLUcode
(curl_url_set)(CURLU *u, CURLUPart what, const char *part, unsigned int flags)
{
	return loaded() ? real.curl_url_set_p(u, what, part, flags) :
	    CURLUE_OUT_OF_MEMORY;
}

void
(curl_free)(void *p)
{
	if (loaded())
		real.curl_free_p(p);
}
