import type { TFunction } from 'i18next';
import type { Request } from '@/features/usage/api/request';
import { formatTokens } from '@/lib/money';
import { outputTokens, totalTokens } from '@/lib/tokens';

const FINISH_COLOR = {
  stop: 'teal',
  length: 'blue',
  client_disconnect: 'yellow',
  cancelled: 'yellow',
  deadline: 'yellow',
  engine_error: 'red',
  refused: 'gray',
  lost: 'red',
  admit: 'gray',
} as const;

type Finish = keyof typeof FINISH_COLOR;

function finishOf(text: string): Finish | undefined {
  return text in FINISH_COLOR ? (text as Finish) : undefined;
}

export function finishColor(text: string): string {
  const finish = finishOf(text);
  return finish ? FINISH_COLOR[finish] : 'gray';
}

export function finishLabel(t: TFunction, text: string): string {
  const finish = finishOf(text);
  return finish ? t(`finish.${finish}`) : text;
}

const CAUSES = [
  'RETRY',
  'NO_OUTPUT',
  'LATE_STOP',
  'OVERRUN',
  'LOST',
  'ENGINE_DIED',
  'FOREIGN',
] as const;

function causeLabel(t: TFunction, cause: string | null | undefined): string {
  const known = CAUSES.find((name) => name === cause);
  return t(`waiver.${known ?? 'other'}`);
}

/** In plain words: why it ended, what was charged, what was not. */
export function endingWords(t: TFunction, request: Request): string[] {
  const finish = finishOf(request.finish);
  const why = finish ? t(`finish.${finish}.words`) : request.finish;
  return [why, charged(t, request), waived(t, request)];
}

function charged(t: TFunction, request: Request): string {
  if (request.status === 'in_journal') return t('charged.unknown');
  if (totalTokens(request.tokens) === '0') return t('charged.none');
  return t('charged.all', { output: formatTokens(outputTokens(request.tokens)) });
}

function waived(t: TFunction, { waived: part, status }: Request): string {
  if (status === 'in_journal') return '';
  if (!part || (part.input === '0' && part.output === '0')) return t('waived.none');
  return t('waived.some', {
    input: formatTokens(part.input),
    output: formatTokens(part.output),
    cause: causeLabel(t, part.cause),
  });
}
