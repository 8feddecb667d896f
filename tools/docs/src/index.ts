export { examplesOf, type Example } from './pages.ts';
