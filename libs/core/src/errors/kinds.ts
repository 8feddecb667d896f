/** What each kind of failure means at the three edges of the system: the work queue, gRPC and the command line. */
import type { ErrorKind } from './codes.ts';

/** How a loop goes on after a failure: try again with growing pauses, look again soon, or wait for a change. */
export type RequeueAfterError = 'backoff' | 'soon' | 'onChange';

interface KindMeaning {
  readonly requeue: RequeueAfterError;
  /** Number of the gRPC status, https://grpc.io/docs/guides/status-codes/. */
  readonly grpcStatus: number;
  /** Exit status of a command line program; 64 to 78 are those of sysexits(3). */
  readonly exitCode: number;
}

/** The one table from kind to consequence. */
export const errorKinds: Readonly<Record<ErrorKind, KindMeaning>> = {
  invalid: { requeue: 'onChange', grpcStatus: 3, exitCode: 64 },
  notFound: { requeue: 'soon', grpcStatus: 5, exitCode: 66 },
  conflict: { requeue: 'soon', grpcStatus: 10, exitCode: 75 },
  transient: { requeue: 'backoff', grpcStatus: 14, exitCode: 75 },
  permanent: { requeue: 'onChange', grpcStatus: 9, exitCode: 65 },
  unsafe: { requeue: 'onChange', grpcStatus: 9, exitCode: 77 },
  bug: { requeue: 'backoff', grpcStatus: 13, exitCode: 70 },
};
