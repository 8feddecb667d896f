import { expect, it } from '@jest/globals';
import { helpText } from './arguments.ts';
import { run, type RunDeps } from './run.ts';

function deps(change: Partial<RunDeps> = {}) {
  const printed: string[] = [];
  const complained: string[] = [];
  const all: RunDeps = {
    root: '/nonexistent',
    print: (text) => printed.push(text),
    complain: (text) => complained.push(text),
    bundle: async () => undefined,
    stop: new AbortController().signal,
    ...change,
  };
  return { printed, complained, all };
}

it('prints its help', async () => {
  const { printed, all } = deps();
  expect(await run(['--help'], {}, all)).toBe(0);
  expect(printed).toEqual([helpText]);
});

it('says without a registry what --push wants, before anything is built', async () => {
  const bundle = async (): Promise<never> => Promise.reject(new Error('nothing is built'));
  const { complained, all } = deps({ bundle });
  expect(await run(['--push', ''], {}, all)).not.toBe(0);
  expect(complained.join('')).toContain('--push is a registry such as registry.example.org');
});

it('refuses a time that is none', async () => {
  const { complained, all } = deps();
  expect(await run([], { SOURCE_DATE_EPOCH: 'now' }, all)).not.toBe(0);
  expect(complained.join('')).toContain('SOURCE_DATE_EPOCH is a number of seconds');
});

it('ends as a program does that a signal ends', async () => {
  const { complained, all } = deps({ stop: AbortSignal.abort('SIGINT') });
  expect(await run([], {}, all)).toBe(130);
  expect(complained.join('')).toContain('nothing unfinished is left');
});
