import { describe, expect, test } from 'vitest';
import { CapturedOutput } from '../../../src/cli/output.js';
import { RunConsole } from '../../../src/app/console.js';
import { AROUND, booked, decision, modelOf } from '../screen/records.js';

const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?1049l';
const SHOW_CURSOR = '\x1b[?25h';
const trouble = { type: 'say', severity: 'error', code: 'LATCHED', text: 'Trading is latched off.' } as const;

describe('on a terminal', () => {
  const make = () => {
    const output = new CapturedOutput(true, 80, 24);
    const model = modelOf(['KXA-1']);
    return { output, model, screen: new RunConsole(output, model, 'info') };
  };

  test('the screen is painted in place, on a page of its own, and given back', () => {
    const { output, screen } = make();
    screen.paint(AROUND);
    screen.paint(AROUND);
    expect(output.drawn.split(ENTER)).toHaveLength(2);
    expect(output.drawn.split('KMM demo')).toHaveLength(3);
    screen.leave();
    screen.leave();
    expect(output.drawn.split(LEAVE)).toHaveLength(2);
    expect(output.drawn.endsWith(`${SHOW_CURSOR}${LEAVE}`)).toBe(true);
  });

  test('no lines run through the screen', () => {
    const { output, screen } = make();
    screen.decision(decision(0));
    screen.booked(booked(0));
    screen.say({ ...trouble, severity: 'info' });
    expect([output.stdout, output.stderr]).toEqual([[], []]);
  });

  test('what went wrong is still there when the screen has gone', () => {
    const { output, model, screen } = make();
    model.say(trouble);
    screen.say(trouble);
    screen.paint(AROUND);
    screen.leave();
    expect(output.stderr).toEqual(['[ERROR] Trading is latched off.']);
  });

  test('what goes wrong after the screen has gone is a line', () => {
    const { output, screen } = make();
    screen.leave();
    screen.say(trouble);
    expect(output.stdout).toEqual(['[ERROR] Trading is latched off.']);
  });

  test('a program that ends in the middle does not leave the cursor hidden', () => {
    const { output, screen } = make();
    const before = process.listenerCount('exit');
    screen.paint(AROUND);
    const [giveBack] = process.listeners('exit').slice(before);
    giveBack?.call(process, 1);
    expect(output.drawn.endsWith(`${SHOW_CURSOR}${LEAVE}`)).toBe(true);
    screen.leave();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('piped', () => {
  test('lines, and no control characters', () => {
    const output = new CapturedOutput();
    const lines = new RunConsole(output, modelOf(['KXA-1']), 'info');
    lines.decision(decision(0));
    lines.booked(booked(0));
    lines.say(trouble);
    lines.paint(AROUND);
    lines.leave();
    expect(output.drawn).toBe('');
    expect(output.stdout).toEqual([
      '[INFO] Quoting KXA-1: 0.4800 / 0.5250.',
      '[INFO] Sold 2.00 KXA-1 at 0.5250, position -14.00.',
      '[ERROR] Trading is latched off.',
    ]);
  });

  test.each([
    ['error', 1],
    ['warn', 1],
    ['info', 3],
  ] as const)('at --log-level %s it says as much as was asked for', (level, count) => {
    const output = new CapturedOutput();
    const lines = new RunConsole(output, modelOf(['KXA-1']), level);
    lines.decision(decision(0));
    lines.booked(booked(0));
    lines.say(trouble);
    lines.say({ ...trouble, severity: 'debug' });
    expect(output.stdout).toHaveLength(count);
  });
});
