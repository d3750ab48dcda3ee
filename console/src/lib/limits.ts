import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { get, write } from '@/lib/http';
import { z } from '@/lib/wire';

/** What a limit may count, in the server's words. */
export const LIMIT_KINDS = [
  'requests_per_minute',
  'tokens_per_minute',
  'concurrency',
  'queue_length',
] as const;

export type LimitKind = (typeof LIMIT_KINDS)[number];

const limitsSchema = z.object({
  model: z.nullable(z.string()),
  requests_per_minute: z.nullable(z.string()),
  tokens_per_minute: z.nullable(z.string()),
  concurrency: z.nullable(z.string()),
  queue_length: z.nullable(z.string()),
});

export const limitSetSchema = z.object({
  scope: z.enum(['organization', 'project', 'key']),
  scope_id: z.string(),
  limits: z.array(limitsSchema),
  defaults: limitsSchema,
  has_defaults: z.boolean(),
  version: z.string(),
});

/** Limits of one model, or of all together where `model` is null. Null is no limit. */
export type Limits = z.infer<typeof limitsSchema>;

export type LimitSet = z.infer<typeof limitSetSchema>;

/** Whose limits: an organization, project or key. */
export interface LimitOwner {
  scope: LimitSet['scope'];
  id: string;
  name: string;
}

const path = ({ scope, id }: LimitOwner) => `/admin/api/limits/${scope}/${id}`;

export function limitsQuery(owner: LimitOwner) {
  return queryOptions({
    queryKey: ['limits', owner.scope, owner.id],
    queryFn: ({ signal }) => get(path(owner), limitSetSchema, signal),
    staleTime: 0,
  });
}

/** Sets all limits as they were read, with changes; 412 if somebody changed them meanwhile. */
export const changeLimits = mutationOptions({
  mutationFn: ({
    owner,
    version,
    limits,
  }: {
    owner: LimitOwner;
    version: string;
    limits: Limits[];
  }) =>
    write(path(owner), {
      method: 'PUT',
      ifMatch: version,
      body: { limits },
      schema: limitSetSchema,
    }),
  onSettled: (_changed, _error, { owner }, _result, { client }) =>
    client.invalidateQueries({ queryKey: ['limits', owner.scope, owner.id] }),
});
