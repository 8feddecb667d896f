/** Holds what the guide of the first node says of seeds to the program that applies them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readPages } from './pages.ts';
import { seedProgram } from './seeded-node.ts';

const program = readFileSync(seedProgram, 'utf8');
const page = readPages().find(({ path }) => path === 'docs/guides/first-node.md');
const codes = page?.codes.map(({ text }) => text) ?? [];

/** The words of a variable that the program sets once. */
function wordsOf(name: string): readonly string[] {
  const text = new RegExp(`^${name}='([^']+)'$`, 'mu').exec(program)?.[1];
  return text?.split(' ') ?? [];
}

describe('the guide of the first node', () => {
  it('has every field of a seed, and the word of the kernel line for it', () => {
    const fields = wordsOf('fields');
    const words = [...program.matchAll(/kubeos\.[a-z-]+(?==)/gu)].map(([word]) => word);
    expect(fields.length).toBeGreaterThan(5);
    expect(new Set(words).size).toBe(fields.length);
    expect([...fields, ...words].filter((name) => !codes.includes(name))).toEqual([]);
    const told = codes.filter((text) => /^kubeos\.[a-z-]+$/u.test(text));
    expect(told.filter((word) => !words.includes(word))).toEqual([]);
  });

  it('has every file that a seed becomes', () => {
    const files = wordsOf('own').map((path) => `/etc/${path}`);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((path) => !codes.includes(path))).toEqual([]);
  });

  it('tells mistakes in the words of the journal', () => {
    const messages = codes.flatMap(
      (text) => /^[\w./-]+: (?:expected )?([a-zA-Z].{10,})$/u.exec(text)?.[1] ?? [],
    );
    expect(messages.length).toBeGreaterThan(5);
    expect(messages.filter((text) => !program.includes(text))).toEqual([]);
  });

  it.each([
    'applied already',
    'there is no seed: the node stays what it is',
    'several disks are labelled KUBEOS-SEED',
    'nothing of it is applied',
    'passed over, because a seed has no such files',
  ])('knows that the journal may say "%s"', (message) => {
    expect(codes).toContain(message);
    expect(program).toContain(message);
  });
});
