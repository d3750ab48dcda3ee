import { countForDrawing } from '@/lib/money';

/** 1 to 100, as somebody types it. */
export const isWeight = (typed: string) => /^([1-9]\d?|100)$/.test(typed);

export const weightOf = (typed: string) => countForDrawing(typed);
