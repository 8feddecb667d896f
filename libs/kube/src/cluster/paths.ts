/** Where the objects live on the API server. */
import { apiGroup, apiVersion, instanceNamespace } from '@kubeos/core';

const group = `/apis/${apiGroup}/${apiVersion}`;

/** Path of a Node, or of all Nodes. */
export function nodePath(name?: string): string {
  return child('/api/v1/nodes', name);
}

/** Path of an `OSInstance`, or of all. */
export function instancePath(name?: string): string {
  return child(`${group}/namespaces/${instanceNamespace}/osinstances`, name);
}

/** Path of every `OS` of the cluster. */
export const osCollectionPath = `${group}/os`;

/** Path of one `OS`. */
export function osPath(namespace: string, name: string): string {
  return child(osCollectionOf(namespace), name);
}

/** Path of every `OS` of a namespace. */
export function osCollectionOf(namespace: string): string {
  return `${group}/namespaces/${encodeURIComponent(namespace)}/os`;
}

/** Path of a CustomResourceDefinition of our group, by the plural of its kind. */
export function crdPath(plural: string): string {
  return child('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', `${plural}.${apiGroup}`);
}

/** Path of a Pod, or of all pods of the cluster. */
export function podPath(namespace: string, name: string): string {
  return child(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, name);
}

function child(collection: string, name: string | undefined): string {
  return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`;
}
