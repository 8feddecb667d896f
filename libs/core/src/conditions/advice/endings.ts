import type { EndingName, WaitName } from '../reasons.ts';
import { nothingToDo, on, type Advice } from './advice.ts';

const drain = on('drain');
const nodeLost = on('node-lost');

/** What follows on each ending. */
export const endingAdvice: Readonly<Record<Exclude<EndingName, WaitName>, Advice>> = {
  Confirmed: nothingToDo,
  Done: nothingToDo,
  Cancelled: on('operator')('Nothing to do: the node is tried again when it is still wanted.'),
  Superseded: on('waiting')('Nothing to do: the node goes on to what is wanted now.'),
  ObjectDeleted: on('waiting')('Nothing to do: nobody wants it any more.'),
  DrainTimeout: drain(
    'See why the named pods did not leave. It is tried again by itself, after 5 minutes to an hour.',
  ),
  ProxySilent: on('proxy-silent')(
    'See that os-proxy runs on the node and can reach API server and agent.',
  ),
  Stalled: on('payload')('It is tried again by itself; see how the node reaches the server.'),
  Interrupted: on('boot-failed')('It is tried again by itself, after a pause that grows.'),
  RecordsLost: on('records')(
    'Nothing has to be restored. Where the failure counts, ask for one more attempt: kubectl kubeos retry NODE.',
  ),
  NodeLost: nodeLost(
    'Look at the console of the machine, or power it on. If it is gone for good: kubectl delete node NODE.',
  ),
  NodeGone: nodeLost('Nothing to do: the operation was closed with its Node.'),
  Failed: on('boot-failed')('See the journal of os-agent on the node.'),
};
