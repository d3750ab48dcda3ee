import { keySchema, type Scope } from '@/features/keys/api/keys';
import { write } from '@/lib/http';
import { z } from '@/lib/wire';

export const createdKeySchema = z.object({ key: keySchema, secret: z.string() });

export type CreatedKey = z.infer<typeof createdKeySchema>;

/** What a key may do: no models are those of its project, no networks are anywhere. */
export interface Rights {
  scopes: Scope[];
  models: string[] | null;
  networks: string[];
}

export interface NewKey extends Rights {
  project_id: string;
  name: string;
  expires_in_seconds?: number;
}

/**
 * Creates a key. The answer holds the secret, which is shown once: it must go into component
 * state only, so this is a plain function and neither a query nor a cached mutation.
 */
export function createKey(key: NewKey): Promise<CreatedKey> {
  return write('/admin/api/keys', { method: 'POST', body: key, schema: createdKeySchema });
}
