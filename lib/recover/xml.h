/*
 * xml.h - the tags of one notation of calls in tags.
 */
#ifndef RECOVER_XML_H
#define RECOVER_XML_H

#include "base/base.h"

enum xml_style {
	XML_EQUALS,		/* <function=NAME> <parameter=KEY> */
	XML_ATTR,		/* <invoke name="NAME"> */
	XML_PAIRS,		/* NAME <arg_key>KEY</arg_key><arg_value> */
};

struct xml {
	enum xml_style	 style;
	const char	*wrap_open[8];	/* around blocks, NULL-terminated */
	const char	*wrap_close[8];
	const char	*block_open, *block_close;
	const char	*par_open, *par_close;
	bool		 strip;		/* one newline at each end of a value */
	bool		 empty_ok;	/* a block without arguments calls */
	bool		 single;	/* each block has its own wrapping */
};

#endif
