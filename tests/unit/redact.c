/* Secrets are taken out of text, and ordinary text is left as it is. */
#include "base/buf.h"
#include "base/redact.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define B64 "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
#define PEM(nl) "-----BEGIN RSA PRIVATE KEY-----" nl B64 nl B64 nl		\
	"-----END RSA PRIVATE KEY-----"
#define S36 "abcdefghij0123456789ABCDEFGHIJ012345"

/* What goes in, what comes out; NULL: the same. */
static const struct { const char *in, *out; } t[] = {
	/* shapes */
	{ "a " PEM("\n") " b", "a [redacted:private-key] b" },
	{ "{\"k\":\"" PEM("\\n") "\"}", "{\"k\":\"[redacted:private-key]\"}" },
	{ "-----BEGIN OPENSSH PRIVATE KEY-----\n" B64 "\n" B64,
	    "[redacted:private-key]" },
	{ "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" B64 "\n=abcd\n"
	    "-----END PGP PRIVATE KEY BLOCK-----\n",
	    "[redacted:private-key]\n" },
	{ "t=ghp_" S36 ";", "t=[redacted:github-token];" },
	{ "github_pat_" S36 "_x", "[redacted:github-token]" },
	{ "(glpat-abcdefghij1234567890)", "([redacted:gitlab-token])" },
	{ "sk-ant-api03-" S36, "[redacted:api-key]" },
	{ "sk-proj-" S36 "\n", "[redacted:api-key]\n" },
	{ "sk-" S36, "[redacted:api-key]" },
	{ "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "[redacted:api-key]" },
	{ "AKIAIOSFODNN7EXAMPLE.", "[redacted:aws-key-id]." },
	{ "AIzaSyA1234567890abcdefghijklmnopqrstuv",
	    "[redacted:google-key]" },
	{ "xoxb-123456789012-abcdefGHIJKL", "[redacted:slack-token]" },
	{ "hf_abcdefghijklmnopqrstuvwxyz01234567",
	    "[redacted:huggingface-token]" },
	{ "npm_" S36, "[redacted:npm-token]" },
	{ "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0."
	    "SflKxwRJSMeKKF2QT4fwpMeJf36P y", "x [redacted:jwt] y" },
	{ "postgres://u:s3cr3tpw@db/x", "postgres://u:[redacted:password]@db/x" },
	{ "redis://:hunter22@h", "redis://:[redacted:password]@h" },
	{ "Authorization: Bearer abcdefghij0123456789xyz",
	    "Authorization: Bearer [redacted:credentials]" },
	{ "Authorization: Basic dXNlcjpwYXNzd29yZDE=",
	    "Authorization: Basic [redacted:credentials]" },
	{ "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	    "AWS_SECRET_ACCESS_KEY=[redacted:value]" },
	{ "\"api_key\": \"Zm9vYmFyQmF6MTIzNDU2Nzg5\"",
	    "\"api_key\": \"[redacted:value]\"" },
	{ "{\\\"token\\\":\\\"Zm9vYmFyQmF6MTIzNDU2Nzg5\\\"}",
	    "{\\\"token\\\":\\\"[redacted:value]\\\"}" },
	{ "password = 0123456789abcdef0123456789abcdef",
	    "password = [redacted:value]" },
	{ "ghp_" S36 " ghp_" S36,
	    "[redacted:github-token] [redacted:github-token]" },
	/* ordinary text */
	{ "", NULL }, { "the sk- prefix, ghp_ and AKIA are known", NULL },
	{ "-----BEGIN CERTIFICATE-----\n" B64 "\n-----END CERTIFICATE-----",
	    NULL },
	{ "-----BEGIN PUBLIC KEY-----\n" B64, NULL },
	{ "if (strstr(s, \"PRIVATE KEY-----\"))", NULL },
	{ "commit 4e1243bd22c66e76c2ba9eddc1f91394e57f9f83", NULL },
	{ "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7",
	    NULL },
	{ "max_tokens: 4096, token_count=12345678901234567890", NULL },
	{ "api_key = os.environ[\"OPENAI_API_KEY\"]", NULL },
	{ "API_KEY=${API_KEY:-none} TOKEN=$(cat /run/token)", NULL },
	{ "password: \"correct horse battery staple\"", NULL },
	{ "next_token = tokens[index_of_next_token_2]", NULL },
	{ "primary key: customer_identifier_number_1", NULL },
	{ "http://localhost:8080/path?x=y@z", NULL },
	{ "https://example.org:443/@user/repo", NULL },
	{ "git@github.com:owner/repo.git", NULL },
	{ "postgres://user:password@localhost/db", NULL },
	{ "postgres://user:${DB_PASSWORD}@localhost/db", NULL },
	{ "https://user:<token>@host", NULL },
	{ "the bearer of bad news, Bearer token", NULL },
	{ "risk-averse-people-disk-based-sk-learn", NULL },
	{ "task-sk-abcdefghijklmnopqrstuvwxyz", NULL },
	{ "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
	    NULL },
	{ "key: value\nkeyboard: us\nmonkey=abcDEF123abcDEF123xyz", NULL },
	{ "KEY_FILE=/etc/ssl/Abc123Def456Ghi789Jkl", NULL },
	{ "550e8400-e29b-41d4-a716-446655440000", NULL },
	{ "eyJhbGciOiJIUzI1NiJ9 alone", NULL },
	{ "SG.1 SG.x ya29. hf_short npm_install", NULL },
};

static void
one(const char *in, const char *out)
{
	struct buf b = BUF_INIT;
	size_t n;
	char *name = strndup(in, 60);

	buf_adds(&b, in);
	n = redact_text(&b);
	for (char *c = name; *c != '\0'; c++)
		if (*c == '\n' || *c == '#')
			*c = ' ';
	is_str(buf_str(&b), out != NULL ? out : in, name);
	ok((n > 0) == (out != NULL), "and counted: %zu", n);
	free(name);
	buf_free(&b);
}

static void
known(void)
{
	setenv("TEA_API_KEY", "canary-7f3a9c01", 1);
	setenv("TEA_TOKEN", "canary-7f3a9c01-longer", 1);
	setenv("LOCAL_API_KEY", "not-needed", 1);
	setenv("KEYBOARD_LAYOUT", "qwertyuiop", 1);
	setenv("SSH_KEY", "/home/u/.ssh/id_rsa", 1);
	setenv("PWD", "/somewhere/here", 1);
	setenv("A_PASSWORD", "p&ss w0rd", 1);
	redact_environment();
	one("x canary-7f3a9c01 y", "x [redacted:TEA_API_KEY] y");
	one("canary-7f3a9c01-longer", "[redacted:TEA_TOKEN]");
	one("Y2FuYXJ5LTdmM2E5YzAx", "[redacted:TEA_API_KEY]");
	one("q=p%26ss%20w0rd&", "q=[redacted:A_PASSWORD]&");
	one("not-needed qwertyuiop /home/u/.ssh/id_rsa /somewhere/here", NULL);
	ok(redact_marked("a [redacted:TEA_API_KEY] b", 26), "a mark is seen");
	ok(!redact_marked("[redacted:] [redacted: x] [redacted", 35),
	    "what is no mark is not");
}

/* Cut anywhere, it neither crashes nor shows more than was cut. */
static void
pieces(void)
{
	static const char all[] = "k=" PEM("\n") " ghp_" S36
	    " u://a:bcdefgh@i Bearer abcdefghij0123456789xyz";
	size_t bad = 0;

	for (size_t from = 0; from < sizeof(all); from++) {
		struct buf b = BUF_INIT;

		buf_add(&b, all + from, sizeof(all) - 1 - from);
		redact_text(&b);
		bad += strstr(buf_str(&b), "bcdefgh@") != NULL &&
		    from < sizeof(all) - 60;
		buf_free(&b);
	}
	ok(bad == 0, "every tail of a text");
}

/* Texts made to be slow: the work stays linear. */
static void
slow(void)
{
	static const char *const parts[] = { "xoxb-", "KEY=", "eyJ.", "eyJ-",
	    "://a:", "-----BEGIN ", "sk-ant-", "Bearer ", "SG." };

	for (size_t i = 0; i < BASE_NITEMS(parts); i++) {
		struct buf b = BUF_INIT;

		while (b.len < 300 * 1000)
			buf_adds(&b, parts[i]);
		redact_text(&b);
		ok(b.len > 0, "300 kB of %s", parts[i]);
		buf_free(&b);
	}
}

int
main(void)
{
	for (size_t i = 0; i < BASE_NITEMS(t); i++)
		one(t[i].in, t[i].out);
	known();
	pieces();
	slow();
	done_testing();
}
