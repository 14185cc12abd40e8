/*
 * shut.h - keep other processes of the same user out of this one.
 */
#ifndef GATE_SHUT_H
#define GATE_SHUT_H

/* No core dumps, no ptrace, no look into /proc: once a secret is held. */
void shut_process(void);

#endif
