import { describe, expect, test } from 'vitest';
import { AGREEMENT_PHRASE, realMoneyAgreement, type AgreementCase } from '../../../src/config/agreement.js';

const ALL: AgreementCase = {
  environment: 'prod',
  chosenBy: { type: 'flag', name: 'env' },
  credentials: { keyId: '12345678', privateKeyPath: 'k.pem' },
  flagGiven: true,
  typed: null,
};

describe('real money', () => {
  test('is agreed to by flag, key and either flag or phrase', () => {
    expect(realMoneyAgreement(ALL)).toEqual({ type: 'agreed', realMoney: true });
    expect(realMoneyAgreement({ ...ALL, flagGiven: false, typed: ` ${AGREEMENT_PHRASE} ` })).toEqual({ type: 'agreed', realMoney: true });
  });

  test('is asked for where only the last agreement is missing', () => {
    expect(realMoneyAgreement({ ...ALL, flagGiven: false })).toEqual({
      type: 'ask',
      phrase: AGREEMENT_PHRASE,
      flag: '--yes-trade-real-money',
    });
  });

  const refused: readonly (readonly [string, Partial<AgreementCase>, string])[] = [
    ['a file chose prod', { chosenBy: { type: 'file', file: 'config.yaml', line: 3 } }, 'config.yaml:3'],
    ['a variable chose prod', { chosenBy: { type: 'env', name: 'KMM_ENVIRONMENT' } }, 'KMM_ENVIRONMENT'],
    ['there is no key of prod', { credentials: null }, 'no API key'],
    ['another phrase was typed', { flagGiven: false, typed: 'yes' }, 'not typed as asked'],
    ['nothing was typed', { flagGiven: false, typed: '' }, 'not typed as asked'],
    ['the phrase was typed in capitals', { flagGiven: false, typed: AGREEMENT_PHRASE.toUpperCase() }, 'not typed as asked'],
  ];
  for (const [name, change, text] of refused)
    test(`is refused where ${name}, whatever else is agreed`, () => {
      expect(realMoneyAgreement({ ...ALL, ...change })).toMatchObject({ type: 'refused', what: expect.stringContaining(text) as string });
    });
});

test('other environments need no agreement', () => {
  for (const environment of ['sim', 'demo', 'custom', 'playback'] as const)
    expect(realMoneyAgreement({ ...ALL, environment, credentials: null, flagGiven: false, chosenBy: { type: 'default' } })).toEqual({
      type: 'agreed',
      realMoney: false,
    });
});
