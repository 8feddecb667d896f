import { phaseTable, slotTransitions, type PhaseRow } from '@kubeos/core';
import { generated, table } from './markdown.ts';

/** The reference page of an operation's phases and of the slots' states, with a diagram of each. */
export function lifecyclePage(): string {
  const phases = Object.entries(phaseTable);
  return [
    generated(),
    '# Life of an operation\n\nAn upgrade or a configuration enters at `Prepare`, a rollback at `Drain`. Each phase is written into `OSInstance.spec.operation.phase`.\n',
    phaseDiagram(phases),
    table(
      ['Phase', 'What is true', 'Who moves it on', 'Deadline'],
      phases.map(([phase, row]) => [`\`${phase}\``, row.means, row.movedBy, row.deadline]),
    ),
    '## Transitions\n',
    table(
      ['From', 'To', 'When'],
      phases.flatMap(([phase, row]) =>
        Object.entries(row.next).map(([to, when]) => [`\`${phase}\``, `\`${to}\``, when]),
      ),
    ),
    '## Slots\n\nThe state of the candidate, the slot that is not the default. Every change is one write of one sector.\n',
    slotDiagram(),
    table(
      ['Change', 'From', 'To', 'When'],
      Object.entries(slotTransitions).map(([name, row]) => [
        `\`${name}\``,
        row.from.join(', '),
        row.to,
        row.when,
      ]),
    ),
  ].join('\n');
}

function phaseDiagram(phases: readonly (readonly [string, PhaseRow])[]): string {
  const arrows = phases.flatMap(([phase, { next }]) =>
    Object.keys(next)
      .filter((to) => to !== 'Closed' || phase === 'GiveBack')
      .map((to) => `  ${phase} --> ${to === 'Closed' ? '[*]' : to}`),
  );
  return diagram(['  [*] --> Prepare: upgrade, config', '  [*] --> Drain: rollback', ...arrows]);
}

function slotDiagram(): string {
  return diagram(
    Object.entries(slotTransitions).flatMap(([name, { from, to }]) =>
      from.map((state) => `  ${state} --> ${to}: ${name}`),
    ),
  );
}

function diagram(lines: readonly string[]): string {
  return ['```mermaid', 'stateDiagram-v2', ...lines, '```', ''].join('\n');
}
