/*
 * magic.c - what a file is, by how it begins.
 */
#include "base/magic.h"

#include <string.h>

#define WEAK	2	/* bytes of a mark that words may have, too */

static const struct {
	const char	*mark;
	size_t		 len, at;
	const char	*words;
} kinds[] = {
	{ "\x89PNG\r\n", 6, 0, "a PNG image" },
	{ "\xff\xd8\xff", 3, 0, "a JPEG image" },
	{ "GIF8", 4, 0, "a GIF image" },
	{ "WEBP", 4, 8, "a WebP image" },
	{ "ftypavif", 8, 4, "an AVIF image" },
	{ "BM", 2, 0, "a bitmap image" },
	{ "II*\0", 4, 0, "a TIFF image" },
	{ "MM\0*", 4, 0, "a TIFF image" },
	{ "%PDF-", 5, 0, "a PDF document" },
	{ "\x7f" "ELF", 4, 0, "a program or object (ELF)" },
	{ "\xcf\xfa\xed\xfe", 4, 0, "a program or object (Mach-O)" },
	{ "\xca\xfe\xba\xbe", 4, 0, "a Java class or Mach-O file" },
	{ "MZ", 2, 0, "a Windows program" },
	{ "\0asm", 4, 0, "a WebAssembly module" },
	{ "!<arch>\n", 8, 0, "an archive of objects" },
	{ "PK\3\4", 4, 0, "a ZIP archive (or an office document, a wheel, "
	    "a jar)" },
	{ "\x1f\x8b\x08", 3, 0, "gzip data" },
	{ "BZh", 3, 0, "bzip2 data" },
	{ "\xfd" "7zXZ", 5, 0, "xz data" },
	{ "\x28\xb5\x2f\xfd", 4, 0, "zstd data" },
	{ "7z\xbc\xaf\x27\x1c", 6, 0, "a 7z archive" },
	{ "ustar", 5, 257, "a tar archive" },
	{ "SQLite format 3", 15, 0, "an SQLite database" },
	{ "PAR1", 4, 0, "a Parquet file" },
	{ "GGUF", 4, 0, "a model (GGUF)" },
	{ "ftyp", 4, 4, "a video or sound (MP4)" },
	{ "OggS", 4, 0, "sound or video (Ogg)" },
	{ "RIFF", 4, 0, "sound or video (RIFF)" },
	{ "fLaC", 4, 0, "sound (FLAC)" },
	{ "ID3", 3, 0, "sound (MP3)" },
	{ "wOFF", 4, 0, "a font" },
	{ "wOF2", 4, 0, "a font" },
};

const char *
magic_words(const char *p, size_t n)
{
	bool nul = n > 0 && memchr(p, '\0', n) != NULL;

	for (size_t i = 0; i < BASE_NITEMS(kinds); i++)
		if ((nul || kinds[i].len > WEAK) &&
		    n >= kinds[i].at + kinds[i].len && memcmp(p +
		    kinds[i].at, kinds[i].mark, kinds[i].len) == 0)
			return kinds[i].words;
	return NULL;
}
