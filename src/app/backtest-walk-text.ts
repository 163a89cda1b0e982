/** What a walk-forward has found, for people and for programs. */
import { toSeconds } from '../domain/units.js';
import { formatClock } from '../cli/duration.js';
import { timeText } from './backtest-time.js';
import type { Criterion, Walk } from './backtest-walk.js';

const CRITERION: Record<Criterion, string> = { net: 'the highest net result', sharpe: 'the highest Sharpe ratio' };

const signed = (dollars: number): string => `${dollars >= 0 ? '+' : ''}${dollars.toFixed(3)}`;

export const walkLines = (walk: Walk, labels: readonly string[]): string[] => {
  const { steps, net, configured, interval, train, test, criterion } = walk;
  const words = `${formatClock(toSeconds(train))} of training, ${formatClock(toSeconds(test))} of test`;
  const distinct = new Set(steps.map(({ chosen }) => chosen)).size;
  return [
    `walk-forward: ${words}, chosen by ${CRITERION[criterion]} of the training; every stretch begins without a position`,
    `${'test from'.padEnd(20)} ${'chosen'.padEnd(34)} ${'fills'.padStart(6)} ${'train $'.padStart(9)} ${'test $'.padStart(9)} ${'conf. $'.padStart(9)}`,
    ...steps.map(
      ({ window, chosen, testFills, trainNet, testNet, configuredNet }) =>
        `${startOf(window.test).slice(0, 19).replace('T', ' ').padEnd(20)} ${(labels[chosen] ?? '').padEnd(34)} ${String(testFills).padStart(6)} ${money(trainNet)} ${money(testNet)} ${money(configuredNet)}`,
    ),
    `out of sample ${signed(net)} $ over ${steps.length} stretches, the configured point ${signed(configured)} $; difference ${signed(net - configured)} $${
      interval === null
        ? ', from a single stretch'
        : ` (95 % ${signed(interval.low)} .. ${signed(interval.high)}, Student's t over stretches)`
    }; ${distinct} different point${distinct === 1 ? '' : 's'} chosen`,
  ];
};

const money = (dollars: number): string => dollars.toFixed(3).padStart(9);
const startOf = (stretches: Walk['steps'][number]['window']['test']): string =>
  stretches[0] === undefined ? '' : timeText(stretches[0].from);

export const walkDocument = (walk: Walk, labels: readonly string[]): object => ({
  train_s: toSeconds(walk.train),
  test_s: toSeconds(walk.test),
  criterion: walk.criterion,
  steps: walk.steps.map(({ window, chosen, trainNet, testNet, configuredNet, testFills }) => ({
    train: window.train.map(({ from, to }) => [timeText(from), timeText(to)]),
    test: window.test.map(({ from, to }) => [timeText(from), timeText(to)]),
    chosen: labels[chosen],
    train_net_dollars: trainNet,
    test_net_dollars: testNet,
    configured_net_dollars: configuredNet,
    test_fills: testFills,
  })),
  net_dollars: walk.net,
  configured_net_dollars: walk.configured,
  difference_dollars: walk.net - walk.configured,
  interval_95: walk.interval === null ? null : [walk.interval.low, walk.interval.high],
});
