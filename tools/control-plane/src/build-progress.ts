/** Seconds between two progress lines: often enough to see life, seldom enough for a log file. */
const intervalSeconds = 5;

/** Turns what `go build -v` writes (a line for each download and each compiled package) into a few lines for people. */
export class BuildProgress {
  readonly #name: string;
  readonly #log: (line: string) => void;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #partialLine = '';
  #downloaded = 0;
  #compiled = 0;

  constructor(name: string, log: (line: string) => void) {
    this.#name = name;
    this.#log = log;
    log(`Building ${name} from Go modules: some minutes the first time, kept for later`);
    this.#timer = setInterval(() => {
      this.#log(`  ${this.#summary()}`);
    }, intervalSeconds * 1000);
  }

  /** Takes the next piece of standard error. */
  add(text: string): void {
    const lines = `${this.#partialLine}${text}`.split('\n');
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('go: downloading ')) this.#downloaded += 1;
      else if (/^[\w.~/-]+$/.test(line)) this.#compiled += 1;
    }
  }

  /** Says that the build came to its end. */
  finish(): void {
    this.#log(`Built ${this.#summary()}`);
  }

  /** Ends the progress lines. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #summary(): string {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    const counts = [
      this.#downloaded > 0 ? `${String(this.#downloaded)} modules downloaded` : '',
      this.#compiled > 0 ? `${String(this.#compiled)} packages compiled` : '',
      `${String(seconds)} s`,
    ];
    return `${this.#name}: ${counts.filter((part) => part !== '').join(', ')}`;
  }
}
