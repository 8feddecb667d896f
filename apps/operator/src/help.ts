/** The text of `os-operator --help`. */
export const helpText = `Usage: os-operator [OPTION...]
       os-operator retire [--deadline SECONDS] [OPTION...]

Brings the nodes of a cluster to the operating system that OS objects ask for.
Several replicas may run; the holder of a Lease works, the others wait.

The command retire is for the time before an uninstall: it takes the Lease, starts
nothing, cancels what has not changed its node yet, sees the rest through, and ends
when every node is given back.

Options (environment variable in brackets):
  --kubeconfig FILE     how to reach the API server [KUBECONFIG] (default: as a pod)
  --namespace NAME      of the Lease and of the operator's pods [POD_NAMESPACE]
                        (default kubeos-system)
  --lease-name NAME     [LEASE_NAME] (default os-operator)
  --identity NAME       who holds the Lease [POD_NAME] (default os-operator)
  --time-zone ZONE      of time windows that name none, IANA [TZ] (default: the system's)
  --own-label KEY=VALUE pods of the namespace with this label are the operator's own
                        and are never evicted [OWN_LABEL]
                        (default app.kubernetes.io/name=os-operator)
  --listen HOST:PORT    /healthz, /readyz and /metrics [LISTEN] (default :8080)
  --log-level LEVEL     debug, info, warn or error [LOG_LEVEL] (default info)
  --deadline SECONDS    of retire: how long that may take (default 1200)
  -h, --help            this text
  --version             version of the operator

Examples:
  os-operator
      In a Deployment, with POD_NAME and POD_NAMESPACE from the downward API.
  os-operator --kubeconfig ~/.kube/config --namespace default --log-level debug
      On a workstation, against the cluster of the kubeconfig.
`;
