/** @module `clew completion`: completions for a shell, made from the commands' own definitions. */
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { ACTIVITY_VALUES, HAS_VALUES, KEYS, STATUS_VALUES } from "../../../query/filter/filter.ts";
import type { CliCommand } from "../command.ts";
import { COMMANDS } from "../commands.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

interface Completions {
  readonly commands: readonly {
    readonly name: string;
    readonly summary: string;
    readonly flags: readonly string[];
    readonly filters: boolean;
  }[];
  readonly filters: readonly string[];
}

export const completionCommand: CliCommand = {
  summary: "print completions for bash, zsh or fish",
  operands: "SHELL",
  arity: [1, 1],
  flags: { json: { type: "boolean", description: "print the commands and flags as JSON" } },
  examples: [
    'eval "$(clew completion bash)"',
    "clew completion zsh > ~/.zfunc/_clew",
    "clew completion fish > ~/.config/fish/completions/clew.fish",
  ],
  async run({ context, flags, operands }) {
    const shell = operands[0]!;
    if (!SHELLS.some((one) => one === shell)) {
      const near = closestOf(shell, SHELLS);
      throw new ClewError(
        "usage",
        `no completions for ${shell}: ${near ? `did you mean ${near}?` : "use bash, zsh or fish"}`,
      );
    }
    const completions = await collect();
    if (flags.json) context.out.json(completions);
    else context.out.text(SCRIPTS[shell as Shell](completions));
    return 0;
  },
};

async function collect(): Promise<Completions> {
  const commands = [];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = await load();
    const flags = Object.entries(command.flags).map(
      ([flag, definition]) => `--${definition.type === "boolean" && definition.default === true ? "no-" : ""}${flag}`,
    );
    commands.push({
      name,
      summary,
      flags: [...flags, "--help"],
      filters: command.operands.startsWith("[FILTER") || name === "search",
    });
  }
  const filters = [
    ...KEYS.map((key) => `${key}:`),
    ...HAS_VALUES.map((value) => `has:${value}`),
    ...STATUS_VALUES.map((value) => `status:${value}`),
    ...ACTIVITY_VALUES.map((value) => `activity:${value}`),
  ];
  return { commands, filters };
}

const words = (completions: Completions, name: string): string => {
  const command = completions.commands.find((one) => one.name === name)!;
  return [...command.flags, ...(command.filters ? completions.filters : [])].join(" ");
};

const SCRIPTS: Readonly<Record<Shell, (completions: Completions) => string>> = {
  bash: (completions) => `# clew completions for bash: eval "$(clew completion bash)"
_clew() {
  local current=\${COMP_WORDS[COMP_CWORD]} words
  # Readline takes a colon as the end of a word; a filter goes on after it.
  if declare -F _get_comp_words_by_ref >/dev/null; then _get_comp_words_by_ref -n : cur; current=$cur; fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${completions.commands.map((one) => one.name).join(" ")} --help --version"
  else
    case \${COMP_WORDS[1]} in
${completions.commands.map((one) => `      ${one.name}) words="${words(completions, one.name)}" ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case \${COMPREPLY[0]} in *:) compopt -o nospace 2>/dev/null ;; esac
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$current"; fi
}
complete -F _clew clew`,
  zsh: (completions) => `#compdef clew
_clew() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${completions.commands.map((one) => `      '${one.name}:${one.summary.replaceAll("'", "'\\''")}'`).join("\n")}
    )
    _describe command commands
    return
  fi
  case $words[2] in
${completions.commands.map((one) => `    ${one.name}) compadd -S '' -- ${words(completions, one.name)} ;;`).join("\n")}
  esac
}
compdef _clew clew`,
  fish: (completions) => `# clew completions for fish
complete -c clew -f
${completions.commands.map((one) => `complete -c clew -n __fish_use_subcommand -a ${one.name} -d '${one.summary.replaceAll("'", "\\'")}'`).join("\n")}
${completions.commands.map((one) => `complete -c clew -n '__fish_seen_subcommand_from ${one.name}' -a '${words(completions, one.name)}'`).join("\n")}`,
};
