#!/bin/sh
# Clew: keeps a memory file that the agent has just written. Hands the hook's body to Clew's own program where it names
# a .md file, and to nobody otherwise. Prints nothing, exits 0 whatever happens, and waits for nothing.
#
# Usage: memory.sh [DATA_DIRECTORY_OF_CLEW] < body
# `clew setup` writes the file memory.command beside this script: the path of node, then that of the program. Installed
# as a plugin there is no such file: `clew` is looked for on PATH, then by the plugin's own bin/clew.

trap 'exit 0' EXIT # also when the shell itself gives up: 2 would tell the agent of an error
[ "${CLEW_HOOK_DEBUG:-}" = 1 ] || exec 2>/dev/null
trap '' HUP INT # a closed terminal must not cost the version

leave() {
  [ "${CLEW_HOOK_DEBUG:-}" != 1 ] || printf 'clew memory: %s\n' "$1" >&2
  exit 0
}

[ "${CLEW_HOOKS:-}" != off ] || leave 'CLEW_HOOKS=off'
[ ! -t 0 ] || leave 'standard input is a terminal; a hook gets its body from a pipe'
# A file in a repository may ask for less, never for more.
if [ -n "${CLAUDE_PROJECT_DIR:-}" ]; then
  [ ! -e "$CLAUDE_PROJECT_DIR/.clew/off" ] || leave "not recorded: $CLAUDE_PROJECT_DIR/.clew/off"
  [ ! -e "$CLAUDE_PROJECT_DIR/.claude/clew-off" ] || leave "not recorded: $CLAUDE_PROJECT_DIR/.claude/clew-off"
fi

given=$PATH
PATH=/usr/bin:/bin:$PATH # where cat is found at once
body=$(cat)
PATH=$given
# In JSON a quote behind .md ends a text: within one it has a backslash before it.
case $body in
  *.[mM][dD]\"*) ;;
  *) leave 'it names no .md file' ;;
esac

# What stands in it is run: it must be a file of our own, as the script is.
command=${0%/*}/memory.command
if [ -f "$command" ] && [ -O "$command" ]; then
  node='' program=''
  { read -r node && read -r program; } <"$command"
  [ -x "$node" ] && [ -f "$program" ] || leave "names a program that is not there: $command"
  set -- "$node" "$program" memory hook "$@"
else
  clew=clew
  command -v clew >/dev/null || clew=${0%/*}/../bin/clew
  [ "$clew" = clew ] || [ -x "$clew" ] || leave 'clew is not on PATH'
  set -- "$clew" memory hook "$@"
fi

if [ "${CLEW_HOOK_DEBUG:-}" = 1 ]; then
  printf %s "$body" | CLEW_DEBUG=1 "$@" >/dev/null
  leave "$* ended with $?"
fi
# A client that ends with its answer ends its hooks too: what keeps the file must not be one of them by then.
command -v setsid >/dev/null && set -- setsid "$@"
printf %s "$body" | "$@" >/dev/null 2>&1 &
