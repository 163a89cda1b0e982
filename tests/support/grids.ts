/** The twelve tick structures of the exchange reference, 3.2, as `price_ranges`. */
import { PriceGrid } from '../../src/domain/price-grid.js';
import { parsePrice, price } from '../../src/domain/units.js';

type Band = readonly [start: string, end: string, step: string];

const edges = (edge: string, centre: string): readonly Band[] => [
  ['0', '0.1', edge],
  ['0.1', '0.9', centre],
  ['0.9', '1', edge],
];

export const GRIDS = {
  linear_cent: [['0', '1', '0.01']],
  deci_cent: [['0', '1', '0.001']],
  tapered_deci_cent: edges('0.001', '0.01'),
  center_whole_edge_half_cent: edges('0.005', '0.01'),
  center_whole_edge_quint_cent: edges('0.002', '0.01'),
  center_half_edge_half_cent: [['0', '1', '0.005']],
  center_half_edge_quint_cent: edges('0.002', '0.005'),
  center_half_edge_deci_cent: edges('0.001', '0.005'),
  center_quint_edge_quint_cent: [['0', '1', '0.002']],
  center_quint_edge_deci_cent: edges('0.001', '0.002'),
  center_centi_edge_centi_cent: [['0', '1', '0.0001']],
  center_deci_edge_centi_cent: [
    ['0', '0.01', '0.0001'],
    ['0.01', '0.99', '0.001'],
    ['0.99', '1', '0.0001'],
  ],
} as const satisfies Record<string, readonly Band[]>;

export type GridName = keyof typeof GRIDS;

/** The grid of a named structure or of bands given as texts, paying one dollar. */
export const grid = (bands: GridName | readonly Band[]): PriceGrid =>
  new PriceGrid(
    (typeof bands === 'string' ? (GRIDS[bands] as readonly Band[]) : bands).map(([start, end, step]) => ({
      start: parsePrice(start),
      end: parsePrice(end),
      step: parsePrice(step),
    })),
    price(10_000),
  );
