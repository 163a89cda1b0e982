// npm run soak -- [hours]: the bot on its simulated exchange for real hours; its memory is looked at every minute and must not grow.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const hours = Number(process.argv[2] ?? 8);
if (!(hours > 0)) {
  process.stderr.write(`expected a number of hours above 0, got ${process.argv[2]}\n`);
  process.exit(2);
}
const out = mkdtempSync(join(tmpdir(), 'kmm-soak-'));
const bot = spawn(process.execPath, ['dist/main.js', 'start', '--json', '--out', out, '--duration', `${Math.round(hours * 3600)}s`], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
let summary = '';
bot.stdout.on('data', (chunk) => (summary += chunk));

/** Resident memory in megabytes, as the system counts it. */
const resident = () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${bot.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const samples = [];
const started = Date.now();
const watch = setInterval(() => {
  try {
    samples.push(resident());
  } catch {
    return;
  }
  if (samples.length % 10 === 1)
    process.stderr.write(`${((Date.now() - started) / 60_000).toFixed(0)} minutes: ${samples.at(-1).toFixed(0)} MB\n`);
}, 60_000);

bot.on('close', (code) => {
  clearInterval(watch);
  const part = Math.max(1, Math.floor(samples.length / 8));
  const mean = (list) => list.reduce((sum, each) => sum + each, 0) / Math.max(1, list.length);
  // The first part is the heap's way to its usual size.
  const first = mean(samples.slice(part, 2 * part));
  const last = mean(samples.slice(-part));
  const { fills, orders_placed, open_orders_at_exit } = JSON.parse(summary || '{}');
  process.stdout.write(`${JSON.stringify({ hours, code, fills, orders_placed, open_orders_at_exit, first_mb: first, last_mb: last })}\n`);
  rmSync(out, { recursive: true, force: true });
  process.exitCode = code === 0 && (samples.length < 16 || last <= first * 1.2) ? 0 : 1;
});
