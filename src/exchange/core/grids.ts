/** The twelve tick structures the exchange has names for (exchange reference 3.2), to list markets with. The label never drives a rule. */
import { PriceGrid } from '../../domain/price-grid.js';
import { parsePrice } from '../../domain/units.js';

type Band = readonly [start: string, end: string, step: string];

/** Finer steps within ten cents of 0 and 1. */
const edged = (edge: string, centre: string): readonly Band[] => [
  ['0', '0.1', edge],
  ['0.1', '0.9', centre],
  ['0.9', '1', edge],
];

const STRUCTURES = {
  linear_cent: [['0', '1', '0.01']],
  deci_cent: [['0', '1', '0.001']],
  tapered_deci_cent: edged('0.001', '0.01'),
  center_whole_edge_half_cent: edged('0.005', '0.01'),
  center_whole_edge_quint_cent: edged('0.002', '0.01'),
  center_half_edge_half_cent: [['0', '1', '0.005']],
  center_half_edge_quint_cent: edged('0.002', '0.005'),
  center_half_edge_deci_cent: edged('0.001', '0.005'),
  center_quint_edge_quint_cent: [['0', '1', '0.002']],
  center_quint_edge_deci_cent: edged('0.001', '0.002'),
  center_centi_edge_centi_cent: [['0', '1', '0.0001']],
  center_deci_edge_centi_cent: [
    ['0', '0.01', '0.0001'],
    ['0.01', '0.99', '0.001'],
    ['0.99', '1', '0.0001'],
  ],
} as const satisfies Record<string, readonly Band[]>;

export type Structure = keyof typeof STRUCTURES;
export const STRUCTURE_NAMES = Object.keys(STRUCTURES) as readonly Structure[];

/** The grid of a structure, paying one dollar. */
export const gridOf = (structure: Structure): PriceGrid =>
  new PriceGrid(
    (STRUCTURES[structure] as readonly Band[]).map(([start, end, step]) => ({
      start: parsePrice(start),
      end: parsePrice(end),
      step: parsePrice(step),
    })),
    parsePrice('1'),
  );
