import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { KubeosError } from '@kubeos/core';
import {
  createTestAuthority,
  describeAgentCalls,
  leanAgentStatus,
  stubAgent,
  type StubbedAgent,
  type TestAuthority,
  type TestCertificate,
} from '@kubeos/testing';
import { createAgentClient, type AgentDeadlines } from './client.ts';
import { createAgentServer } from './server.ts';

const unending = new AbortController().signal;
let folder = '';
let authority: TestAuthority;
let server: TestCertificate;
let listed: TestCertificate;

beforeAll(async () => {
  // gRPC writes refused connections to the console; here they are wanted.
  setLogVerbosity(logVerbosity.NONE);
  folder = await mkdtemp(join(tmpdir(), 'agent-tls-'));
  authority = await createTestAuthority(folder, 'ca');
  server = await authority.issue('agent');
  listed = await authority.issue('fleet');
});
afterAll(() => rm(folder, { recursive: true }));

async function open(
  agent: StubbedAgent,
  client: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer } | undefined,
  deadlines: Partial<AgentDeadlines>,
) {
  const served = createAgentServer(agent);
  const port = await served.listen({
    address: '127.0.0.1:0',
    ca: authority.self.cert,
    cert: server.cert,
    key: server.key,
    clientNames: ['fleet', 'kubeos:test:by-uri'],
  });
  const calls = createAgentClient({
    target: `127.0.0.1:${port}`,
    deadlines,
    ...(client === undefined ? {} : { credentials: client }),
  });
  const close = async () => {
    calls.close();
    await served.close(0);
  };
  return { calls, close };
}
const asClient = ({ cert, key }: TestCertificate, ca = authority.self) => ({
  ca: ca.cert,
  cert,
  key,
});

describeAgentCalls('over mutual TLS', (agent, deadlines) =>
  open(agent, asClient(listed), deadlines),
);

describe('mutual TLS', () => {
  const knock = async (client: Parameters<typeof open>[1]) => {
    let reached = false;
    const agent = stubAgent({
      status: async () => {
        reached = true;
        return leanAgentStatus;
      },
    });
    const { calls, close } = await open(agent, client, { statusMs: 3000 });
    try {
      const code = await calls.getStatus(unending).then(
        () => 'OK',
        (thrown: unknown) => KubeosError.from(thrown).code,
      );
      return { code, reached };
    } finally {
      await close();
    }
  };

  it('lets in a client by a URI of its certificate', async () => {
    const client = asClient(await authority.issue('by-uri'));
    expect(await knock(client)).toEqual({ code: 'OK', reached: true });
  });

  it("refuses a client that the CA knows and the list does not: the CA's word grants nothing", async () => {
    const client = asClient(await authority.issue('stranger'));
    expect(await knock(client)).toEqual({ code: 'FORBIDDEN', reached: false });
  });

  it('refuses a client of another CA, though its name is listed', async () => {
    const other = await createTestAuthority(folder, 'other-ca');
    const client = asClient(await other.issue('fleet'));
    expect(await knock(client)).toEqual({ code: 'AGENT_UNREACHABLE', reached: false });
  });

  it('refuses a client without TLS', async () => {
    expect(await knock(undefined)).toEqual({ code: 'AGENT_UNREACHABLE', reached: false });
  });

  it('refuses to talk to a server of another CA', async () => {
    const other = await createTestAuthority(folder, 'third-ca');
    const client = asClient(listed, other.self);
    expect(await knock(client)).toEqual({ code: 'AGENT_UNREACHABLE', reached: false });
  });

  it('says which address it cannot have', async () => {
    const served = createAgentServer(stubAgent());
    const listener = { ca: authority.self.cert, cert: server.cert, key: server.key };
    const address = '203.0.113.1:1';
    await expect(served.listen({ ...listener, address, clientNames: ['x'] })).rejects.toMatchObject(
      { code: 'INVALID_CONFIGURATION' },
    );
    await served.close(0);
  });
});
