/** The proxy does what its rules say, and nothing else. */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SeededChance } from '../../src/domain/chance.js';
import { ChaosProxy } from './chaos-proxy.js';
import { PLAIN } from './one-way.js';

let echo: Server;
let proxy: ChaosProxy;
const sockets = new Set<Socket>();

beforeEach(async () => {
  echo = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => socket.write(bytes));
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = new ChaosProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port }, new SeededChance(1, 'proxy'));
  await proxy.open();
});

afterEach(async () => {
  await proxy.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  echo.close();
});

/** A client with everything it hears. */
const dial = async (): Promise<{
  readonly socket: Socket;
  readonly heard: () => string;
  readonly chunks: Buffer[];
  readonly over: Promise<string>;
}> => {
  const socket = connect(proxy.port, '127.0.0.1');
  sockets.add(socket);
  const chunks: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => chunks.push(bytes));
  const over = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.on('end', () => resolve('end'));
  });
  await Promise.race([once(socket, 'connect'), over]);
  return { socket, heard: () => Buffer.concat(chunks).toString(), chunks, over };
};

const TEXT = 'x'.repeat(20_000);
const assertHeard = async (heard: () => string, text: string): Promise<void> => {
  while (heard().length < text.length) await pause(5);
  expect(heard()).toBe(text);
};

describe('the chaos proxy', () => {
  test('passes bytes on as they are', async () => {
    const { socket, heard } = await dial();
    socket.write(TEXT);
    await assertHeard(heard, TEXT);
  });

  test.each([
    ['in random pieces', { segment: true }, 'pieces'],
    ['late', { delayMs: 40 }, 'delayed'],
    ['through a narrow pipe', { bytesPerSecond: 200_000 }, 'delayed'],
  ] as const)('passes bytes on %s, in order and complete', async (_, rules, counter) => {
    proxy.up = { ...PLAIN, ...rules };
    proxy.down = { ...PLAIN, ...rules };
    const { socket, heard } = await dial();
    for (let i = 0; i < 20; i++) socket.write(TEXT.slice(0, 1000 - i) + String(i).padStart(i, '-'));
    const whole = Array.from({ length: 20 }, (__, i) => TEXT.slice(0, 1000 - i) + String(i).padStart(i, '-')).join('');
    await assertHeard(heard, whole);
    expect(proxy.counters[counter]).toBeGreaterThan(0);
  });

  test('refuses connections, and takes them again on the same port once it is healed', async () => {
    const { port } = proxy;
    proxy.refuse();
    expect(await (await dial()).over).toBe('ECONNREFUSED');
    await proxy.heal();
    expect(proxy.port).toBe(port);
    const { socket, heard } = await dial();
    socket.write(TEXT);
    await assertHeard(heard, TEXT);
  });

  test('a half-open connection takes what is written, says nothing, and is not closed', async () => {
    const { socket, heard, over } = await dial();
    socket.write('one');
    await assertHeard(heard, 'one');
    proxy.halfOpen();
    socket.write('two');
    while (proxy.counters.swallowed === 0) await pause(5);
    expect([heard(), socket.destroyed]).toEqual(['one', false]);
    await proxy.heal();
    expect(await over).toBe('ECONNRESET');
  });

  test('resets everything at once', async () => {
    const both = [await dial(), await dial()];
    for (const { socket, heard } of both) {
      socket.write('one');
      await assertHeard(heard, 'one');
    }
    proxy.resetAll();
    expect(await Promise.all(both.map(({ over }) => over))).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  test('cuts a message in the middle', async () => {
    proxy.down = { ...PLAIN, cutMidway: true };
    const { socket, heard, over } = await dial();
    socket.write('a message');
    expect(['ECONNRESET', 'end']).toContain(await over);
    expect(heard().length).toBeLessThan('a message'.length);
    expect(proxy.counters.cut).toBe(1);
  });

  test('loses the answer to a write after it went through, and no answer to a read', async () => {
    proxy.dropAnswers = 1;
    const reader = await dial();
    reader.socket.write('GET / HTTP/1.1');
    await assertHeard(reader.heard, 'GET / HTTP/1.1');
    const writer = await dial();
    writer.socket.write('POST /orders HTTP/1.1');
    expect(await writer.over).toBe('ECONNRESET');
    expect([writer.heard(), proxy.counters.answersDropped]).toEqual(['', 1]);
  });
});
