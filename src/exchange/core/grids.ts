/** The twelve tick structures the exchange has names for (exchange reference 3.2), to list markets with. The label never drives a rule. */
import { PriceGrid } from '../../domain/price-grid.js';
import { price } from '../../domain/units.js';

type Band = readonly [start: number, end: number, step: number];

const PAYOUT = price(10_000);

/** Finer steps within ten cents of 0 and 1. In price units of 1e-4 dollar. */
const edged = (edge: number, centre: number): readonly Band[] => [
  [0, 1000, edge],
  [1000, 9000, centre],
  [9000, PAYOUT, edge],
];

const STRUCTURES = {
  linear_cent: [[0, PAYOUT, 100]],
  deci_cent: [[0, PAYOUT, 10]],
  tapered_deci_cent: edged(10, 100),
  center_whole_edge_half_cent: edged(50, 100),
  center_whole_edge_quint_cent: edged(20, 100),
  center_half_edge_half_cent: [[0, PAYOUT, 50]],
  center_half_edge_quint_cent: edged(20, 50),
  center_half_edge_deci_cent: edged(10, 50),
  center_quint_edge_quint_cent: [[0, PAYOUT, 20]],
  center_quint_edge_deci_cent: edged(10, 20),
  center_centi_edge_centi_cent: [[0, PAYOUT, 1]],
  center_deci_edge_centi_cent: [
    [0, 100, 1],
    [100, 9900, 10],
    [9900, PAYOUT, 1],
  ],
} as const satisfies Record<string, readonly Band[]>;

export type Structure = keyof typeof STRUCTURES;
export const STRUCTURE_NAMES = Object.keys(STRUCTURES) as readonly Structure[];

/** The grid of a structure, paying one dollar. */
export const gridOf = (structure: Structure): PriceGrid =>
  new PriceGrid(
    (STRUCTURES[structure] as readonly Band[]).map(([start, end, step]) => ({ start: price(start), end: price(end), step: price(step) })),
    PAYOUT,
  );
