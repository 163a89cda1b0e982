/** Small systems of linear equations. */

/**
 * Solves A X = B by elimination with row pivots. A row without a pivot (a state that was never left) answers 0.
 * @param matrix A, square
 * @param right B, one row per row of A
 */
export const solveLinear = (matrix: readonly (readonly number[])[], right: readonly (readonly number[])[]): number[][] => {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...(right[i] ?? [])]);
  const width = rows[0]?.length ?? 0;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(at(rows, r, c)) > Math.abs(at(rows, pivot, c))) pivot = r;
    if (Math.abs(at(rows, pivot, c)) < 1e-12) continue;
    [rows[c], rows[pivot]] = [rows[pivot] as number[], rows[c] as number[]];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = at(rows, r, c) / at(rows, c, c);
      if (factor !== 0) for (let k = c; k < width; k++) (rows[r] as number[])[k] = at(rows, r, k) - factor * at(rows, c, k);
    }
  }
  return rows.map((row, r) => row.slice(n).map((value) => (Math.abs(at(rows, r, r)) < 1e-12 ? 0 : value / at(rows, r, r))));
};

const at = (rows: readonly (readonly number[])[], r: number, c: number): number => (rows[r] as readonly number[])[c] as number;
