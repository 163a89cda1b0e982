/** Orders that somebody placed by hand are taken for our own. */
import { OrderRegister as Original } from '../../../src/execution/order-register.js';

export * from '../../../src/execution/order-register.js';

export class OrderRegister extends Original {
  constructor(_prefix: string, remembered: number) {
    super('', remembered);
  }
}
