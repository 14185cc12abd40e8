/*
 * netwalls.c - the sandbox of a program that talks to the network.
 */
#include "sys/netwalls.h"

#include "sys/landlock.h"
#include "sys/rlimit.h"
#include "sys/seccomp.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Names, certificates, and the libraries that the C library loads late. */
static const char *const readable[] = {
	"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
	"/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols",
	"/etc/localtime", "/etc/ld.so.cache", "/etc/ssl/certs",
	"/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs",
	"/etc/pki/tls/cert.pem", "/etc/pki/tls/openssl.cnf",
	"/etc/pki/ca-trust", "/etc/crypto-policies", "/etc/ca-certificates",
	"/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
	"/usr/share/pki", "/usr/share/crypto-policies", "/usr/share/zoneinfo",
	"/usr/lib/ssl", "/usr/lib", "/usr/lib32", "/usr/lib64", "/lib",
	"/lib64", "/usr/local/lib", "/nix/store", "/gnu/store",
	"/usr/share/publicsuffix",
};

static void
lower_limits(const struct netwalls *w)
{
	if (w->seconds > 0)
		rlimit_lower(RLIMIT_CPU, w->seconds);
	if (w->memory > 0)
		rlimit_lower(RLIMIT_AS, rlimit_mapped() + w->memory);
	rlimit_lower(RLIMIT_FSIZE, (uint64_t)1 << 30);
	rlimit_lower(RLIMIT_NOFILE, 256);
	rlimit_lower(RLIMIT_CORE, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static bool
allow_ports(int rules, int abi, const struct netwalls *w)
{
	static const uint16_t usual[] = { 53, 80, 443 };

	for (size_t i = 0; i < BASE_NITEMS(usual); i++)
		if (landlock_allow_port(rules, abi, usual[i]) == -1)
			return false;
	for (int i = 0; i < w->nports; i++)
		if (landlock_allow_port(rules, abi, w->ports[i]) == -1)
			return false;
	return true;
}

static bool
raise_landlock(const struct netwalls *w)
{
	int abi = landlock_abi(), rules;
	bool stood;

	if (abi == 0)
		return false;
	rules = landlock_open(abi, w->nports < 0 ? LANDLOCK_NET : 0);
	if (rules == -1)
		return false;
	stood = w->nports < 0 || allow_ports(rules, abi, w);
	for (size_t i = 0; stood && i < BASE_NITEMS(readable); i++)
		stood = landlock_allow_at(rules, abi, AT_FDCWD, readable[i],
		    LANDLOCK_DATA) != -1;
	if (stood && w->ca != NULL)
		stood = landlock_allow_at(rules, abi, AT_FDCWD, w->ca,
		    LANDLOCK_DATA) != -1;
	stood = stood && landlock_enforce(rules) == 0;
	close(rules);
	return stood;
}

bool
netwalls_raise(const struct netwalls *w, char *stood, size_t size)
{
	bool files, calls;
	int flags = SECCOMP_NET | SECCOMP_NO_EXEC | SECCOMP_NO_IPC;

	if (!w->forks)
		flags |= SECCOMP_NO_FORK | SECCOMP_THREADS;
	lower_limits(w);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	files = raise_landlock(w);
	calls = seccomp_install((enum seccomp_flags)flags) == 0;
	snprintf(stood, size, "%s%srlimits", files ? "landlock," : "",
	    calls ? "seccomp," : "");
	return files || calls;
}
