/** Reads one text over the host's HTTP: bounded in time and size, no redirects, encrypted to any machine but this one. */
import type { ReadText, TextAnswer } from '../alpha/feeds/http-port.js';
import type { ConnectHttp } from '../connector/http-connection.js';
import { quote, TradingError } from '../domain/errors.js';
import type { Timers } from '../domain/ports.js';

/** No whole answer came, or the address must not be asked. */
export class NoAnswerError extends TradingError {
  readonly code = 'NO_ANSWER';
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws NoAnswerError */
const checked = (text: string): URL => {
  if (!URL.canParse(text)) throw new NoAnswerError(`the address ${quote(text)} cannot be read`);
  const url = new URL(text);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return url;
  throw new NoAnswerError(`${url.protocol}//${url.host}: expected https, or http to this machine only`);
};

/** A connection of its own for every question: they are far apart. */
export const readTextOver =
  (connect: ConnectHttp, timers: Timers): ReadText =>
  async ({ url: text, headers, timeout, bytesMax }) => {
    const url = checked(text);
    const connection = connect({ origin: url.origin, connectTimeout: timeout });
    const answer = new Promise<TextAnswer>((resolve, reject) => {
      const give = (why: string): void => reject(new NoAnswerError(`${url.host}: ${why}`));
      const timer = timers.after(timeout, () => give(`no whole answer within ${Math.round(timeout / 1000)} ms`));
      const parts: Buffer[] = [];
      let [status, etag, bytes]: [number, string | null, number] = [0, null, 0];
      connection.dispatch(
        { method: 'GET', path: `${url.pathname}${url.search}`, headers },
        {
          onRequestStart: () => {},
          onResponseStart: (_, code, fields) => {
            [status, etag] = [code, typeof fields['etag'] === 'string' ? fields['etag'] : null];
          },
          onResponseData: (_, part) => {
            bytes += part.length;
            if (bytes <= bytesMax) parts.push(part);
            else give(`the answer is longer than ${bytesMax} bytes`);
          },
          onResponseEnd: () => {
            timer.cancel();
            resolve({ status, etag, text: Buffer.concat(parts).toString('utf8') });
          },
          onResponseError: (_, error) => {
            timer.cancel();
            give(error.message);
          },
        },
      );
    });
    try {
      return await answer;
    } finally {
      void connection.destroy().catch(() => {});
    }
  };
