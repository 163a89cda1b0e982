/** Completion scripts for bash, zsh and fish, made from the command table. */
import { COMMON_OPTIONS } from './parse.js';
import type { Command, OptionSpec, PositionalSpec } from './command.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Shells keep words in lines of their own kinds; a name that needs quoting has no place in the table. */
type Named = Pick<Command, 'name' | 'summary' | 'options' | 'positionals'>;

/** @returns the whole script, to be sourced by the shell */
export const completionScript = (shell: Shell, program: string, commands: readonly Named[]): string => {
  switch (shell) {
    case 'bash':
      return bash(program, commands);
    case 'zsh':
      return zsh(program, commands);
    case 'fish':
      return fish(program, commands);
  }
};

const optionsOf = (command: Named): readonly OptionSpec[] => [...command.options, ...COMMON_OPTIONS];
const valueOptions = (command: Named): readonly OptionSpec[] => optionsOf(command).filter((spec) => spec.value !== 'flag');
const groupsOf = (commands: readonly Named[]): readonly string[] => [
  ...new Set(commands.filter((c) => c.name.includes(' ')).map((c) => c.name.split(' ')[0] as string)),
];
const membersOf = (commands: readonly Named[], group: string): readonly string[] =>
  commands.filter((c) => c.name.startsWith(`${group} `)).map((c) => c.name.slice(group.length + 1));
const firstWords = (commands: readonly Named[]): readonly string[] => [
  ...new Set([...commands.map((c) => c.name.split(' ')[0] as string), 'help']),
];
const singleQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const functionName = (program: string): string => `_${program.replace(/\W/g, '_')}`;

/** Places a positional's own words; a repeatable last one goes on for ever. */
const positionalOf = (command: Named): PositionalSpec | undefined => command.positionals?.[0];

const bash = (program: string, commands: readonly Named[]): string => {
  const name = functionName(program);
  const pairs = commands.filter((c) => c.name.includes(' '));
  const valueCases = commands.flatMap((command) =>
    valueOptions(command).map((spec) => {
      const answer =
        spec.choices !== undefined
          ? `mapfile -t COMPREPLY < <(compgen -W ${singleQuoted(spec.choices.join(' '))} -- "$cur")`
          : spec.value === 'path'
            ? 'mapfile -t COMPREPLY < <(compgen -f -- "$cur")'
            : 'COMPREPLY=()';
      return `    ${singleQuoted(`${command.name} --${spec.name}`)}) ${answer}; return ;;`;
    }),
  );
  const commandCases = commands.map((command) => {
    const words = optionsOf(command).map((spec) => `--${spec.name}`);
    const positional = positionalOf(command);
    const plain =
      positional?.choices !== undefined
        ? `words=${singleQuoted(positional.choices.join(' '))}`
        : positional?.path === true
          ? 'mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return'
          : `words=${singleQuoted(words.join(' '))}`;
    return [
      `    ${singleQuoted(command.name)})`,
      `      if [[ $cur == -* ]]; then words=${singleQuoted(words.join(' '))}; else ${plain}; fi ;;`,
    ].join('\n');
  });
  const groupCases = groupsOf(commands).map(
    (group) => `    ${singleQuoted(group)}) words=${singleQuoted(membersOf(commands, group).join(' '))} ;;`,
  );
  return [
    `# bash completion of ${program}; load it with: source <(${program} completion bash)`,
    `${name}() {`,
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" command="" words="" i w',
    '  local -a typed=()',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    w="${COMP_WORDS[i]}"',
    '    if [[ $w != -* ]]; then typed+=("$w"); fi',
    '  done',
    '  command="${typed[0]:-}"',
    '  case "$command ${typed[1]:-}" in',
    ...pairs.map((c) => `    ${singleQuoted(c.name)}) command=${singleQuoted(c.name)} ;;`),
    '    *) ;;',
    '  esac',
    '  case "$command $prev" in',
    ...valueCases,
    '    *) ;;',
    '  esac',
    '  case "$command" in',
    `    '') words=${singleQuoted([...firstWords(commands), '--help', '--version'].join(' '))} ;;`,
    `    'help') words=${singleQuoted(firstWords(commands).join(' '))} ;;`,
    ...groupCases,
    ...commandCases,
    '    *) ;;',
    '  esac',
    '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")',
    '}',
    `complete -F ${name} ${program}`,
    '',
  ].join('\n');
};

/** Inside `_arguments` and `_describe`, colons and brackets are punctuation. */
const zshText = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const zshValue = (spec: OptionSpec): string => {
  if (spec.value === 'flag') return '';
  if (spec.choices !== undefined) return `:${spec.name}:(${spec.choices.join(' ')})`;
  return spec.value === 'path' ? `:${spec.name}:_files` : `:${spec.name}: `;
};

const zsh = (program: string, commands: readonly Named[]): string => {
  const name = functionName(program);
  const describe = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([word, text]) => `      ${singleQuoted(`${zshText(word)}:${zshText(text)}`)}`).join('\n');
  const firsts = firstWords(commands).map(
    (word) =>
      [word, commands.find((c) => c.name === word)?.summary ?? (word === 'help' ? 'show help' : `commands about the ${word}`)] as const,
  );
  const argumentsOf = (command: Named): readonly string[] => [
    ...optionsOf(command).map((spec) =>
      singleQuoted(`${spec.repeatable === true ? '*' : ''}--${spec.name}[${zshText(spec.describe)}]${zshValue(spec)}`),
    ),
    ...(command.positionals ?? []).map((spec, i) => {
      const words = spec.choices !== undefined ? `(${spec.choices.join(' ')})` : spec.path === true ? '_files' : ' ';
      return singleQuoted(`${spec.repeatable === true ? '*' : i + 1}:${spec.name}:${words}`);
    }),
  ];
  const cases = commands.map(
    (command) =>
      `    ${singleQuoted(command.name)}) shift ${command.name.split(' ').length} words; (( CURRENT -= ${command.name.split(' ').length} )); _arguments ${argumentsOf(command).join(' ')} ;;`,
  );
  const groups = groupsOf(commands).map((group) => {
    const pairs = commands.filter((c) => c.name.startsWith(`${group} `)).map((c) => [c.name.slice(group.length + 1), c.summary] as const);
    return `    ${singleQuoted(group)})\n      list=(\n${describe(pairs)}\n      )\n      _describe command list ;;`;
  });
  return [
    `#compdef ${program}`,
    `# zsh completion of ${program}; load it with: source <(${program} completion zsh)`,
    `${name}() {`,
    '  local command="" first="${words[2]}" second="${words[3]}"',
    '  local -a list',
    '  if (( CURRENT == 2 )); then',
    '    list=(',
    describe(firsts),
    '    )',
    '    _describe command list',
    '    return',
    '  fi',
    '  command="$first"',
    '  if (( CURRENT > 3 )); then',
    '    case "$first $second" in',
    ...commands.filter((c) => c.name.includes(' ')).map((c) => `      ${singleQuoted(c.name)}) command=${singleQuoted(c.name)} ;;`),
    '      *) ;;',
    '    esac',
    '  fi',
    '  case "$command" in',
    ...groups,
    ...cases,
    '    *) ;;',
    '  esac',
    '}',
    `if [[ -n "\${functions[compdef]:-}" ]]; then compdef ${name} ${program}; fi`,
    '',
  ].join('\n');
};

const fish = (program: string, commands: readonly Named[]): string => {
  const using = `__fish_${program.replace(/\W/g, '_')}_using`;
  const firsts = firstWords(commands).map(
    (word) =>
      `complete -c ${program} -f -n ${singleQuoted(using)} -a ${singleQuoted(word)} -d ${singleQuoted(commands.find((c) => c.name === word)?.summary ?? word)}`,
  );
  const groups = commands
    .filter((c) => c.name.includes(' '))
    .map((c) => {
      const [group, member] = c.name.split(' ') as [string, string];
      return `complete -c ${program} -f -n ${singleQuoted(`${using} ${group}`)} -a ${singleQuoted(member)} -d ${singleQuoted(c.summary)}`;
    });
  const options = commands.flatMap((command) => {
    const when = singleQuoted(`${using} ${command.name}`);
    const positional = positionalOf(command);
    const lines = optionsOf(command).map((spec) => {
      const value =
        spec.value === 'flag'
          ? ''
          : spec.choices !== undefined
            ? ` -x -a ${singleQuoted(spec.choices.join(' '))}`
            : spec.value === 'path'
              ? ' -r -F'
              : ' -x';
      return `complete -c ${program} -n ${when}${spec.short === undefined ? '' : ` -s ${spec.short}`} -l ${spec.name}${value} -d ${singleQuoted(spec.describe)}`;
    });
    if (positional?.choices !== undefined)
      lines.push(`complete -c ${program} -f -n ${when} -a ${singleQuoted(positional.choices.join(' '))}`);
    else if (positional?.path !== true) lines.push(`complete -c ${program} -f -n ${when}`);
    return lines;
  });
  return [
    `# fish completion of ${program}; load it with: ${program} completion fish | source`,
    `function ${using} --description 'Whether exactly these words of the command are typed'`,
    '  set -l typed (commandline -opc)',
    '  set -l plain',
    '  for word in $typed[2..-1]',
    "    string match -q -- '-*' $word; or set -a plain $word",
    '  end',
    '  set -l wanted (count $argv)',
    '  if test $wanted -eq 0',
    '    test (count $plain) -eq 0',
    '    return',
    '  end',
    '  test (count $plain) -ge $wanted; and test "$plain[1..$wanted]" = "$argv"',
    'end',
    ...firsts,
    ...groups,
    ...options,
    '',
  ].join('\n');
};
