/** What a person sees of a run while it lasts: the status screen on a terminal, plain lines where it is piped. */
import type { Booked, Decision, Say } from '../domain/actions.js';
import type { Call } from '../domain/order.js';
import type { LogLevel } from '../cli/command.js';
import type { Output } from '../cli/output.js';
import { fillLine, orderLine, PlainLines, sayLine } from '../screen/plain-lines.js';
import type { StatusModel, Surroundings } from '../screen/status-model.js';
import { statusLines } from '../screen/status-view.js';

const LEVEL_OF: Record<Say['severity'], number> = { error: 0, warn: 1, info: 2, debug: 3 };
const SHOWN: Record<LogLevel, number> = { error: 0, warn: 1, info: 2, debug: 3, trace: 3 };

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** `screen`: the status screen, or lines where it is piped. `trades`: lines about orders, fills and changes of state, and nothing else. */
export type ConsoleMode = 'screen' | 'trades';

export class RunConsole {
  readonly #plain: PlainLines;
  /** A person watches a screen; from its end on, lines again. */
  #screen: boolean;
  #entered = false;

  constructor(
    private readonly output: Output,
    private readonly model: StatusModel,
    private readonly logLevel: LogLevel,
    private readonly mode: ConsoleMode = 'screen',
  ) {
    this.#plain = new PlainLines(model);
    this.#screen = output.isTty && mode === 'screen';
  }

  say(say: Say): void {
    if (LEVEL_OF[say.severity] > SHOWN[this.logLevel] || this.#screen) return;
    this.output.out(sayLine(say));
  }

  booked(booked: Booked): void {
    const ticker = this.model.ticker(booked.market);
    if (!this.#screen && ticker !== undefined && SHOWN[this.logLevel] >= LEVEL_OF.info) this.output.out(fillLine(booked, ticker));
  }

  /** Orders are told where a person has asked for them. */
  sent(call: Call): void {
    if (this.mode !== 'trades' || SHOWN[this.logLevel] < LEVEL_OF.info) return;
    for (const command of call.commands) this.output.out(orderLine(command, this.model.ticker(command.market) ?? ''));
  }

  decision(decision: Decision): void {
    if (this.#screen || this.mode === 'trades' || SHOWN[this.logLevel] < LEVEL_OF.info) return;
    for (const line of this.#plain.decision(decision)) this.output.out(line);
  }

  /** Paints the status screen; nothing where there is no terminal. */
  paint(around: Surroundings): void {
    if (!this.#screen) return;
    const { columns, rows } = this.output;
    const lines = statusLines(this.model, around, { columns, rows });
    const text = lines.map((line) => `${line}${CLEAR_LINE}`).join('\n');
    // However the program ends, nobody is left with a hidden cursor.
    if (!this.#entered) process.once('exit', this.#giveBack);
    this.output.draw(`${this.#entered ? '' : ENTER}${HOME}${text}${CLEAR_BELOW}`);
    this.#entered = true;
  }

  /** Gives the terminal back as it was, and says there what went wrong: the screen with its notes is gone. */
  leave(): void {
    if (this.#entered) this.#giveBack();
    process.off('exit', this.#giveBack);
    if (!this.#screen) return;
    this.#screen = false;
    for (const note of this.model.notes) if (note.severity !== 'info') this.output.err(sayLine(note));
  }

  readonly #giveBack = (): void => {
    this.output.draw(LEAVE);
    this.#entered = false;
  };
}
