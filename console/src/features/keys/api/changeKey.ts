import { mutationOptions } from '@tanstack/react-query';
import type { Rights } from '@/features/keys/api/createKey';
import { KEYS, keySchema, type ApiKey } from '@/features/keys/api/keys';
import { write } from '@/lib/http';

export interface KeyTerms extends Rights {
  name: string;
  expires_at: string | null;
}

/** Gives the key as it was read other terms; 412 if somebody changed it meanwhile. */
export const changeKey = mutationOptions({
  mutationFn: ({ key, terms }: { key: ApiKey; terms: KeyTerms }) =>
    write(`/admin/api/keys/${key.id}`, {
      method: 'PUT',
      ifMatch: String(key.version),
      body: terms,
      schema: keySchema,
    }),
  onSettled: (_changed, _error, _terms, _result, { client }) =>
    client.invalidateQueries({ queryKey: KEYS }),
});
