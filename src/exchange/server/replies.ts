/**
 * Answers over HTTP, and the error bodies in the exchange's own shapes. Four shapes occur on the wire (reference 4.5): an `error` object from
 * authentication and the matching engine, a flat one from request decoding, `msg` from query binding, and a bare text for an empty bucket.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface Reply {
  readonly status: number;
  /** null sends no body; a plain text is sent as it is, with `text/plain`. */
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: Json): Reply => ({ status: 200, body });
export const created = (body: Json): Reply => ({ status: 201, body });
export const noContent: Reply = { status: 204, body: null };

/** A refusal by authentication or the matching engine. The message is the code in words unless another is given. */
export const refusal = (status: number, code: string, details?: string, message = code.replaceAll('_', ' ')): Reply => ({
  status,
  body: { error: { code, message, ...(details === undefined ? {} : { details }) } },
});

/** A request body that cannot be read. `details` is the decoder's own sentence. */
export const badRequest = (details: string): Reply => ({ status: 400, body: { code: 'bad_request', message: 'bad request', details } });

/** A query argument that cannot be read or is out of range. */
export const badQuery = (msg: string): Reply => ({ status: 400, body: { msg } });

export const notFound: Reply = refusal(404, 'not_found');
export const tooManyRequests: Reply = { status: 429, body: { error: 'too many requests' } };
/** What the web framework of the exchange says where no route matches. */
export const noSuchPath: Reply = { status: 404, body: '404 page not found' };
export const tooLarge: Reply = { status: 413, body: { code: 'request_entity_too_large', message: 'request entity too large' } };
export const noContentType: Reply = { status: 400, body: { code: 'invalid_content_type', message: 'invalid_content_type' } };
export const internalError: Reply = refusal(500, 'internal_server_error');

/** A reply thrown from inside a handler; the dispatcher sends it. Not an error of ours. */
export class ReplyError extends Error {
  constructor(readonly reply: Reply) {
    super(`reply ${reply.status}`);
  }
}
