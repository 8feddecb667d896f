/** What a person does in the terminal. */
export type Key =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'end' | 'reset' | 'powerButton' | 'powerCut' };

const escape = String.fromCharCode(1);
const commands: Readonly<Partial<Record<string, Key['kind']>>> = {
  x: 'end',
  r: 'reset',
  p: 'powerButton',
  c: 'powerCut',
};

/** Tells what is for the guest from what is for us: a letter behind Ctrl-A, as users of QEMU know it. */
export class Keys {
  #isEscaped = false;

  /** What was done by typing this. */
  push(text: string): readonly Key[] {
    const keys: Key[] = [];
    let typed = '';
    for (const letter of text) {
      if (!this.#isEscaped && letter === escape) {
        this.#isEscaped = true;
        continue;
      }
      const command = this.#isEscaped ? commands[letter.toLowerCase()] : undefined;
      // `a` or Ctrl-A itself; every other letter behind it means nothing.
      if (!this.#isEscaped) typed += letter;
      else if (letter.toLowerCase() === 'a' || letter === escape) typed += escape;
      this.#isEscaped = false;
      if (command === undefined || command === 'type') continue;
      if (typed !== '') keys.push({ kind: 'type', text: typed });
      typed = '';
      keys.push({ kind: command });
    }
    if (typed !== '') keys.push({ kind: 'type', text: typed });
    return keys;
  }
}
