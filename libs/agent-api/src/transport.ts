/** What the client needs of the way to the agent. */
import type { MethodDefinition } from '@grpc/proto-loader';

/** A method as the client sees it: its codecs and its path. */
export type ClientMethod<Request, Response> = Pick<
  MethodDefinition<Request, never, never, Response>,
  'path' | 'requestSerialize' | 'responseDeserialize'
>;

/** A way to the agent. Failures are `KubeosError`; when the signal is aborted, its reason. */
export interface AgentTransport {
  unary<Request, Response>(
    method: ClientMethod<Request, Response>,
    request: Request,
    signal: AbortSignal,
  ): Promise<Response>;
  stream<Request, Response>(
    method: ClientMethod<Request, Response>,
    request: Request,
    onMessage: (message: Response) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Ends open calls and frees the connection. */
  close(): void;
}
