import { createdKeySchema, type CreatedKey } from '@/features/keys/api/createKey';
import type { ApiKey } from '@/features/keys/api/keys';
import { write } from '@/lib/http';

/**
 * Gives the key another secret. As with a new key, the secret must go into component state only,
 * so this is neither a query nor a cached mutation.
 */
export function rotateKey(key: ApiKey, graceSeconds: number): Promise<CreatedKey> {
  return write(`/admin/api/keys/${key.id}/rotate`, {
    method: 'POST',
    ifMatch: String(key.version),
    body: { grace_seconds: graceSeconds },
    schema: createdKeySchema,
  });
}
