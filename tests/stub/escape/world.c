/*
 * The world that attempts are made in: who makes them, in what container,
 * and the server whose sockets, queue and memory they try to reach.
 */
#include "escape.h"

#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

int
run_as(char **argv)
{
	uid_t uid = (uid_t)atoi(argv[0]);

	/* An ordinary user under test already is who the test wants. */
	if (uid != getuid() && (setgroups(0, NULL) < 0 ||
	    setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)) {
		perror("escape: --as");
		return 9;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 9;
}

/*
 * What the filters of plain containers refuse with EPERM: new namespaces and
 * every way to mount.  The calls with flags come first; clone3 is not there,
 * because its flags cannot be seen.
 */
int
run_contained(char **argv)
{
	enum { NEW = 0x7e020080, NR = offsetof(struct seccomp_data, nr),
		FLAGS = offsetof(struct seccomp_data, args) };
	static const int refused[] = { SYS_setns, SYS_mount, SYS_umount2,
		SYS_pivot_root, SYS_open_tree, SYS_move_mount, SYS_fsopen,
		SYS_fsmount, SYS_mount_setattr };
	struct sock_filter op[64] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NR),
		BPF_JUMP(BPF_JMP | BPF_JEQ, SYS_clone3, 0, 1),
		BPF_STMT(BPF_RET, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_JUMP(BPF_JMP | BPF_JEQ, SYS_clone, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ, SYS_unshare, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FLAGS),
		BPF_JUMP(BPF_JMP | BPF_JSET, NEW, 0, 1),
		BPF_STMT(BPF_RET, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 9, op };

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		op[prog.len++] = (struct sock_filter)BPF_JUMP(BPF_JMP |
		    BPF_JEQ, (unsigned)refused[i], 0, 1);
		op[prog.len++] = (struct sock_filter)BPF_STMT(BPF_RET,
		    SECCOMP_RET_ERRNO | EPERM);
	}
	op[prog.len++] = (struct sock_filter)BPF_STMT(BPF_RET,
	    SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0) {
		perror("escape: --contained");
		return 9;
	}
	execvp(argv[0], argv);
	perror(argv[0]);
	return 9;
}

static int queue_id = -1, port;

static void
leave(int sig)
{
	(void)sig;
	msgctl(queue_id, IPC_RMID, NULL);
	shm_unlink(NAME_OF(port));
	_exit(0);
}

/* A socket of this machine, by path, or abstract when name is not NULL. */
static int
listen_unix(const char *file, const char *name)
{
	struct sockaddr_un u = { .sun_family = AF_UNIX };
	size_t n = strlen(name ? name : file);
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (n + 2 > sizeof u.sun_path)
		return -1;
	memcpy(u.sun_path + (name != NULL), name ? name : file, n);
	if (!name)
		unlink(file);
	if (bind(s, (void *)&u, (socklen_t)(offsetof(struct sockaddr_un,
	    sun_path) + n + 1)) < 0)
		return -1;
	return listen(s, 64);
}

int
serve(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int s = socket(AF_INET, SOCK_STREAM, 0);

	umask(0);
	if (bind(s, (void *)&a, n) < 0 || listen(s, 64) < 0 ||
	    getsockname(s, (void *)&a, &n) < 0)
		return 9;
	port = ntohs(a.sin_port);
	if (listen_unix(aim("SOCK"), NULL) < 0 ||
	    listen_unix(NULL, NAME_OF(port) + 1) < 0)
		return 9;
	queue_id = msgget(KEY_OF(port), IPC_CREAT | 0666);
	signal(SIGTERM, leave);
	if (queue_id < 0 || shm_open(NAME_OF(port), O_CREAT | O_RDWR, 0666) <
	    0)
		leave(0);
	printf("%d\n", port);
	fclose(stdout);
	for (;;)
		pause();
}
