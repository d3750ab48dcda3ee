import { mutationOptions } from '@tanstack/react-query';
import { KEYS, keySchema, type ApiKey } from '@/features/keys/api/keys';
import { write } from '@/lib/http';

/** Revokes the key as it was read; 412 if somebody changed it meanwhile. */
export const revokeKey = mutationOptions({
  mutationFn: (key: ApiKey) =>
    write(`/admin/api/keys/${key.id}`, {
      method: 'DELETE',
      ifMatch: String(key.version),
      schema: keySchema,
    }),
  onSettled: (_revoked, _error, _key, _result, { client }) =>
    client.invalidateQueries({ queryKey: KEYS }),
});
