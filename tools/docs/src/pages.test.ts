import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPages, repository, type Page } from './pages.ts';
import { exampleParts } from './settings-examples.ts';

const pages = readPages();
const byPath = new Map(pages.map((page) => [page.path, page]));

/**
 * What a block may be: run or checked by a test (see `examples.int.test.ts`, `settings.test.ts` for what is about
 * settings, `images.test.ts` for kbimg, `payloads.test.ts` for registries, `first-node.int.test.ts` for nodes that join, and
 * `tools/images` for container images), or no example at all.
 */
const uses: Readonly<Record<string, readonly string[]>> = {
  sh: ['test', 'helm', 'npm', 'console', 'node', 'kbimg', 'registry', 'join'],
  yaml: ['test', 'entry', 'before', 'after'],
  toml: ['before', 'after', 'recipe', 'wrong'],
  ts: ['test'],
  json: ['', 'auth'],
  mermaid: [''],
  text: ['', 'issues', ...exampleParts],
};

const unitFolder = 'usr/lib/systemd/system';
const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Everything in a page that a reader could copy. */
function copied(page: Page): readonly { readonly line: number; readonly text: string }[] {
  const inBlocks = page.fences
    .filter(({ language }) => language === 'sh')
    .flatMap((fence) =>
      fence.text.split('\n').map((text, index) => ({ line: fence.line + index, text })),
    );
  return [...inBlocks, ...page.codes];
}

function brokenLink(page: Page, target: string): boolean {
  if (/^(https?|mailto):/u.test(target)) return URL.parse(target) === null;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page.path : normalize(join(dirname(page.path), path));
  return isBrokenTarget(anchor === undefined ? file : `${file}#${anchor}`);
}

/** True for a path from the repository's folder, with a heading or without, that leads nowhere. */
function isBrokenTarget(target: string): boolean {
  const [file = '', anchor] = target.split('#');
  if (!existsSync(join(repository, file))) return true;
  return anchor !== undefined && byPath.get(file)?.anchors.has(anchor) !== true;
}

/** Links by reference, in HTML, and those whose text or target is broken over two lines. */
const unseenLinks = [/\]\[[^\]]*\]/u, /^\s*\[[^\]]+\]: \S/u, /<a\s|<img\s/iu, /\]\([^)]*$/u];

/** The lines outside of blocks, without code in them. */
function withoutBlocks(page: Page): readonly { readonly line: number; readonly text: string }[] {
  const ofBlocks = new Set(
    page.fences.flatMap((fence) =>
      fence.text.split('\n').map((_text, index) => fence.line + index),
    ),
  );
  return page.text
    .split('\n')
    .map((text, index) => ({ line: index + 1, text: text.replaceAll(/`[^`]*`/gu, '') }))
    .filter(({ line }) => !ofBlocks.has(line));
}

/** Folders whose files somebody else writes. */
function isMade(path: string): boolean {
  return /(^|\/)(node_modules|dist|out-tsc|gen|coverage)(\/|$)/u.test(path);
}

function isMissingPath(text: string): boolean {
  const path = /^((?:apps|charts|docs|e2e|libs|proto|tools)\/[\w./-]+)$/u.exec(text)?.[1];
  if (path === undefined || path.includes('/dist/')) return false;
  return !existsSync(join(repository, path));
}

/** A library may run its examples itself. */
function isOurs({ path }: Page): boolean {
  return !existsSync(join(repository, dirname(path), 'src/readme.int.test.ts'));
}

const found = (page: Page, line: number, text: string): string => `${page.path}:${line} ${text}`;

describe('the documents', () => {
  it('link only to what is there', () => {
    const broken = pages.flatMap((page) =>
      page.links
        .filter(({ target }) => brokenLink(page, target))
        .map(({ line, target }) => found(page, line, target)),
    );
    expect(broken).toEqual([]);
  });

  it('have no links in a form that this check does not see', () => {
    const unseen = pages.flatMap((page) =>
      withoutBlocks(page).flatMap(({ line, text }) =>
        unseenLinks.some((pattern) => pattern.test(text)) ? [found(page, line, text)] : [],
      ),
    );
    expect(unseen).toEqual([]);
  });

  it('are linked from code and rules by paths and headings that there are', () => {
    const patterns = ['{apps,libs,tools,e2e,charts}/**/*.{ts,mjs,yaml,json,tpl,txt,md}', '*.json'];
    const broken = globSync(patterns, { cwd: repository, exclude: isMade }).flatMap((path) => {
      const text = readFileSync(join(repository, path), 'utf8');
      return [...text.matchAll(/\bdocs\/[\w/.-]+\.md(?:#([\w-]+))?/gu)]
        .map(([target]) => target)
        .filter((target) => isBrokenTarget(target))
        .map((target) => `${path} ${target}`);
    });
    expect(broken).toEqual([]);
  });

  it('name only npm scripts that are there', () => {
    const unknown = pages.flatMap((page) =>
      copied(page).flatMap(({ line, text }) =>
        [...text.matchAll(/npm (?:run )?([a-z][\w-]*)/gu)]
          .map(([, name = '']) => name)
          .filter((name) => !['ci', 'install', 'pack', 'run'].includes(name) && !(name in scripts))
          .map((name) => found(page, line, name)),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('name only files and folders that are there', () => {
    const missing = pages.flatMap((page) =>
      page.codes
        .filter(({ text }) => isMissingPath(text))
        .map(({ line, text }) => found(page, line, text)),
    );
    expect(missing).toEqual([]);
  });

  it('name every stage of npm test', () => {
    const stages = readFileSync(join(repository, 'tools/test/stages.mjs'), 'utf8');
    const names = [...stages.matchAll(/\bname: '([\w-]+)'/gu)].map(([, name = '']) => name);
    const told = new Set(byPath.get('CONTRIBUTING.md')?.codes.map(({ text }) => text));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !told.has(name))).toEqual([]);
  });

  it('name only units of systemd that are there', () => {
    const places = [
      'apps/agent/systemd',
      ...['examples/node', 'libs/imaging/node-files/root'].map((root) => `${root}/${unitFolder}`),
    ];
    const missing = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:os-agent|kubeos-)[\w-]*\.(?:service|socket|timer)\b/gu)]
        .map(([unit]) => unit)
        .filter((unit) => !places.some((place) => existsSync(join(repository, place, unit))))
        .map((unit) => `${path} ${unit}`),
    );
    expect(missing).toEqual([]);
  });

  it('say of every block what a test does with it', () => {
    const unsaid = pages
      .filter(isOurs)
      .flatMap((page) =>
        page.fences
          .filter(({ language, use }) => uses[language]?.includes(use) !== true)
          .map(({ line, language, use }) => found(page, line, `${language} ${use}`)),
      );
    expect(unsaid).toEqual([]);
  });

  // Guides that `guides.int.test.ts` runs from their first block to the last.
  it('repeat only what a guide runs where they install', () => {
    const run = ['deploy', 'migrate', 'security'].map((name) => `docs/guides/${name}.md`);
    const isOfHelm = ({ use }: { readonly use: string }): boolean => use === 'helm';
    const known = new Set(
      run.flatMap((path) =>
        byPath
          .get(path)
          ?.fences.filter(isOfHelm)
          .map(({ text }) => text),
      ),
    );
    const unknown = pages
      .filter(({ path }) => !run.includes(path))
      .flatMap((page) => page.fences.filter(isOfHelm).map((fence) => ({ page, ...fence })))
      .filter(({ text }) => !known.has(text))
      .map(({ page, line, text }) => found(page, line, text));
    expect(known.size).toBeGreaterThan(5);
    expect(unknown).toEqual([]);
  });

  it('are all reached from the index', () => {
    const index = byPath.get('docs/README.md');
    const reached = new Set(
      index?.links.map(({ target }) => normalize(join('docs', target.split('#')[0] ?? ''))),
    );
    const forgotten = pages
      .map(({ path }) => path)
      .filter((path) => path.startsWith('docs/') && path !== 'docs/README.md')
      .filter((path) => !reached.has(path));
    expect(forgotten).toEqual([]);
  });
});
