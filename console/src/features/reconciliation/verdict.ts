import type { Reconciliation } from '@/features/reconciliation/api/reconciliation';
import {
  addTokens,
  compareTokens,
  compareUsd,
  subtractTokens,
  type Tokens,
  type Usd,
} from '@/lib/money';

interface Cells<T> {
  engine?: T;
  waived?: Tokens;
  journal: T;
  usage: T;
  ledger?: T;
  equal: boolean;
}

/** The four columns line by line; a line is equal if every column it has says the same. */
export interface Comparison {
  requests: Cells<Tokens>;
  input: Cells<Tokens>;
  output: Cells<Tokens>;
  cost: Cells<Usd>;
}

/**
 * Requests: journal = billed (the engine counts only what reached it). Tokens: the engine's less
 * what was waived = journal = billed. Cost: journal = billed = ledger.
 */
export function compareColumns(page: Reconciliation): Comparison {
  const { journal, usage, ledger } = page;
  return {
    requests: {
      engine: page.engine.requests,
      journal: journal.requests,
      usage: usage.requests,
      equal: compareTokens(journal.requests, usage.requests) === 0,
    },
    input: tokenLine(page, 'input'),
    output: tokenLine(page, 'output'),
    cost: {
      journal: journal.cost,
      usage: usage.cost,
      ledger: ledger.cost,
      equal:
        compareUsd(journal.cost, usage.cost) === 0 && compareUsd(usage.cost, ledger.cost) === 0,
    },
  };
}

function tokenLine(page: Reconciliation, side: 'input' | 'output'): Cells<Tokens> {
  const waived = addTokens(page.waived.map((cause) => cause[side]));
  const explained = subtractTokens(page.engine[side], waived) === page.usage[side];
  const same = compareTokens(page.journal[side], page.usage[side]) === 0;
  return {
    engine: page.engine[side],
    waived,
    journal: page.journal[side],
    usage: page.usage[side],
    equal: same && explained,
  };
}

export type Verdict = 'reconciled' | 'different' | 'pending' | 'unequal';

/** Named differences weigh most; totals may lag while records are still on their way. */
export function verdictOf(page: Reconciliation): Verdict {
  if (page.differences.length > 0 || page.held !== '0') return 'different';
  const lines = Object.values(compareColumns(page));
  if (lines.every((line: { equal: boolean }) => line.equal)) return 'reconciled';
  return page.journal.unshipped !== '0' || page.journal.open !== '0' ? 'pending' : 'unequal';
}
