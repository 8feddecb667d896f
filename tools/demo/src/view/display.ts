import type { Row } from './rows.ts';
import { renderLine, renderTable } from './table.ts';

/** Where the demo shows itself. */
export interface Screen {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Characters in a line. */
  readonly width: number;
}

/** What the live part shows. */
export interface Picture {
  readonly rows: readonly Row[];
  /** One line about the `OS` object. */
  readonly os: string;
  /** One line about the Deployment. */
  readonly service: string;
}

const escape = '\u001B';

/**
 * Lines that stay, and below them on a terminal a table that is drawn anew. Without a terminal each change of a row is
 * a line.
 */
export class Display {
  readonly #screen: Screen;
  readonly #seconds: () => number;
  #drawnLines = 0;
  #shown = new Map<string, string>();

  /** @param seconds time since the start, for the lines */
  constructor(screen: Screen, seconds: () => number) {
    this.#screen = screen;
    this.#seconds = seconds;
  }

  /** Writes a line that stays. */
  say(line: string): void {
    this.erase();
    this.#screen.write(`[${this.#seconds().toFixed(1).padStart(6)} s] ${line}\n`);
  }

  /** Shows the picture. */
  show(picture: Picture): void {
    if (this.#screen.isTerminal) this.#draw(picture);
    else this.#tell(picture);
  }

  /** Takes the table away. */
  erase(): void {
    if (this.#drawnLines === 0) return;
    // Cursor up, then clear to the end of the screen (ECMA-48: CUU, ED).
    this.#screen.write(`${escape}[${this.#drawnLines}A${escape}[0J`);
    this.#drawnLines = 0;
  }

  #draw(picture: Picture): void {
    const { width } = this.#screen;
    const lines = [
      '',
      ...renderTable(picture.rows, width),
      picture.os.slice(0, width),
      picture.service.slice(0, width),
    ];
    this.erase();
    this.#screen.write(lines.map((line) => `${line}\n`).join(''));
    this.#drawnLines = lines.length;
  }

  #tell(picture: Picture): void {
    const lines = new Map(picture.rows.map((row) => [row.node, renderLine(row)]));
    lines.set('OS', picture.os);
    for (const [key, line] of lines) {
      if (this.#shown.get(key) === line) continue;
      this.say(line);
    }
    this.#shown = lines;
  }
}
