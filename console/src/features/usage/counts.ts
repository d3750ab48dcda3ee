import type { Request } from '@/features/usage/api/request';
import { addTokens, subtractTokens, type Tokens } from '@/lib/money';
import { inputTokens, outputTokens } from '@/lib/tokens';

/** One count of a request on both sides; neither charge nor waiver explains `difference`. */
export interface CountRow {
  name: 'input' | 'output';
  engine: Tokens;
  charged: Tokens;
  waived: Tokens;
  difference: Tokens;
}

/** Engine against charged and waived; undefined while there is no engine receipt. */
export function compareCounts(request: Request): CountRow[] | undefined {
  const { engine, tokens, waived } = request;
  if (!engine) return undefined;
  const input = addTokens([engine.tok_hit, engine.tok_miss]);
  const output = addTokens([engine.tok_out]);
  return [
    row('input', input, inputTokens(tokens), addTokens([waived?.input ?? '0'])),
    row('output', output, outputTokens(tokens), addTokens([waived?.output ?? '0'])),
  ];
}

function row(name: CountRow['name'], engine: Tokens, charged: Tokens, waived: Tokens): CountRow {
  const difference = subtractTokens(engine, addTokens([charged, waived]));
  return { name, engine, charged, waived, difference };
}
