import { apiGroup, apiVersion, schemaRevision, schemaRevisionAnnotation } from '@kubeos/core';
import { stringify } from 'yaml';
import type { Kind } from './kinds.ts';
import { structuralSchema, type StructuralSchema } from './structural.ts';

/** The CustomResourceDefinition of a kind. */
export function crdOf(kind: Kind): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${apiGroup}`,
      annotations: {
        [schemaRevisionAnnotation]: String(schemaRevision),
        // All objects would go with the definition when the chart is uninstalled.
        'helm.sh/resource-policy': 'keep',
      },
    },
    spec: {
      group: apiGroup,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        ...(kind.shortNames === undefined ? {} : { shortNames: kind.shortNames }),
      },
      scope: 'Namespaced',
      versions: [
        {
          name: apiVersion,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: kind.columns,
          schema: { openAPIV3Schema: objectSchema(kind) },
        },
      ],
    },
  };
}

/** The same as a file. Words that YAML 1.1 reads as truth values are quoted: the API server reads 1.1. */
export function crdFile(kind: Kind): string {
  const text = stringify(crdOf(kind), { version: '1.1', lineWidth: 0 });
  return `# Written by npm run generate from libs/core/src/api.\n${text}`;
}

function objectSchema(kind: Kind): StructuralSchema {
  const { properties, ...rest } = structuralSchema(kind.wire);
  return {
    ...rest,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...properties,
    },
  };
}
