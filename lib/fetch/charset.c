/*
 * charset.c - text of the web in whatever character set, as UTF-8.
 */
#include "fetch/charset.h"

#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#define LONG	4096
#define PRESCAN	1024		/* bytes in which a <meta> may stand */

static const struct {
	const char	*name;		/* of iconv */
	const char	*labels;	/* separated and ended by blanks */
} table[] = {
	{ "UTF-8", "utf-8 utf8 unicode-1-1-utf-8 x-unicode20utf8 " },
	{ "WINDOWS-1252", "windows-1252 iso-8859-1 latin1 l1 us-ascii ascii "
	    "iso8859-1 iso_8859-1 cp1252 x-cp1252 ansi_x3.4-1968 cp819 "
	    "ibm819 " },
	{ "UTF-16LE", "utf-16le utf-16 ucs-2 unicode csunicode "
	    "iso-10646-ucs-2 " },
	{ "UTF-16BE", "utf-16be unicodefffe " },
	{ "GB18030", "gb18030 gbk gb2312 chinese gb_2312-80 x-gbk "
	    "csgb2312 " },
	{ "BIG5-HKSCS", "big5 big5-hkscs cn-big5 x-x-big5 csbig5 " },
	{ "CP932", "shift_jis sjis shift-jis ms_kanji windows-31j x-sjis "
	    "csshiftjis ms932 " },
	{ "EUC-JP", "euc-jp x-euc-jp cseucpkdfmtjapanese " },
	{ "ISO-2022-JP", "iso-2022-jp csiso2022jp " },
	{ "CP949", "euc-kr ks_c_5601-1987 korean ksc5601 ksc_5601 "
	    "windows-949 cseuckr " },
	{ "WINDOWS-1250", "windows-1250 cp1250 x-cp1250 " },
	{ "WINDOWS-1251", "windows-1251 cp1251 x-cp1251 " },
	{ "WINDOWS-1253", "windows-1253 cp1253 x-cp1253 " },
	{ "WINDOWS-1254", "windows-1254 cp1254 x-cp1254 iso-8859-9 latin5 "
	    "l5 iso8859-9 " },
	{ "WINDOWS-1255", "windows-1255 cp1255 x-cp1255 " },
	{ "WINDOWS-1256", "windows-1256 cp1256 x-cp1256 " },
	{ "WINDOWS-1257", "windows-1257 cp1257 x-cp1257 " },
	{ "WINDOWS-1258", "windows-1258 cp1258 x-cp1258 " },
	{ "CP874", "windows-874 tis-620 iso-8859-11 dos-874 iso8859-11 " },
	{ "CP866", "ibm866 866 cp866 csibm866 " },
	{ "ISO-8859-2", "iso-8859-2 latin2 l2 iso8859-2 iso_8859-2 " },
	{ "ISO-8859-3", "iso-8859-3 latin3 l3 iso8859-3 " },
	{ "ISO-8859-4", "iso-8859-4 latin4 l4 iso8859-4 " },
	{ "ISO-8859-5", "iso-8859-5 cyrillic iso8859-5 " },
	{ "ISO-8859-6", "iso-8859-6 arabic iso8859-6 " },
	{ "ISO-8859-7", "iso-8859-7 greek greek8 iso8859-7 " },
	{ "ISO-8859-8", "iso-8859-8 hebrew iso8859-8 iso-8859-8-i logical " },
	{ "ISO-8859-10", "iso-8859-10 latin6 l6 iso8859-10 " },
	{ "ISO-8859-13", "iso-8859-13 iso8859-13 " },
	{ "ISO-8859-14", "iso-8859-14 iso8859-14 " },
	{ "ISO-8859-15", "iso-8859-15 latin9 l9 iso8859-15 " },
	{ "ISO-8859-16", "iso-8859-16 " },
	{ "KOI8-R", "koi8-r koi koi8 koi8_r cskoi8r " },
	{ "KOI8-U", "koi8-u koi8-ru " },
	{ "MACINTOSH", "macintosh mac x-mac-roman csmacintosh " },
};

const char *
charset_of(const char *label, size_t n)
{
	for (size_t i = 0; n > 0 && i < BASE_NITEMS(table); i++)
		for (const char *s = table[i].labels; *s != '\0';) {
			size_t len = strcspn(s, " ");

			if (len == n && strncasecmp(s, label, n) == 0)
				return table[i].name;
			s += len + 1;
		}
	return NULL;
}

/* The label behind an equals sign, quoted or not. */
static const char *
label_at(const char *s, const char *end, size_t *n)
{
	const char *from;
	char quote = '\0';

	while (s < end && strchr(" \t\r\n", *s) != NULL)
		s++;
	if (s == end || *s++ != '=')
		return NULL;
	while (s < end && strchr(" \t\r\n", *s) != NULL)
		s++;
	if (s < end && (*s == '"' || *s == '\''))
		quote = *s++;
	from = s;
	while (s < end && (quote != '\0' ? *s != quote :
	    strchr(" \t\r\n;,\"'>/", *s) == NULL))
		s++;
	*n = (size_t)(s - from);
	return *n > 0 ? from : NULL;
}

/* The first "charset=LABEL" in the text. */
static const char *
find_label(const char *s, const char *end, size_t *n)
{
	for (; end - s > 8; s++) {
		const char *label;

		if (strncasecmp(s, "charset", 7) == 0 &&
		    (label = label_at(s + 7, end, n)) != NULL)
			return label;
	}
	return NULL;
}

const char *
charset_in_type(const char *type, size_t *n)
{
	return find_label(type, type + strlen(type), n);
}

/* What a <meta> near the beginning says; it was read as ASCII, so UTF-16 is
 * not what it is. */
static const char *
in_page(const char *p, size_t n)
{
	const char *end = p + (n < PRESCAN ? n : PRESCAN);

	for (; end - p > 5; p++) {
		const char *close, *label, *name;
		size_t len;

		if (strncasecmp(p, "<!--", 4) == 0) {
			p = memmem(p, (size_t)(end - p), "-->", 3);
			if (p == NULL)
				return NULL;
			continue;
		}
		if (strncasecmp(p, "<meta", 5) != 0)
			continue;
		close = memchr(p, '>', (size_t)(end - p));
		label = find_label(p + 5, close != NULL ? close : end, &len);
		name = label != NULL ? charset_of(label, len) : NULL;
		if (name != NULL)
			return strncmp(name, "UTF-16", 6) == 0 ? "UTF-8" :
			    name;
	}
	return NULL;
}

/* The set that a mark at the beginning says, and in *skip its length. */
static const char *
by_mark(const char *p, size_t n, size_t *skip)
{
	*skip = 2;
	if (n >= 2 && memcmp(p, "\xff\xfe", 2) == 0)
		return "UTF-16LE";
	if (n >= 2 && memcmp(p, "\xfe\xff", 2) == 0)
		return "UTF-16BE";
	*skip = 3;
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		return "UTF-8";
	*skip = 0;
	return NULL;
}

static void
convert(struct buf *out, iconv_t cd, const char *p, size_t n)
{
	struct buf raw = BUF_INIT;
	char *in = (char *)(uintptr_t)p;

	for (bool last = false; !last;) {
		char *to;
		size_t room = 65536, rc;

		last = n == 0;
		buf_grow(&raw, room);
		to = raw.data + raw.len;
		rc = last ? iconv(cd, NULL, NULL, &to, &room) :
		    iconv(cd, &in, &n, &to, &room);
		raw.len = (size_t)(to - raw.data);
		if (rc != (size_t)-1 || errno == E2BIG)
			continue;
		/* One byte that is no character, or is cut off. */
		buf_adds(&raw, "\xef\xbf\xbd");
		if (n > 0) {
			in++;
			n--;
		}
	}
	utf8_repair(out, buf_str(&raw), raw.len);
	buf_free(&raw);
}

/* As iconv_open; where a C library does not know the larger set of Windows,
 * the one that it grew from. */
static iconv_t
open_from(const char *name)
{
	static const char *const less[][2] = {
		{ "CP932", "SHIFT_JIS" }, { "CP874", "TIS-620" },
		{ "BIG5-HKSCS", "BIG5" }, { "CP949", "EUC-KR" },
	};
	iconv_t cd = iconv_open("UTF-8", name);

	for (size_t i = 0; cd == (iconv_t)-1 && i < BASE_NITEMS(less); i++)
		if (strcmp(name, less[i][0]) == 0)
			cd = iconv_open("UTF-8", less[i][1]);
	return cd;
}

const char *
charset_utf8(struct buf *out, const char *p, size_t n, const char *type,
    bool html)
{
	const char *label, *name;
	size_t len, skip;
	iconv_t cd;

	name = by_mark(p, n, &skip);
	p += skip;
	n -= skip;
	if (name == NULL && type != NULL &&
	    (label = charset_in_type(type, &len)) != NULL)
		name = charset_of(label, len);
	if (name == NULL && html)
		name = in_page(p, n);
	/* A long text may have been cut within its last character. */
	if (name == NULL)
		name = utf8_valid(p, n < LONG ? n : utf8_cut(p, n)) ?
		    "UTF-8" : "WINDOWS-1252";
	if (strcmp(name, "UTF-8") == 0 ||
	    (cd = open_from(name)) == (iconv_t)-1) {
		utf8_repair(out, p, n);
		return name;
	}
	convert(out, cd, p, n);
	iconv_close(cd);
	return name;
}
