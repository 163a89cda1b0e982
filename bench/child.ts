/** Processes of one's own, for stand-ins that must not share our thread and for figures of a whole process. */
import { fork, type ChildProcess } from 'node:child_process';

export interface ChildOptions {
  /** Flags for node, such as --expose-gc. */
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
}

/** Starts a compiled file of this folder. */
export const startChild = (file: string, { flags = [], args = [] }: ChildOptions = {}): ChildProcess =>
  fork(new URL(`./${file}.js`, import.meta.url), [...args], { execArgv: [...flags], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

/** The next message of a child. Rejects where it ends before. */
export const nextMessage = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`the helper process ended with code ${String(code)} before it answered`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as T);
    });
  });

/** Runs a child to its one message. */
export const askChild = async <T>(file: string, options?: ChildOptions): Promise<T> => {
  const child = startChild(file, options);
  try {
    return await nextMessage<T>(child);
  } finally {
    child.kill();
  }
};
