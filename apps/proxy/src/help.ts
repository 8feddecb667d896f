/** The text of `os-proxy --help`. */
export const helpText = `Usage: os-proxy [OPTION...]

Relays between the OSInstance of its node and os-agent on that node. It writes
nothing but the status of that one object.

Options (environment variable in brackets):
  --node-name NAME      the node this runs on [NODE_NAME], required
  --node-uid UID        UID of its Node [NODE_UID] (default: named by the pod's token)
  --kubeconfig FILE     how to reach the API server [KUBECONFIG] (default: as a pod)
  --agent-socket PATH   [AGENT_SOCKET] (default /run/os-agent/os-agent.sock)
  --snapshot PATH       the agent's status (default status.json beside the socket)
  --listen HOST:PORT    /healthz, /readyz and /metrics [LISTEN] (default :8081)
  --log-level LEVEL     debug, info, warn or error [LOG_LEVEL] (default info)
  -h, --help            this text
  --version             version of the proxy

Examples:
  os-proxy --node-name worker-1
      In a DaemonSet; NODE_NAME from the downward API does the same.
  os-proxy --node-name worker-1 --node-uid "$(kubectl get node worker-1 -o jsonpath='{.metadata.uid}')" \\
      --kubeconfig ~/.kube/config --log-level debug
      On the node itself, to watch what it does.
`;
