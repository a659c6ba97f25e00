#!/bin/sh
# Clew: what a session is given when it starts. Hands the hook's body to Clew's own program, whose output becomes the
# session's context. Exits 0 whatever happens; without that program it says nothing.
#
# Usage: session-start.sh [DATA_DIRECTORY_OF_CLEW] < body
# `clew setup` writes the file session-start.command beside this script: the path of node, then that of the program.
# Installed as a plugin there is no such file: `clew` is looked for on PATH, then by the plugin's own bin/clew.

trap 'exit 0' EXIT # also when the shell itself gives up
[ "${CLEW_HOOK_DEBUG:-}" = 1 ] || exec 2>/dev/null

leave() {
  [ "${CLEW_HOOK_DEBUG:-}" != 1 ] || printf 'clew session start: %s\n' "$1" >&2
  exit 0
}

[ "${CLEW_HOOKS:-}" != off ] || leave 'CLEW_HOOKS=off'
[ ! -t 0 ] || leave 'standard input is a terminal; a hook gets its body from a pipe'
# A file in a repository may ask for less, never for more.
if [ -n "${CLAUDE_PROJECT_DIR:-}" ]; then
  [ ! -e "$CLAUDE_PROJECT_DIR/.clew/off" ] || leave "not recorded: $CLAUDE_PROJECT_DIR/.clew/off"
  [ ! -e "$CLAUDE_PROJECT_DIR/.claude/clew-off" ] || leave "not recorded: $CLAUDE_PROJECT_DIR/.claude/clew-off"
fi

# What stands in it is run: it must be a file of our own, as the script is.
command=${0%/*}/session-start.command
if [ -f "$command" ] && [ -O "$command" ]; then
  node='' program=''
  { read -r node && read -r program; } <"$command"
  if [ -x "$node" ] && [ -f "$program" ]; then
    "$node" "$program" "$@"
    leave "$program ended with $?"
  fi
  leave "names a program that is not there: $command"
fi

clew=clew
command -v clew >/dev/null || clew=${0%/*}/../bin/clew
[ "$clew" = clew ] || [ -x "$clew" ] || leave 'clew is not on PATH'
"$clew" hook session-start
leave "$clew hook session-start ended with $?"
