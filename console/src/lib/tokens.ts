/** The four classes of tokens, in the order in which they are always shown. */
import { addTokens, tokensSchema, type Tokens } from '@/lib/money';
import { z } from '@/lib/wire';

export const TOKEN_CLASSES = ['hit', 'miss', 'reasoning', 'answer'] as const;

export type TokenClass = (typeof TOKEN_CLASSES)[number];

export const tokenCountsSchema = z.object({
  hit: tokensSchema,
  miss: tokensSchema,
  reasoning: tokensSchema,
  answer: tokensSchema,
});

export type TokenCounts = z.infer<typeof tokenCountsSchema>;

export function totalTokens(counts: TokenCounts): Tokens {
  return addTokens(TOKEN_CLASSES.map((name) => counts[name]));
}

export function inputTokens(counts: TokenCounts): Tokens {
  return addTokens([counts.hit, counts.miss]);
}

export function outputTokens(counts: TokenCounts): Tokens {
  return addTokens([counts.reasoning, counts.answer]);
}
