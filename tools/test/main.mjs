// Runs a suite (`all`, `check`) or one stage by its name, and sums up.
//
//   main.mjs SUITE | STAGE [ARGUMENT...]     arguments go to the last command of the stage
//
// The last line is `N passed, N failed`: tests of the jest stages, and one for every other stage.
import { constants } from 'node:os';
import { writeSync } from 'node:fs';
import { runStage } from './run-stage.mjs';
import { argumentsOf, stages } from './stages.mjs';

const [name, ...extra] = process.argv.slice(2);
const chosen = stages.filter((stage) => stage.name === name || stage.suites.includes(name));
if (chosen.length === 0) {
  console.error(`No suite or stage "${name}". Stages: ${stages.map((s) => s.name).join(', ')}`);
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // Every time: Ctrl-C under npm can arrive twice, and the second one must not end the summary.
  process.on(signal, () => stop.abort(signal));
}

const results = [];
for (const stage of chosen) {
  if (stop.signal.aborted) break;
  results.push(await runStage(stage, argumentsOf(stage, name, extra), stop.signal));
}

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
if (chosen.length > 1) {
  console.log('\nStages:');
  for (const { stage, seconds, ...counts } of results) {
    const verdict = counts.failed === 0 ? 'passed' : 'FAILED';
    const tests = stage.jest ? `  ${counts.passed} passed, ${counts.failed} failed` : '';
    console.log(
      `  ${stage.name.padEnd(14)} ${verdict}  ${seconds.toFixed(1).padStart(7)} s${tests}`,
    );
  }
}
if (stop.signal.aborted) {
  console.log(`Stopped by ${stop.signal.reason}.`);
  process.exitCode = 128 + constants.signals[stop.signal.reason];
} else {
  process.exitCode = failed === 0 ? 0 : 1;
}
writeSync(1, `${passed} passed, ${failed} failed\n`);
