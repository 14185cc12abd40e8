/*
 * opts.c - options that exclude each other.
 */
#include "chat/chat.h"

int
chat_opts_check(const struct chat_opts *o, struct err *e)
{
	const char *why = NULL;

	if (o->no_tools && (o->tools != NULL || o->read_only))
		why = "--no-tools: --tools and --read-only make no sense "
		    "with it";
	else if (o->go_on && o->resume != NULL)
		why = "-c and --resume: give one of them";
	else if (o->no_session && (o->go_on || o->resume != NULL))
		why = "--no-session: there is no session to go on with";
	else if (o->system != NULL && (o->go_on || o->resume != NULL))
		why = "--system: the session has its own already";
	else if (o->offline && o->replay != NULL)
		why = "--offline and --replay: give one of them";
	else if (o->yes && o->approval != NULL)
		why = "--yes and --approval: give one of them";
	else if (o->no_tools && (o->yes || o->policy != NULL ||
	    o->approval != NULL))
		why = "--no-tools: there is nothing to allow";
	else if ((o->fork || o->undo) && !o->go_on && o->resume == NULL)
		why = "--fork, --undo: of which session? -c or --resume";
	else if ((o->skip_done || o->if_changed || o->deps_file != NULL) &&
	    o->out_file == NULL)
		why = "--skip-done, --if-changed, --deps: only with -o FILE";
	else if (o->quiet && o->verbose)
		why = "-q and -v: give one of them";
	else if (o->interactive && o->input != INPUT_AUTO)
		why = "-i: reads prompts from standard input, so neither -n "
		    "nor - go with it";
	else if (o->coprocess && (o->interactive || o->given.text != NULL ||
	    o->input != INPUT_AUTO || o->out_file != NULL ||
	    o->attach->n > 0))
		why = "--coprocess, --acp: prompts come as lines, so neither "
		    "-a, -i, -n, -o nor a prompt go with it";
	return why != NULL ? err_set(e, ERR_USAGE, "%s", why) : 0;
}
