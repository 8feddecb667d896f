import { errorCodes, errorKinds, type ErrorCode } from '@kubeos/core';
import { generated, table } from './markdown.ts';

/** The reference page of the error codes: what each means for an operation, a queue, a call and a program. */
export function errorsPage(): string {
  return [
    generated(),
    '# Errors\n\nEvery failure of KubeOS has one of these codes. It travels over gRPC and stands in `OSInstance.status`.\n',
    table(
      ['Code', 'Reason', 'Kind', 'Counts as'],
      codes().map((code) => {
        const { reason, kind, outcome } = errorCodes[code];
        return [`\`${code}\``, reason, kind, outcome];
      }),
    ),
    '## Kinds\n\nThe kind decides what happens next.\n',
    table(
      ['Kind', 'Work queue', 'gRPC status', 'Exit status'],
      Object.entries(errorKinds).map(([kind, meaning]) => [
        kind,
        meaning.requeue,
        String(meaning.grpcStatus),
        String(meaning.exitCode),
      ]),
    ),
    '## Outcomes\n',
    table(
      ['Counts as', 'Failure of the node', 'Next try'],
      [
        ['bad', 'yes', 'with a new digest or a retry'],
        ['unconfirmed', 'yes', 'with a new digest or a retry'],
        ['interrupted', 'no', 'by itself, with growing pauses'],
        ['transient', 'no', 'by itself, with growing pauses'],
        ['blocked', 'no', 'by itself, with growing pauses, once no cause can be seen any more'],
        ['lost', 'yes', 'when the node reports again'],
      ],
    ),
  ].join('\n');
}

function codes(): readonly ErrorCode[] {
  return (Object.keys(errorCodes) as ErrorCode[]).sort();
}
