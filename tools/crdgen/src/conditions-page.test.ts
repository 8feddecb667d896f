import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { conditionMeanings, endingReasons, errorCodes, waitReasons } from '@kubeos/core';

const core = resolve(import.meta.dirname, '../../../libs/core/src');

/** Where reasons are given. The agent's warnings are a closed type of their own. */
const folders = ['rollout', 'lifecycle', 'operator', 'proxy', 'drain'];

/** How a decision gives a reason: as a member, or as the first word of one of these functions. */
const patterns = [
  /\breason:\s*'([A-Z]\w+)'/g,
  /\b(?:wait|waiting|yes|no|unknown|failedDrain|cancelled)\(\s*'([A-Z]\w+)'/g,
  /\bcondition\(\s*\w+,\s*'\w+',\s*'\w+',\s*(?:[\w.?]+ \?\? )?'([A-Z]\w+)'/g,
];

const given = new Set(
  folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: core }))
    .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
    .map((file) => readFileSync(join(core, file), 'utf8'))
    .flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)]))
    .flatMap(([, reason]) => (reason === undefined ? [] : [reason])),
);

const documented = new Set([
  ...conditionMeanings.flatMap(({ reasons }) => Object.keys(reasons)),
  ...Object.keys(waitReasons),
  ...Object.keys(endingReasons),
  ...Object.values(errorCodes).map(({ reason }) => reason),
]);

/** Verdicts about single pods that no condition shows. */
const unseen = ['MirrorPod', 'DaemonSetPod'];

describe('the tables of reasons', () => {
  it('have every reason that a decision gives', () => {
    expect(given.size).toBeGreaterThan(60);
    expect([...given].filter((reason) => !documented.has(reason)).sort()).toEqual(
      unseen.toSorted(),
    );
  });

  it('are written in CamelCase', () => {
    for (const reason of documented) expect(reason).toMatch(/^([A-Z]+[a-z]*)+$/);
  });
});
