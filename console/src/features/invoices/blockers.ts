import type { Blocker } from '@/features/invoices/api/invoices';

interface Known {
  code: string;
  /** The page that shows what is the matter. */
  look?: '/reconciliation';
}

/** What may keep an invoice from being finalized, in the server's words. */
export const BLOCKERS = [
  { code: 'GRACE' },
  { code: 'STREAM', look: '/reconciliation' },
  { code: 'HELD', look: '/reconciliation' },
  { code: 'RECONCILIATION', look: '/reconciliation' },
  { code: 'LAW' },
  { code: 'PROFILE' },
  { code: 'EARLIER' },
  { code: 'LEDGER' },
] as const satisfies Known[];

/** Whether it stands in the way: nobody set it aside, or it cannot be. */
export const isBlocking = ({ waivable, waiver }: Blocker) => waiver == null || !waivable;
