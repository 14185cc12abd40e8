/*
 * pictures.h - pictures in the results of tools.
 *
 * A result is a plain string to most servers.  Its pictures go into a
 * message of the user, behind the results they belong to.
 */
#ifndef GATE_PICTURES_H
#define GATE_PICTURES_H

#include "json/js.h"

/* The list (an array, or an invalid value; consumed) with the pictures of
 * the message.  Owned. */
jv pictures_add(jv list, jv msg);
/* A message of the user that shows them.  Owned. */
jv pictures_message(jv list);

#endif
