export { sooner, type Requeue } from './requeue.ts';
