/** The parts of a control plane that can be left out. */
export type OptionalComponent = 'controller-manager' | 'scheduler' | 'kwok';

/** How a control plane is started. */
export interface ControlPlaneOptions {
  /** Where everything lies; kept at the end. Default: a temporary folder, removed at the end. */
  readonly folder?: string;
  /** What runs beside etcd and API server; default all three. */
  readonly components?: readonly OptionalComponent[];
  /** Takes progress lines; default none. */
  readonly log?: (line: string) => void;
  /** Ends the start. What runs is stopped by `stop` alone, when its owner is done with it. */
  readonly signal?: AbortSignal;
  /** More arguments of the API server; they win over ours. */
  readonly apiserverFlags?: readonly string[];
}

/** A running control plane. */
export interface ControlPlane {
  /** Certificates, etcd's data and a log file of each program (`<program>.log`). */
  readonly folder: string;
  /** Path of a kubeconfig of `system:masters`. */
  readonly kubeconfig: string;
  /** Base address, `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** Path of the CA certificate. */
  readonly caFile: string;
  /** Path of kubectl. */
  readonly kubectl: string;
  /** Path of every program in use, by its name. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Runs kubectl with this kubeconfig and gives its output; throws `COMMAND_FAILED` with its last line and, in `details.stderr`, all it said. */
  run(args: readonly string[], input?: string): Promise<string>;
  /** Stops and starts the API server on the same port; data and all other programs stay. */
  restartApiServer(): Promise<void>;
  /** Stops the API server alone. */
  stopApiServer(): Promise<void>;
  /** Starts the API server again and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Stops all programs, API server first and etcd last, and removes the temporary folder. Safe to call again. */
  stop(): Promise<void>;
}
