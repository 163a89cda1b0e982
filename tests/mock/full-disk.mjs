/**
 * Loaded before the program (`node --import`): a disk of KMM_TEST_DISK_BYTES that is full afterwards, for this thread and for the writer's. Only journal, tape and
 * log lie on it.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const onDisk = new Set();
let room = Number(process.env['KMM_TEST_DISK_BYTES']);

const { openSync, writeSync } = fs;
fs.openSync = (path, ...rest) => {
  const handle = openSync(path, ...rest);
  if (/\/(journal-\d+\.bin|tape\.csv|ops\.log)$/.test(String(path))) onDisk.add(handle);
  else onDisk.delete(handle);
  return handle;
};
fs.writeSync = (handle, data, ...rest) => {
  if (onDisk.has(handle)) {
    room -= data.length;
    if (room < 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 });
  }
  return writeSync(handle, data, ...rest);
};
syncBuiltinESMExports();
