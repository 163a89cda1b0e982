/** `kmm record` and `kmm probe` against the simulated exchange. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ticker } from '../../src/domain/ids.js';
import { deadPort, hostExchange, kmm, runFolder, temporary, until, type Body, type World } from './app-world.js';

describe('record, then play what was recorded', () => {
  test('the file and its market bodies are all that playback needs: no gap, nothing assumed', async () => {
    const world = await hostExchange({ seed: 'e2e-record' });
    const file = join(temporary(), 'session.jsonl.gz');
    const stop = new AbortController();
    const recording = kmm(['record', '--env', 'custom', '--connect', world.connect, '--out', file, '--json'], stop.signal);
    // What has reached the disk is flushed from time to time: enough of it means that deltas came.
    await until('some seconds are on disk', () => existsSync(file) && statSync(file).size > 4000);
    stop.abort('SIGINT');
    const { code, document } = await recording;
    expect(code).toBe(0);
    expect(document).toMatchObject({ file, gaps: 0, dropped: 0 });
    expect(document['deltas']).toBeGreaterThan(0);
    expect(await world.orders()).toEqual([]);
    expect([statSync(file).mode & 0o777, statSync(`${file}.markets.json`).mode & 0o777]).toEqual([0o600, 0o600]);

    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    expect(lines).toHaveLength(Number(document['frames']));
    for (const line of lines) expect(line).toMatch(/^\{"recv_ts_ns": \d{19}, "raw": "/);

    const out = temporary();
    const played = await kmm(['start', '--env', 'playback', '--from', file, '--out', out, '--json']);
    expect(played.code).toBe(0);
    expect(played.document).toMatchObject({
      frames: document['frames'],
      deltas: document['deltas'],
      sequence_gaps: 0,
      orders_rejected: 0,
      assumed: [],
      markets: expect.arrayContaining(document['markets'] as string[]) as unknown,
    });
    expect(existsSync(join(runFolder(out), 'tape.csv'))).toBe(true);
  });

  test('an existing recording is never overwritten', async () => {
    const world = await hostExchange({ seed: '1', core: { crowd: null } });
    const file = join(temporary(), 'session.jsonl.gz');
    writeFileSync(file, 'mine');
    const { code, stderr } = await kmm(['record', '--env', 'custom', '--connect', world.connect, '--out', file]);
    expect([code, readFileSync(file, 'utf8')]).toEqual([9, 'mine']);
    expect(stderr).toContain('never overwritten');
  });
});

describe('the probe', () => {
  const probe = async (connect: string, ...more: string[]) => kmm(['probe', '--env', 'custom', '--connect', connect, '--json', ...more]);
  const steps = (document: Body): string[] =>
    (document['steps'] as { name: string; ok: boolean }[]).map((step) => `${step.name} ${step.ok}`);
  const line = (world: World, changes: Body): string => {
    const file = join(temporary(), 'connect.json');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(world.connect, 'utf8')) as Body), ...changes }));
    return file;
  };

  test('passes its five steps, and the exchange saw one order come and go', async () => {
    const world = await hostExchange({ seed: 'e2e-probe' });
    const { code, document } = await probe(world.connect);
    expect([code, document['ok']]).toEqual([0, true]);
    expect(steps(document)).toEqual(['connect true', 'place true', 'confirm id true', 'cancel true', 'confirm cancel true']);
    expect((await world.orders()).map((order) => order['status'])).toEqual(['canceled']);
    expect((await world.orders())[0]).toMatchObject({ outcome_side: 'yes', fill_count_fp: '0.00' });
  });

  test('says in words what it did where nobody asked for JSON', async () => {
    const world = await hostExchange({ seed: 'e2e-probe' });
    const { code, stdout } = await kmm(['probe', '--env', 'custom', '--connect', world.connect]);
    expect(code).toBe(0);
    expect(stdout).toContain('1 contract at $0.0100');
    expect(stdout).toContain('nothing is left behind');
  });

  test('with a wrong key ends with 4 and says that the exchange refuses it', async () => {
    const world = await hostExchange({ seed: '1', core: { crowd: null } });
    const path = join(temporary(), 'other.pem');
    writeFileSync(path, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const { code, document, stderr } = await probe(line(world, { private_key_path: path }));
    expect([code, document['ok'], steps(document)]).toEqual([4, false, ['connect false']]);
    expect(stderr).toContain('401');
    expect(stderr).toContain('check that key id and private key belong together');
    expect(await world.orders()).toEqual([]);
  });

  test('where nobody listens it ends with 5', async () => {
    const world = await hostExchange({ seed: '1', core: { crowd: null } });
    const port = await deadPort();
    const dead = { rest: `http://127.0.0.1:${port}/trade-api/v2`, ws: `ws://127.0.0.1:${port}/trade-api/ws/v2` };
    const { code, document, stderr } = await probe(line(world, dead));
    expect([code, document['ok'], steps(document)]).toEqual([5, false, ['connect false']]);
    expect(stderr).toContain('the exchange does not answer');
    expect(stderr).toContain('ECONNREFUSED');
  });

  test('on a market that does not trade it places nothing and names another way', async () => {
    const world = await hostExchange({ seed: 'e2e-closed' });
    const [first] = world.running.exchange.markets();
    const name = first?.ticker ?? ticker('none');
    world.running.exchange.act({ type: 'deactivate', ticker: name });
    const { code, document } = await probe(world.connect, '--markets', name);
    expect([code, document['ok'], steps(document)]).toEqual([6, false, ['connect false']]);
    expect(JSON.stringify(document)).toContain('name another with --markets');
    expect(await world.orders()).toEqual([]);
  });
});
