/** An answer that never came counts as a refusal. */
import { RestClient as Original, type RestRequest } from '../../../src/connector/rest.js';
import { notSent, type RestResult } from '../../../src/connector/rest-result.js';

export * from '../../../src/connector/rest.js';

export class RestClient extends Original {
  override async request(request: RestRequest): Promise<RestResult> {
    const result = await super.request(request);
    return result.kind === 'unknown' && result.status === 0 ? notSent(result.reason) : result;
  }
}
