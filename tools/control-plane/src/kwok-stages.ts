/**
 * How kwok plays the pods of a fake kubelet, https://kwok.sigs.k8s.io/docs/user/stages-configuration/.
 *
 * A pod that is bound to a played node is Ready at once, and again at once after something made it not Ready (the
 * node life cycle controller does so to all pods of a node that went away). It keeps its address then: kwok would draw
 * a second one, which the API server refuses. A deleted pod is gone at once; finalizers of others are left alone.
 *
 * Node status and leases belong to whoever plays the machine. The one stage for Nodes matches none; it is there
 * because kwok follows Nodes, and so their pods, only when it has a stage for them.
 */
export const kwokStages = `apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: node-never
spec:
  resourceRef:
    apiGroup: v1
    kind: Node
  selector:
    matchExpressions:
      - key: .metadata.name
        operator: DoesNotExist
  next: {}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: pod-ready
spec:
  resourceRef:
    apiGroup: v1
    kind: Pod
  selector:
    matchExpressions:
      - key: .metadata.deletionTimestamp
        operator: DoesNotExist
      - key: .status.phase
        operator: NotIn
        values: [Succeeded, Failed]
      - key: '.status.conditions.[] | select( .type == "Ready" ) | .status'
        operator: NotIn
        values: ["True"]
  next:
    statusTemplate: |
      {{ $now := Now }}
      {{ $start := or .status.startTime $now }}
      phase: Running
      startTime: {{ $start | Quote }}
      conditions:
      {{ range $type := list "Initialized" "PodReadyToStartContainers" "ContainersReady" "Ready" }}
      - type: {{ $type | Quote }}
        status: "True"
        lastTransitionTime: {{ $now | Quote }}
      {{ end }}
      {{ range .spec.readinessGates }}
      - type: {{ .conditionType | Quote }}
        status: "True"
        lastTransitionTime: {{ $now | Quote }}
      {{ end }}
      containerStatuses:
      {{ range .spec.containers }}
      - name: {{ .name | Quote }}
        image: {{ .image | Quote }}
        ready: true
        started: true
        restartCount: 0
        state:
          running:
            startedAt: {{ $start | Quote }}
      {{ end }}
      {{ if not .status.podIP }}
      {{ with NodeIPsWith .spec.nodeName }}
      hostIP: {{ index . 0 | Quote }}
      {{ end }}
      {{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
      podIP: {{ index . 0 | Quote }}
      podIPs:
      {{ range . }}
      - ip: {{ . | Quote }}
      {{ end }}
      {{ end }}
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata:
  name: pod-delete
spec:
  resourceRef:
    apiGroup: v1
    kind: Pod
  selector:
    matchExpressions:
      - key: .metadata.deletionTimestamp
        operator: Exists
  next:
    delete: true
`;
