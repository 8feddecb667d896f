/** What the tests look at in a page of Markdown. Only what our pages use is understood. */

/** A fenced block. */
export interface Fence {
  /** First line of its content, counted from 1. */
  readonly line: number;
  /** First word behind the fence: what highlights it. */
  readonly language: string;
  /** Second word behind the fence: what is done with it in the tests. Renderers ignore it. */
  readonly use: string;
  readonly text: string;
}

/** A link with its target as written. */
export interface Link {
  readonly line: number;
  readonly target: string;
}

/** Text between single backticks. */
export interface Code {
  readonly line: number;
  readonly text: string;
}

/** A page, read. */
export interface Markdown {
  readonly fences: readonly Fence[];
  readonly links: readonly Link[];
  readonly codes: readonly Code[];
  /** Names by which a link can point into the page. */
  readonly anchors: ReadonlySet<string>;
}

const fencePattern = /^(`{3,})(\S*) ?(\S*).*$/u;

/** Reads a page. */
export function readMarkdown(text: string): Markdown {
  const fences: Fence[] = [];
  const links: Link[] = [];
  const codes: Code[] = [];
  const headings: string[] = [];
  let open: { readonly fence: Omit<Fence, 'text'>; readonly lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const mark = fencePattern.exec(line);
    if (open !== undefined) {
      if (mark === null) open.lines.push(line);
      else {
        fences.push({ ...open.fence, text: `${open.lines.join('\n')}\n` });
        open = undefined;
      }
    } else if (mark !== null) {
      const [, , language = '', use = ''] = mark;
      open = { fence: { line: index + 2, language, use }, lines: [] };
    } else {
      const heading = /^#+ (.+)$/u.exec(line)?.[1];
      if (heading !== undefined) headings.push(heading);
      readInline(line, index + 1, links, codes);
    }
  }
  if (open !== undefined) throw new Error(`The block at line ${open.fence.line} has no end`);
  return { fences, links, codes, anchors: anchorsOf(headings) };
}

function readInline(line: string, number: number, links: Link[], codes: Code[]): void {
  const plain = line.replaceAll(/`([^`]+)`/gu, (_all, code: string) => {
    codes.push({ line: number, text: code });
    return '';
  });
  for (const [, target = ''] of plain.matchAll(/\]\(([^)\s]+)\)/gu)) {
    links.push({ line: number, target });
  }
}

/** GitHub's names of headings: lower case, punctuation dropped, blanks to hyphens, repeated ones numbered. */
function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  const seen = new Map<string, number>();
  for (const heading of headings) {
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    anchors.add(before === 0 ? name : `${name}-${before}`);
  }
  return anchors;
}
