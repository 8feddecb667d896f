/** What GRUB makes of a line and what the kernel makes of that: small readers that tests take as the truth. */

/** An argument as the kernel sees it: a name with underscores, and a value unless it is bare. */
export type KernelArgument = readonly [name: string, value?: string];

/** What the kernel gets from the first line that holds this text. */
export function kernelGets(config: string, mark: string): readonly KernelArgument[] {
  const line = config.split('\n').find((each) => each.includes(mark)) ?? '';
  return kernelArguments(loaderCommandLine(grubArguments(line).slice(2)));
}

/** One line, cut into arguments as by GRUB; quoting by the manual, section "Shell-like scripting". No variables. */
function grubArguments(line: string): readonly string[] {
  const pieces = line.match(/'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|[ \t\r]+|[^]/g) ?? [];
  const words: (string | undefined)[] = [undefined];
  for (const piece of pieces) {
    if (/^[{}|&;<>$]/.test(piece)) throw new Error(`GRUB does not take ${piece} for a character`);
    if (/^[ \t\r]/.test(piece)) words.push(undefined);
    else words.push((words.pop() ?? '') + unquoted(piece));
  }
  return words.filter((word) => word !== undefined);
}

function unquoted(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return piece.slice(1, -1).replace(/\\([$"\\])/g, '$1');
  return piece.startsWith('\\') ? piece.slice(1) : piece;
}

/** What GRUB gives to the kernel: `grub_create_loader_cmdline` of `grub-core/lib/cmdline.c`. */
function loaderCommandLine(args: readonly string[]): string {
  return args
    .map((arg) => {
      const escaped = arg.replace(/[\\'"]/g, '\\$&');
      return arg.includes(' ') ? `"${escaped}"` : escaped;
    })
    .join(' ');
}

/** What the kernel takes it for, up to `--`: `next_arg` of its `lib/cmdline.c`. */
function kernelArguments(commandLine: string): readonly KernelArgument[] {
  const found: KernelArgument[] = [];
  let at = 0;
  while (at < commandLine.length) {
    const start = at;
    let inQuotes = false;
    for (; at < commandLine.length && (inQuotes || commandLine[at] !== ' '); at += 1) {
      if (commandLine[at] === '"') inQuotes = !inQuotes;
    }
    const text = commandLine.slice(start, at);
    if (text === '--') return found;
    if (text !== '') found.push(kernelArgument(text));
    at += 1;
  }
  return found;
}

/** Quotes are taken off the whole, or off the value. */
function kernelArgument(text: string): KernelArgument {
  const whole = /^"([^]*?)"?$/.exec(text)?.[1] ?? text;
  const equals = whole.indexOf('=');
  if (equals <= 0) return [whole.replaceAll('-', '_')];
  const value = whole.slice(equals + 1);
  const name = whole.slice(0, equals).replaceAll('-', '_');
  return [name, /^"([^]*?)"?$/.exec(value)?.[1] ?? value];
}
