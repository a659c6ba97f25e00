#!/bin/sh
# Clew: keeps what the agent tells a hook as one file in the spool. Prints nothing on stdout, exits 0 whatever happens.
#
# Usage: observe.sh [DATA_DIRECTORY_OF_CLEW] < body
# POSIX sh: it runs under dash, bash, busybox ash, ksh and zsh. It runs several times for every tool call, so the usual
# way through it starts one process (dd) and everything else is the shell's own. docs/hooks.md tells the reasons.

trap 'exit 0' EXIT # also when the shell itself gives up: 2 would block the agent
[ "${CLEW_HOOK_DEBUG:-}" = 1 ] || exec 2>/dev/null
trap '' HUP INT XFSZ # a closed terminal or a file size limit must not cost the record, or our exit status
umask 077

leave() {
  [ "${CLEW_HOOK_DEBUG:-}" != 1 ] || printf 'clew hook: %s\n' "$1" >&2
  exit 0
}

[ "${CLEW_HOOKS:-}" != off ] || leave 'CLEW_HOOKS=off'
[ ! -t 0 ] || leave 'standard input is a terminal; a hook gets its body from a pipe'
# A file in a repository may ask for less, never for more.
if [ -n "${CLAUDE_PROJECT_DIR:-}" ]; then
  [ ! -e "$CLAUDE_PROJECT_DIR/.clew/off" ] || leave "not recorded: $CLAUDE_PROJECT_DIR/.clew/off"
  [ ! -e "$CLAUDE_PROJECT_DIR/.claude/clew-off" ] || leave "not recorded: $CLAUDE_PROJECT_DIR/.claude/clew-off"
fi

home=${1:-${CLEW_HOME:-}}
if [ -z "$home" ]; then
  case ${XDG_DATA_HOME:-} in
    /*) home=$XDG_DATA_HOME/clew ;;
    *) home=${HOME:-}/.local/share/clew ;;
  esac
  [ "$home" != /.local/share/clew ] || leave 'neither CLEW_HOME nor HOME is set'
fi
# Relative to what would change with the agent's working directory.
case $home in /*) ;; *) leave "not an absolute path: $home" ;; esac
spool=$home/spool

if [ ! -d "$spool" ]; then
  # Of several first hooks one makes it, maybe just now.
  [ ! -e "$spool" ] && [ ! -L "$spool" ] || [ -d "$spool" ] || leave "not a directory: $spool"
  [ ! -e "$home" ] || [ -O "$home" ] || leave "not a directory of our own: $home"
  mkdir -p "$spool" || leave "cannot be created: $spool"
fi
# Whoever owns the parent could put something else in the spool's place.
[ ! -L "$spool" ] && [ -O "$spool" ] && [ -O "$home" ] || leave "not a directory of our own: $spool"

if [ -e "$spool/full" ]; then
  # A byte for every record that is dropped. Only a regular file: a FIFO would hold us up, a link lead elsewhere.
  [ -L "$spool/lost" ] || { [ -e "$spool/lost" ] && [ ! -f "$spool/lost" ]; } || printf x >>"$spool/lost"
  leave "the spool is full, this record is counted as lost: $spool"
fi

newline='
'
session=${CLAUDE_CODE_SESSION_ID:-} parent=${CLEW_SESSION_ID:-} project=${CLAUDE_PROJECT_DIR:-}
identity=${CLEW_IDENTITY:-} attended=${CLAUDE_CODE_SESSION_ATTENDED:-} pid=${CLAUDE_PID:-}
case $pid in '' | *[!0-9]* | ???????????*) pid=$PPID ;; esac
# The head of a record is lines, and short: what would break that is left out.
everything=$session$parent$project$identity$attended
case $everything in
  *"$newline"*) long=1 ;;
  *) long=$((${#everything} > 4096)) ;;
esac
if [ "$long" = 1 ]; then
  fits() { case $1 in *"$newline"*) return 1 ;; esac && [ ${#1} -le 4096 ]; }
  fits "$session" || session=
  fits "$parent" || parent=
  fits "$project" || project=
  fits "$identity" || identity=
  fits "$attended" || attended=
fi
head="pid $pid$newline${session:+session $session$newline}${parent:+parent $parent$newline}"
head=$head${project:+project $project$newline}${identity:+identity $identity$newline}
head=$head${attended:+attended $attended$newline}

# Where the system does not count its hundredths of seconds in a file, $RANDOM (not in dash) and noclobber do.
up=0
[ ! -r /proc/uptime ] || read -r up _ </proc/uptime
name=$up-$$${RANDOM:+.$RANDOM}
case $name in *[!0-9.-]*) up=0 name=0-$$ ;; esac

PATH=/usr/bin:/bin:$PATH # where dd is found at once
sync=
[ "${CLEW_DURABILITY:-}" != strict ] || sync=conv=fsync
result=none
set -C # an existing file is never written to
for try in '' .1 .2 .3 .4; do
  # dd collects the body and writes it at once: the reader finds a whole one or none. Without a locale it starts faster.
  {
    printf 'clew-spool 1 hook\n%s\n' "$head" && LC_ALL=C dd ibs=65536 obs=16777216 $sync
    result=$?
  } >"$spool/$name$try"
  [ "$result" = none ] || break
done
set +C
[ "$result" != none ] || leave "no file can be made in $spool"

# A dd that does not know conv=fsync has read nothing yet.
[ "$result" = 0 ] || [ -z "$sync" ] || LC_ALL=C dd ibs=65536 obs=16777216 >>"$spool/$name$try"
# A name survives a power cut once its directory is synced. A sync that takes no files syncs everything.
[ -z "$sync" ] || sync "$spool/$name$try" "$spool" "$home" "${home%/*}/" || sync

# One event in sixteen looks at the spool's size: multiples of the golden ratio's part of 2^16 spread evenly, however
# process ids step. The seconds help where every hook has the same one, as the first process of a container has.
seconds=${up%%.*}
if [ $((40503 * ($$ + ${seconds:-0}) & 65535)) -lt 4096 ]; then
  set -- "$spool"/*
  # A spool that is being emptied holds a few files; only a long one is worth another process.
  if [ $# -ge 8 ]; then
    size=$(du -sk "$spool")
    size=${size%%[!0-9]*}
    max=${CLEW_SPOOL_MAX_KB:-}
    case $max in '' | 0 | *[!0-9]* | ??????????*) max=262144 ;; esac
    if [ "${size:-0}" -gt "$max" ] && [ ! -e "$spool/full" ] && [ ! -L "$spool/full" ]; then
      # It holds the cap, for whoever ends this. Still not through a link that has just been put there.
      set -C
      printf %s "$max" >"$spool/full"
      set +C
    fi
  fi
fi
[ "$result" = 0 ] || leave "the record is not whole, dd ended with $result: $spool/$name$try"
leave "kept in $spool/$name$try"
