// How a command and its result travel over a serial port on which the kernel and others write too. What is typed never
// has the form of an answer, so that an echo is none: an answer begins with an `@` before the name, which printf and sed
// put there.
import { createHash } from 'node:crypto';

/** A line of input may have 4095 bytes, termios(3); much less is typed at once. */
const pieceLength = 1500;

/** What one command is typed as, and how its answers are read. `name` is used once and holds only letters and digits. */
export class GuestCommand {
  readonly name: string;
  readonly #pieces: readonly string[];

  constructor(name: string, command: string) {
    this.name = name;
    const coded = Buffer.from(command).toString('base64');
    this.#pieces = coded.match(new RegExp(`.{1,${pieceLength}}`, 'gu')) ?? [''];
  }

  /** The lines that bring the command over. Each may be typed again until `isTaken`. */
  get uploadLines(): readonly string[] {
    return this.#pieces.map((piece, index) => {
      const file = `/run/${this.name}.in.${String(index).padStart(4, '0')}`;
      return ` echo ${piece} >${file}; ${this.#say('in', String(index))}`;
    });
  }

  /** The line that runs it, to be typed once. */
  get runLine(): string {
    const base = `/run/${this.name}`;
    return (
      ` cat ${base}.in.* | base64 -d >${base}.sh; sh ${base}.sh </dev/null >${base}.out 2>${base}.err;` +
      ` echo $? >${base}.rc; ${this.statusLine}`
    );
  }

  /** The line that asks for the status once more. */
  get statusLine(): string {
    return this.#say('rc', `"$(cat /run/${this.name}.rc)"`);
  }

  /** The line that asks for the output, which can be asked for again. */
  get outputLine(): string {
    const base = `/run/${this.name}.$f`;
    return (
      ` for f in out err; do ${this.#say('$f', 'start')}; base64 ${base} | sed "s/^/@${this.name}.$f:/";` +
      ` ${this.#say('$f', `"$(sha256sum <${base})"`)}; done`
    );
  }

  /** The line that removes what the command has left in the guest. */
  get endLine(): string {
    return ` rm -f /run/${this.name}.*`;
  }

  /** True when the guest has taken that line of the upload. */
  isTaken(text: string, index: number): boolean {
    return this.#answers(text, 'in').includes(String(index));
  }

  /** The exit status, once it is there. */
  exitCode(text: string): number | undefined {
    const found = this.#answers(text, 'rc').find((answer) => /^\d+$/u.test(answer));
    return found === undefined ? undefined : Number(found);
  }

  /** What the command wrote, once all of it has come over undamaged. */
  output(text: string, stream: 'out' | 'err'): string | undefined {
    const whole = withoutKernelMessages(text);
    const digest = this.#answers(whole, stream).findLast((answer) =>
      /^[0-9a-f]{64}\b/u.test(answer),
    );
    if (digest === undefined) return undefined;
    const last = whole.slice(whole.lastIndexOf(`@${this.name}.${stream} start\n`));
    const lines = [
      ...last.matchAll(new RegExp(`@${this.name}\\.${stream}:([A-Za-z0-9+/=]+)\\n`, 'gu')),
    ];
    const bytes = Buffer.from(lines.map(([, line]) => line).join(''), 'base64');
    const isWhole = digest.startsWith(createHash('sha256').update(bytes).digest('hex'));
    return isWhole ? bytes.toString() : undefined;
  }

  /** Where in the text the last answer ends. */
  end(text: string): number {
    const start = text.lastIndexOf(`@${this.name}.err `);
    return text.indexOf('\n', start) + 1;
  }

  #say(key: string, value: string): string {
    return `printf '@%s %s\\n' "${this.name}.${key}" ${value}`;
  }

  #answers(text: string, key: string): readonly string[] {
    const pattern = new RegExp(`@${this.name}\\.${key} ([^\\n]*)\\n`, 'gu');
    return [...withoutKernelMessages(text).matchAll(pattern)].map(([, answer = '']) => answer);
  }
}

/** The kernel writes whole lines, but into the middle of those of others. */
function withoutKernelMessages(text: string): string {
  return text.replaceAll(/\[ *\d+\.\d{6}\][^\n]*\n/gu, '');
}
