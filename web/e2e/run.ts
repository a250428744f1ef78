// Runs browser test files, one after the other: tsx e2e/run.ts FILE… A file that fails runs once more, and it is said, loudly:
// a browser on a busy machine can be starved for seconds, and that says nothing of the pages. What fails twice fails.
import { spawnSync } from "node:child_process";

const run = (file: string) => spawnSync(process.execPath, ["--import", "tsx", "--test", "--test-concurrency=1", file], { stdio: "inherit" }).status === 0;

const unsteady: string[] = [];
const failed: string[] = [];
for (const file of process.argv.slice(2)) {
  if (run(file)) continue;
  console.log(`\n# ${file} failed; running it once more\n`);
  (run(file) ? unsteady : failed).push(file);
}
if (unsteady.length > 0) console.log(`# failed once and then passed, look at why: ${unsteady.join(", ")}`);
if (failed.length > 0) {
  console.log(`# failed twice: ${failed.join(", ")}`);
  process.exitCode = 1;
}
