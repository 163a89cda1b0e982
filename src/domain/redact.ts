/** Takes secrets out of running text: foreign texts pass through here at the door, and everything that is printed or logged once more on its way out. */

export const REDACTED = '[redacted]';

/** An opening or closing quote, also escaped as inside a JSON text that was quoted again. */
const QUOTE = String.raw`(?:\\*["'])?`;
const VALUE = String.raw`[^\s"'\\,;}\]]+`;

const PATTERNS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  // Lists of raw headers set a comma between name and value.
  new RegExp(String.raw`\bkalshi-access-(?:key|signature)${QUOTE}\s*[:=,]\s*${QUOTE}${VALUE}`, 'gi'),
  new RegExp(String.raw`\b(?:passphrase|password|private[_-]?key|signature|authorization)${QUOTE}\s*[:=]\s*${QUOTE}${VALUE}`, 'gi'),
  // User and password inside an address.
  /(?<=\/\/)[^\s/@"']+(?=@)/g,
  // A signature or the body of a key without its name: base64 longer than any digest, with letters of both cases and a digit, and no path of folders.
  /(?<![A-Za-z0-9+/=])(?!\/(?:[A-Za-z0-9+]{0,20}\/){4})(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{72,}={0,2}/g,
];

/** Running text without anything that looks like a key, a token, a password or a signature. */
export const redactText = (text: string): string => PATTERNS.reduce((clean, pattern) => clean.replace(pattern, REDACTED), text);
