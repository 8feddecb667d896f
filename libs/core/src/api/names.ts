/** The names that KubeOS writes into a cluster. Those of upstream keep upstream's spelling. */

/** API group of both kinds. */
export const apiGroup = 'upgrade.openeuler.org';
/** The one served and stored version. */
export const apiVersion = 'v1alpha1';
/** Namespace of every `OSInstance`, as upstream. */
export const instanceNamespace = 'default';
/** Raised with every change of the CRD schema that decisions depend on; see `CRDOutdated`. */
export const schemaRevision = 3;
/** Annotation of a CRD that tells its schema revision. */
export const schemaRevisionAnnotation = `${apiGroup}/schema-revision`;

/** Node label: the group a `nodeselector` chooses by. */
export const nodeSelectorLabel = `${apiGroup}/node-selector`;
/** Node label while an upgrade or rollback has the node cordoned. */
export const upgradingLabel = `${apiGroup}/upgrading`;
/** Node label while a configuration is at work. */
export const configuringLabel = `${apiGroup}/configuring`;
/** Node label of a serial batch. */
export const serialLabel = `${apiGroup}/serial`;
/** `OSInstance` label: the node's name. */
export const instanceNodeLabel = `${apiGroup}/osinstance-node`;
/** Nodes with this label are never touched; neither are those with the older `master` one. */
export const controlPlaneLabels: readonly string[] = [
  'node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/master',
];
/** Well-known topology label, https://kubernetes.io/docs/reference/labels-annotations-taints/. */
export const zoneLabel = 'topology.kubernetes.io/zone';

/** Node annotation: ownership of a cordon, `osUid/operationId`. */
export const cordonAnnotation = `${apiGroup}/cordon`;
/** Node annotation, any value: keeps the node out. */
export const holdAnnotation = `${apiGroup}/hold`;
/** Node annotation: allows one more attempt; value is a digest, optionally `#n`. */
export const retryAnnotation = `${apiGroup}/retry`;

/** Finalizer on `OS` and `OSInstance` while an operation is open. */
export const operationFinalizer = `${apiGroup}/operation`;

/** Field manager of the operator's writes. */
export const operatorFieldManager = 'kubeos-operator';

/** Types of the conditions of an `OSInstance` that are the operator's; the others are its proxy's. */
export const operatorConditionTypes: ReadonlySet<string> = new Set([
  'Admitted',
  'Drained',
  'Progressing',
]);
/** Field manager of the proxy's writes. */
export const proxyFieldManager = 'kubeos-proxy';
