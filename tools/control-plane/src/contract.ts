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
  /**
   * True when real kubelets in QEMU guests are to join, see `ControlPlane.join`; default false. The controller manager
   * signs for them. The API server then reaches kubelets only: webhooks and aggregated APIs are refused (`egress.log`).
   */
  readonly nodesJoin?: boolean;
  /**
   * Seconds without a sign of life after which a node turns NotReady. Default 8, for tests on played nodes; with
   * `nodesJoin` the 50 of Kubernetes, which a reboot in emulation (30 to 60 s) mostly keeps.
   */
  readonly nodeMonitorGraceSeconds?: number;
}

/** What a kubelet in a QEMU guest needs to join. */
export interface JoinTicket {
  /** The API server as guests of QEMU's user network see it, `https://10.0.2.2:PORT`. */
  readonly server: string;
  /** Path, on the host, of the CA certificate of the API server; kubelets also know the API server's client by it. */
  readonly caFile: string;
  /** Bootstrap token for the kubelet's bootstrap kubeconfig, good for some hours and for any number of nodes. Secret. */
  readonly token: string;
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
  /**
   * Makes a fresh bootstrap token, with which kubelets ask for client certificates that are approved and signed by
   * themselves. Throws `UNSUPPORTED` on a plane without `nodesJoin`, and what `run` throws.
   */
  join(): Promise<JoinTicket>;
  /**
   * Has the API server reach the kubelet of a node (logs, exec) at a loopback port, which QEMU forwards to port 10250
   * of the guest. The last call for a node wins. The node's `/proxy` stays out of reach: for that the API server first
   * looks its name up. Throws `UNSUPPORTED` on a plane without `nodesJoin`.
   */
  forwardKubelet(node: string, port: number): void;
  /** Stops all programs, API server first and etcd last, and removes the temporary folder. Safe to call again. */
  stop(): Promise<void>;
}
