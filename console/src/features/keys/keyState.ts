import type { ApiKey } from '@/features/keys/api/keys';

export function keyState(key: ApiKey, now: Date): 'live' | 'expired' | 'revoked' {
  if (key.revoked_at !== null) return 'revoked';
  if (key.expires_at !== null && Date.parse(key.expires_at) <= now.getTime()) return 'expired';
  return 'live';
}

/** What may be shown of a key after its creation: public id and last four. */
export function maskedKey(key: ApiKey): string {
  return `sk-r1-${key.public_id}…${key.last_four}`;
}
