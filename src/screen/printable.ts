/** A text as one line without control characters: what the exchange says must not steer a terminal or forge lines of a log. */
export const printable = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');
