# schema.jq - checks values against share/agent/schema/*.json.
#
# Knows the keywords of JSON Schema (2020-12) that those files use and no
# others: an unknown keyword is reported, so that no rule is passed over.
# $schemas is {"FILE": SCHEMA, ...}; errors($ref) gives one string for each
# fault of its input, nothing when it conforms.
def kind_is($v; $t):
	if $t == "integer" then ($v | type) == "number" and $v == ($v | floor)
	else ($v | type) == $t end;

# faults(FILE; SCHEMA; PLACE): the faults of the input.
def faults($f; $s; $at):
	def sub($t; $p): faults($f; $t; $at + $p);
	def holds($t): [faults($f; $t; $at)] == [];
	def there($r): ($r | split("#")) as $p
	    | (if $p[0] == "" then $f else $p[0] end) as $g
	    | ($p[1] // "" | split("/") | map(select(. != ""))) as $path
	    | ($schemas[$g] | getpath($path)) as $t
	    | if $t == null then "\($at): \($r) names no schema"
	      else faults($g; $t; $at) end;
	. as $v
	| $s | to_entries[] | .key as $k | .value as $a
	| $v
	| if $k == "$schema" or $k == "title" or $k == "$defs" or $k == "then"
	  then empty
	  elif $k == "$ref" then there($a)
	  elif $k == "type" then
		if any($a | if type == "array" then .[] else . end; kind_is($v; .))
		then empty else "\($at): is no \($a)" end
	  elif $k == "const" then
		if . == $a then empty else "\($at): is not \($a)" end
	  elif $k == "enum" then
		if any($a[]; . == $v) then empty else "\($at): is none of \($a)" end
	  elif $k == "required" then
		if type != "object" then empty
		else keys as $keys | ($a - $keys)[] | "\($at): lacks \(.)" end
	  elif $k == "properties" then
		if type != "object" then empty
		else $a | to_entries[] | .key as $m | .value as $t
		| $v | select(has($m)) | .[$m] | faults($f; $t; "\($at).\($m)")
		end
	  elif $k == "items" then
		if type != "array" then empty
		else to_entries[] | .key as $i
		| .value | faults($f; $a; "\($at)[\($i)]") end
	  elif $k == "minItems" then
		if type != "array" or length >= $a then empty
		else "\($at): is too short" end
	  elif $k == "minLength" then
		if type != "string" or length >= $a then empty
		else "\($at): is too short" end
	  elif $k == "minimum" then
		if type != "number" or . >= $a then empty
		else "\($at): is below \($a)" end
	  elif $k == "maximum" then
		if type != "number" or . <= $a then empty
		else "\($at): is above \($a)" end
	  elif $k == "pattern" then
		if type != "string" or test($a) then empty
		else "\($at): does not match \($a)" end
	  elif $k == "allOf" then $a[] as $t | sub($t; "")
	  elif $k == "anyOf" then
		if any($a[]; . as $t | $v | holds($t)) then empty
		else "\($at): fits no alternative: " +
		    ([$a[] as $t | $v | first(sub($t; ""))] | join(" / "))
		end
	  elif $k == "if" then
		if holds($a) then sub($s.then; "") else empty end
	  else "schema: keyword \($k) is not known" end;

def errors($ref):
	. as $v | ($ref | split("#")) as $p
	| $v | faults($p[0]; {"$ref": $ref}; "");
