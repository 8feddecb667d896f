/** What the operator's loop works on: one `OS` at a time, or one node at a time. */
export type ReconcileKey =
  { readonly kind: 'os'; readonly uid: string } | { readonly kind: 'node'; readonly name: string };

/** A change that a watch delivered, after the caches hold it. */
export type ClusterChange =
  | { readonly kind: 'os'; readonly uid: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'instance'; readonly name: string };

/** The key as one text, for queues and logs. */
export function keyText(key: ReconcileKey): string {
  return key.kind === 'os' ? `os/${key.uid}` : `node/${key.name}`;
}
