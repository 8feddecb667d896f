import {
  conditionMeanings,
  endingReasons,
  waitReasons,
  type ConditionMeaning,
  type Reasons,
} from '@kubeos/core';
import { cell, generated, table } from './markdown.ts';

/** The reference page of conditions and reasons. */
export function conditionsPage(): string {
  return [
    generated(),
    '# Conditions and reasons\n\nWhat KubeOS tells people. No decision of its own reads a condition.\n',
    ...(['OS', 'OSInstance'] as const).map(sectionOf),
    '## Why work waits\n\nIn `OS.status.waiting`, in messages and as reasons of `Ready`, `Progressing`, `Admitted` and `Drained`.\n',
    reasonTable(waitReasons),
    '## How operations end\n\nIn events and in `OSInstance.spec.history`, beside the reasons of [errors](errors.md). Before that an\nupgrade tells `Preparing` and `Admitted` in events of the Node, and `Prepare` (the slot is written),\n`Activate` and `After` (the trial runs) in events of its `OSInstance`.\n',
    reasonTable(endingReasons),
  ].join('\n');
}

function sectionOf(kind: ConditionMeaning['kind']): string {
  const own = conditionMeanings.filter((each) => each.kind === kind);
  return [
    `## ${kind}\n`,
    table(
      ['Condition', 'Written by', 'When True'],
      own.map(({ type, writer, whenTrue }) => [`\`${type}\``, writer, cell(whenTrue)]),
    ),
    table(
      ['Condition', 'Reason', 'Meaning'],
      own.flatMap(({ type, reasons }) =>
        Object.entries(reasons).map(([reason, meaning]) => [
          `\`${type}\``,
          `\`${reason}\``,
          cell(meaning),
        ]),
      ),
    ),
  ].join('\n');
}

function reasonTable(reasons: Reasons): string {
  return table(
    ['Reason', 'Meaning'],
    Object.entries(reasons).map(([reason, meaning]) => [`\`${reason}\``, cell(meaning)]),
  );
}
