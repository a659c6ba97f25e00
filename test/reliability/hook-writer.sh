#!/bin/sh
# The same as spool-writer.mjs with the real hook script, one process for every event.
# Usage: hook-writer.sh SCRIPT DATA_DIRECTORY NAME DIRECTORY SECONDS_BETWEEN_TWO SESSION
number=0
while [ ! -e "$4/stop" ] && [ "$number" -lt "${CLEW_TEST_EVENTS:-1000000}" ]; do
  number=$((number + 1))
  n=$3-$number
  event='"hook_event_name":"Notification","notification_type":"idle_prompt","message":"the kiln is warm"'
  case $((number % 3)) in
    1) event='"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"fire"}' ;;
    2) event='"hook_event_name":"PostToolUse","tool_name":"Bash","tool_input":{"command":"fire"},"tool_response":{"stdout":"fired"}' ;;
  esac
  width=40
  [ $((number % 10)) != 0 ] || width=5000
  printf '%s\n' "$n" >>"$4/$3.sent"
  printf '{"session_id":"%s","cwd":"/home/ada/kiln","n":"%s","tool_use_id":"toolu_%s",%s,"padding":"%*s"}' \
    "$6" "$n" "$3-$((number / 3))" "$event" "$width" . | sh "$1" "$2"
  # Exit 0 is the acknowledgement.
  [ $? != 0 ] || printf '%s\n' "$n" >>"$4/$3.ok"
  [ "$5" = 0 ] || sleep "$5"
done
