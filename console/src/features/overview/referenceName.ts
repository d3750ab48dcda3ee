import type { Reference } from '@/features/overview/api/overview';

/** `OpenAI o1` of the price book's `OpenAI o1 list (reference, …)`. */
export function referenceName({ name }: Reference): string {
  return name.replace(/ list\b.*$/, '');
}
