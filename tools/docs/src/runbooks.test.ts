import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  adviceFor,
  conditionMeanings,
  endingReasons,
  errorCodes,
  phases,
  runbooks as adviceRunbooks,
  waitReasons,
} from '@kubeos/core';
import { readAlerts } from './alerts.ts';
import { readPages } from './pages.ts';

const pages = readPages();
const runbooks = pages.filter(({ path }) => path.startsWith('docs/runbooks/'));
const index = runbooks.find(({ path }) => path.endsWith('/README.md'));

const errorReasons = Object.values(errorCodes).map(({ reason }) => reason);
const conditionReasons = conditionMeanings.flatMap(({ reasons }) => Object.keys(reasons));
const ours: ReadonlySet<string> = new Set([
  ...Object.keys(waitReasons),
  ...Object.keys(endingReasons),
  ...errorReasons,
  ...conditionReasons,
  ...conditionMeanings.map(({ type }) => type),
  ...phases,
  ...readAlerts().map(({ alert }) => alert),
]);

/** Other words that look like reasons. */
const foreign: ReadonlySet<string> = new Set([
  'GetStatus',
  'ImagePullBackOff',
  'KubeosError',
  'MachineConfigNode',
  'OsSpec',
  'RuntimeDirectoryPreserve',
  'ServiceMonitor',
]);

const looksLikeReason = /^[A-Z][a-z]+(?:[A-Z]+[a-z]*)+$/u;

/** Reasons for which a person has to do something: a runbook must name each of them. */
const failures = Object.values(errorCodes)
  .filter(({ outcome }) => outcome !== 'transient')
  .map(({ reason }) => reason);
const troubles = conditionMeanings
  .filter(({ kind, type }) => kind === 'OSInstance' && type === 'Degraded')
  .flatMap(({ reasons }) => Object.keys(reasons))
  .filter((reason) => reason !== 'AsExpected');

/** The page that a row of the index leads to. */
function pageOf(row: string): string | undefined {
  return /\]\((\S+)\.md\)/u.exec(row)?.[1];
}

describe('the runbooks', () => {
  it('name no reason that the code does not know', () => {
    const unknown = pages
      .filter(({ path }) => !path.startsWith('docs/reference/'))
      .flatMap(({ path, codes }) =>
        codes
          .filter(({ text }) => looksLikeReason.test(text) && !ours.has(text) && !foreign.has(text))
          .map(({ line, text }) => `${path}:${line} ${text}`),
      );
    expect(unknown).toEqual([]);
  });

  it.each([
    ['failure that does not pass by itself', failures],
    ['reason of a degraded node', troubles],
  ])('have a page for each %s', (_what, reasons) => {
    const listed = new Set(index?.codes.map(({ text }) => text));
    expect(reasons.filter((reason) => !listed.has(reason))).toEqual([]);
  });

  it('have a page for every reason that the index lists, which names it', () => {
    const rows = (index?.text ?? '').split('\n').filter((row) => row.startsWith('| `'));
    const forgotten = rows.flatMap((row) => {
      const file = /\]\((\S+\.md)\)/u.exec(row)?.[1] ?? '';
      const page = runbooks.find(({ path }) => path === `docs/runbooks/${file}`);
      const named = new Set(page?.codes.map(({ text }) => text));
      const reasons = [...row.matchAll(/`(\w+)`/gu)].map(([, reason = '']) => reason);
      return reasons.filter((reason) => !named.has(reason)).map((reason) => `${file} ${reason}`);
    });
    expect(rows.length).toBeGreaterThan(0);
    expect(forgotten).toEqual([]);
  });

  it('are the pages that the advice about a reason names, but for those that alerts alone lead to', () => {
    const rows = (index?.text ?? '').split('\n').filter((row) => row.startsWith('| `'));
    const ofAlerts = rows.filter((row) => row.startsWith('| `KubeOS')).map(pageOf);
    const ofReasons = rows.filter((row) => !row.startsWith('| `KubeOS'));
    const files = runbooks
      .filter((page) => page !== index)
      .map(({ path }) => basename(path, '.md'));
    const named: readonly string[] = adviceRunbooks;
    expect(named.filter((name) => !files.includes(name))).toEqual([]);
    expect(ofAlerts).toEqual(expect.arrayContaining(files.filter((name) => !named.includes(name))));
    const astray = ofReasons.flatMap((row) => {
      const name = pageOf(row);
      const reasons = [...row.matchAll(/`(\w+)`/gu)].map(([, reason = '']) => reason);
      return reasons
        .filter((reason) => adviceFor(reason).runbook !== name)
        .map((reason) => `${reason}: ${name}, not ${adviceFor(reason).runbook}`);
    });
    expect(astray).toEqual([]);
  });

  it.each(runbooks.filter((page) => page !== index))(
    'say in $path what it means, what is safe, how to look and how to end it',
    ({ text }) => {
      const headings = [...text.matchAll(/^## (.+)$/gmu)].map(([, heading]) => heading);
      const wanted = ['What it means', 'What is still safe', 'How to look', 'How to end it'];
      expect(headings).toEqual(wanted);
    },
  );
});
