/** What a server asks for before it answers, RFC 9110 section 11.6.1. */
export interface AuthChallenge {
  /** In lower case. */
  readonly scheme: string;
  /** By their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

// One token, with what stands behind it: `=value`, a blank, a comma or the end.
const word = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/uy;
const value = /\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z/:]+))/uy;
const gap = /[\s,]*/uy;

/** Reads a `WWW-Authenticate` header with any number of challenges. What cannot be read ends the list. */
export function parseChallenges(header: string): readonly AuthChallenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(gap);
    const name = take(word)?.[0].toLowerCase();
    if (name === undefined) return challenges;
    const given = take(value);
    if (given === null) challenges.push({ scheme: name, parameters: new Map() });
    else challenges.at(-1)?.parameters.set(name, valueOf(given));
  }
}

function valueOf([, quoted, plain]: RegExpExecArray): string {
  return quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/gu, '$1');
}
