/** A table for people: columns as wide as they must be, numbers to the right. */

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** Words stand to the left. */
  readonly words?: boolean;
}

export const textTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] => {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, i) => Math.max(column.head.length, ...cells.map((line) => (line[i] as string).length)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => (columns[i]?.words === true ? text.padEnd(widths[i] as number) : text.padStart(widths[i] as number)))
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.head)), ...cells.map(line)];
};

/** Fixed decimals; a missing number is a dash. */
export const fixed = (value: number | null, decimals: number): string => (value === null ? '-' : plainZero(value.toFixed(decimals)));

/** -0.00 is 0.00. */
const plainZero = (text: string): string => (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text);

/** With its sign, for differences. */
export const signed = (value: number, decimals: number): string => {
  const text = fixed(value, decimals);
  return /^-|^0(\.0*)?$/.test(text) ? text : `+${text}`;
};
