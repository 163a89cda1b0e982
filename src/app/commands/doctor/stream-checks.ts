/** The stream: handshake, subscription, first book, and how quickly. */
import { WebSocketFeed } from '../../../connector/feed.js';
import { MarketRegister } from '../../../connector/market-table.js';
import type { EngineEvent } from '../../../domain/events.js';
import { marketIndex } from '../../../domain/ids.js';
import { seconds } from '../../../domain/units.js';
import { sessionSettings } from '../../exchange-client.js';
import { fail, ok, type Check, type Verdict } from './check.js';
import type { Patient } from './patient.js';

const PATIENCE = seconds(10);

/** Subscribes to the first chosen market as a run would, and waits for its first book. */
const stream = async (patient: Patient): Promise<Verdict> => {
  const { host } = patient;
  const [market] = patient.get('catalog').markets;
  if (market === undefined) return fail('no market to listen to', 'choose one that is open');
  const client = patient.get('client');
  const marks = new Map<EngineEvent['type'], number>();
  let problem = `no book of ${market.ticker} within ${PATIENCE / 1e6} s`;
  const started = performance.now();
  let feed: WebSocketFeed | null = null;
  await new Promise<void>((resolve) => {
    const timer = host.timers.after(PATIENCE, resolve);
    const end = (): void => {
      timer.cancel();
      resolve();
    };
    feed = new WebSocketFeed({
      url: client.access.wsUrl,
      headers: client.headers,
      settings: sessionSettings(patient.get('config').settings),
      markets: new MarketRegister([market]),
      chance: host.chance,
      clock: host.clock,
      timers: host.timers,
      openSocket: host.network.openSocket,
      offer: (event) => {
        if (!marks.has(event.type)) marks.set(event.type, performance.now() - started);
        if (event.type === 'book-snapshot') end();
      },
      onReport: (report) => {
        if (report.severity === 'error' || report.severity === 'warn') problem = report.text;
      },
      onRefused: (error) => {
        problem = error.message;
        end();
      },
    });
    feed.addMarkets([marketIndex(0)]);
    feed.start();
  });
  (feed as WebSocketFeed | null)?.stop();
  const book = marks.get('book-snapshot');
  if (book === undefined)
    return fail(problem, 'check that the websocket address, a firewall or a proxy lets it through, and that the key may read');
  return ok(
    `open and subscribed in ${(marks.get('feed-up') ?? book).toFixed(1)} ms, first book of ${market.ticker} after ${book.toFixed(1)} ms`,
  );
};

export const STREAM_CHECKS: readonly Check<Patient>[] = [{ area: 'stream', name: 'websocket', needs: ['markets'], run: stream }];
