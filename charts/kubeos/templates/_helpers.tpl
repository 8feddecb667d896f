{{/*
Names are fixed: a second installation beside the first would be two operators over the same nodes, and Helm refuses it
because these objects belong to the other release.
*/}}

{{/* Labels of every object. Takes the root context. */}}
{{- define "kubeos.labels" -}}
app.kubernetes.io/part-of: kubeos
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Labels of an object of one part. Takes a list: root context, name of the part. */}}
{{- define "kubeos.partLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ index . 1 }}
{{ include "kubeos.labels" $root }}
{{- end -}}

{{/* Labels of the pods of a part: nothing that changes with the chart's version alone, for they would all restart. */}}
{{- define "kubeos.podLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/part-of: kubeos
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- end -}}

{{/* What the pods of a part are found by; part of a Deployment that cannot be changed later. */}}
{{- define "kubeos.selector" -}}
app.kubernetes.io/name: {{ . }}
{{- end -}}

{{/* Reference of an image. Takes a list: root context, the part's image. */}}
{{- define "kubeos.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $name := $image.repository -}}
{{- with $root.Values.image.registry }}{{ $name = printf "%s/%s" (trimSuffix "/" .) $name }}{{ end -}}
{{- if $image.digest -}}
{{ $name }}@{{ $image.digest }}
{{- else -}}
{{ $name }}:{{ $image.tag | default $root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* What every container of ours does without. */}}
{{- define "kubeos.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end -}}

{{/* Namespace of the proxies: their hostPath needs one that allows it, and nothing else should run there. */}}
{{- define "kubeos.proxyNamespace" -}}
{{ .Values.proxy.namespace.name | default .Release.Namespace }}
{{- end -}}

{{/* Names of the service accounts as the API server sees them. */}}
{{- define "kubeos.operatorUser" -}}
system:serviceaccount:{{ .Release.Namespace }}:os-operator
{{- end -}}
{{- define "kubeos.proxyUser" -}}
system:serviceaccount:{{ include "kubeos.proxyNamespace" . }}:os-proxy
{{- end -}}

{{/* Where the pods of the operator run and as whom: those of the Deployment, and the one before an uninstall. */}}
{{- define "kubeos.operatorPod" -}}
serviceAccountName: os-operator
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.operator.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.operator.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.operator.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.operator.preferControlPlane }}
# A worker that is taken over could read the token of every pod that runs on it; KubeOS restarts workers, too.
affinity:
  nodeAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        preference:
          matchExpressions:
            - key: node-role.kubernetes.io/control-plane
              operator: Exists
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "kubeos.operatorEnv" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: TZ
  value: {{ .Values.operator.timeZone | quote }}
- name: LOG_LEVEL
  value: {{ .Values.operator.logLevel }}
- name: OWN_LABEL
  value: app.kubernetes.io/name=os-operator
{{- end -}}
