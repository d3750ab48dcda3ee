import type { Messages } from '@/lib/i18n/en';
export const ko = {} as Messages;
