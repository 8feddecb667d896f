// How a command and its result travel over a serial port on which the kernel and others write too. What is typed never
// has the form of an answer, so that an echo is none: an answer begins with an `@` before the name, which printf and sed
// put there.
import { createHash } from 'node:crypto';

/** A line of input may have 4095 bytes, termios(3); much less is typed at once. */
const pieceLength = 1500;
/** Where the guest keeps a command and its output. */
const folder = '/run/kubeos-vm-';

/** What one command is typed as, and how its answers are read. `name` is used once and holds only letters and digits. */
export class GuestCommand {
  readonly name: string;
  readonly #base: string;
  readonly #pieces: readonly string[];

  constructor(name: string, command: string) {
    this.name = name;
    this.#base = `${folder}${name}`;
    const coded = Buffer.from(command).toString('base64');
    this.#pieces = coded.match(new RegExp(`.{1,${pieceLength}}`, 'gu')) ?? [''];
  }

  /**
   * The lines that bring the command over. Each may be typed again until `isTaken`. The first removes what the command
   * before has left: after the last answer nothing may be typed for which nobody waits, or it would be cut in two by a
   * snapshot.
   */
  get uploadLines(): readonly string[] {
    return this.#pieces.map((piece, index) => {
      const file = `${this.#base}.in.${String(index).padStart(4, '0')}`;
      const taken = `read x <${file}; ${this.#say(`in${index}`, '"$x"')}`;
      return `${index === 0 ? ` rm -f ${folder}*;` : ''} echo ${piece} >${file}; ${taken}`;
    });
  }

  /** The line that runs it, to be typed once. */
  get runLine(): string {
    const base = this.#base;
    return (
      ` cat ${base}.in.* | base64 -d >${base}.sh; sh ${base}.sh </dev/null >${base}.out 2>${base}.err;` +
      ` echo $? >${base}.rc; ${this.statusLine}`
    );
  }

  /** The line that asks for the status once more. */
  get statusLine(): string {
    return this.#say('rc', `"$(cat ${this.#base}.rc)"`);
  }

  /** The line that asks for the output, which can be asked for again. */
  get outputLine(): string {
    const file = `${this.#base}.$f`;
    return (
      ` for f in out err; do ${this.#say('$f', 'start')}; base64 ${file} | sed "s/^/@${this.name}.$f:/";` +
      ` ${this.#say('$f', `"$(sha256sum <${file})"`)}; done`
    );
  }

  /** True when the guest has taken that line of the upload, and nothing else. */
  isTaken(text: string, index: number): boolean {
    return this.#answers(text, `in${index}`).some((piece) => piece === this.#pieces[index]);
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
