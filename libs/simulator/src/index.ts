export { play, type PlayOptions, type PlayReport } from './faults/play.ts';
