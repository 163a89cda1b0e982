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
export const connectHttp: ConnectHttp = ({ origin, connectTimeout, ca }) => {
  const client = new Client(origin, {
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
  return {
    dispatch: (options, handler) => client.dispatch(options, new ToldLater(handler)),
    destroy: (...args: []) => client.destroy(...args),
  };
};

/**
 * Tells of a failure once the library has finished with it. Where a connection is refused it fails its requests and then insists that none is left; who is told
 * in between may use the free connection for the next request at once, and the library throws.
 */
class ToldLater implements Dispatcher.DispatchHandler {
  constructor(private readonly handler: Dispatcher.DispatchHandler) {}

  onRequestStart(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestStart']>>): void {
    this.handler.onRequestStart?.(...args);
  }
  onResponseStart(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    this.handler.onResponseStart?.(...args);
  }
  onResponseData(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseData']>>): void {
    this.handler.onResponseData?.(...args);
  }
  onResponseEnd(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    this.handler.onResponseEnd?.(...args);
  }
  onResponseError(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseError']>>): void {
    queueMicrotask(() => this.handler.onResponseError?.(...args));
  }
}
