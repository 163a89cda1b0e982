/** The real world around a trading process. */
import { randomBytes } from 'node:crypto';
import { connectHttp } from '../connector/http-connection.js';
import { openSocket } from '../connector/socket.js';
import { DiskJournal } from '../logger/journal-files.js';
import { setEmergency } from './emergency.js';
import type { Host, Processes } from './host.js';
import { systemChance, SystemClock, systemTimers } from './system-clock.js';
import { systemFiles } from './system-files.js';
import { connectRedis } from './system-redis.js';

export const systemProcesses: Processes = {
  own: process.pid,
  isAlive: (id) => {
    try {
      process.kill(id, 0);
      return true;
    } catch (error) {
      // EPERM: it lives and belongs to somebody else.
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  },
};

export const systemHost = (): Host => ({
  clock: new SystemClock(),
  timers: systemTimers,
  chance: systemChance,
  network: { connectHttp, openSocket, connectRedis },
  secret: (name) => process.env[name] ?? null,
  files: systemFiles,
  journal: (folder, durability) => new DiskJournal(folder, durability),
  startWriter: undefined,
  processes: systemProcesses,
  runSalt: () => randomBytes(2).toString('hex'),
  // SIGUSR2 is the kill switch for whoever has only a process number.
  onKillSignal: (kill) => {
    process.on('SIGUSR2', kill);
    return { cancel: () => void process.off('SIGUSR2', kill) };
  },
  setEmergency,
});
