/** One HTTP connection, one request at a time. The one file that touches the HTTP library. */
import { Client, type Dispatcher } from 'undici';
import { seconds, type DurationUs } from '../domain/units.js';

/** What the REST client needs of a connection; simulations bring their own. */
export type HttpConnection = Pick<Dispatcher, 'dispatch' | 'destroy'>;

export interface HttpOptions {
  readonly origin: string;
  readonly connectTimeout: DurationUs;
  /** Certificate authority to trust in addition, in PEM. */
  readonly ca?: string;
}

export type ConnectHttp = (options: HttpOptions) => HttpConnection;

/** Verification is stated here, so that no environment variable can turn it off. */
export const connectHttp: ConnectHttp = ({ origin, connectTimeout, ca }) =>
  new Client(origin, {
    pipelining: 1,
    connect: {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      timeout: connectTimeout / 1000,
      noDelay: true,
      ...(ca === undefined ? {} : { ca }),
    },
    // The deadline of each request is the caller's; two clocks for one thing would disagree.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: seconds(60) / 1000,
    keepAliveTimeoutThreshold: seconds(2) / 1000,
    maxHeaderSize: 16 * 1024,
  });
