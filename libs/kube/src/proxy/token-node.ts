/** The Node that a pod's own token names. */
import { isJsonObject, objectIn, textIn } from '../store/object-meta.ts';

/**
 * UID of the Node in a token bound to a pod: so a proxy knows its Node without a right to read Nodes. The token is our
 * own and is not verified here; `undefined` when it names no Node (API servers before 1.30).
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
export function nodeUidOfToken(token: string): string | undefined {
  const payload = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return textIn(objectIn(objectIn(payload, 'kubernetes.io'), 'node'), 'uid');
}

function parseJson(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
