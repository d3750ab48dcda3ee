import { mutationOptions } from '@tanstack/react-query';
import {
  UPSTREAMS,
  upstreamSchema,
  type Upstream,
  type UpstreamModel,
} from '@/features/upstreams/api/upstreams';
import { Problem, write } from '@/lib/http';
import { probeSchema, type Probe } from '@/lib/probe';
import { z } from '@/lib/wire';

/** What a dry run says: the server as it is and as it would be, and what the probe found. */
export const effectSchema = z.object({
  before: z.nullable(upstreamSchema),
  after: z.nullable(upstreamSchema),
  probe: z.nullable(probeSchema),
});

/** What is set of a server. Without `api_key` the stored one stays, at the same address. */
export interface Terms {
  name: string;
  url: string;
  api_key?: string;
  trusted: string | null;
  enabled: boolean;
  cache_salt: boolean;
  start_within_seconds: number;
  models: UpstreamModel[];
}

/*
 * Terms may hold a key, which must stay in component state: those that send it are plain functions,
 * and neither queries nor cached mutations.
 */

/**
 * Probes what would be registered, or with `upstream` changed, and changes nothing. Unfit terms are
 * refused as they would be without the dry run; what the probe found is then in the refusal.
 */
export async function tryTerms(terms: Terms, upstream: Upstream | undefined): Promise<Probe> {
  try {
    const { probe } = await (upstream === undefined
      ? write('/admin/api/upstreams?dry_run=true', {
          method: 'POST',
          body: terms,
          schema: effectSchema,
        })
      : write(`/admin/api/upstreams/${upstream.id}?dry_run=true`, {
          method: 'PUT',
          ifMatch: upstream.version,
          body: terms,
          schema: effectSchema,
        }));
    if (probe) return probe;
  } catch (refused) {
    if (refused instanceof Problem && refused.probe) return refused.probe;
    throw refused;
  }
  throw new Error('The server was not probed');
}

/** Probes and registers a server; refused with 422 where the probe finds it unfit. */
export function register(terms: Terms): Promise<Upstream> {
  return write('/admin/api/upstreams', { method: 'POST', body: terms, schema: upstreamSchema });
}

/** Probes and changes a server as it was read; 412 if somebody changed it meanwhile. */
export function change(upstream: Upstream, terms: Terms): Promise<Upstream> {
  return write(`/admin/api/upstreams/${upstream.id}`, {
    method: 'PUT',
    ifMatch: upstream.version,
    body: terms,
    schema: upstreamSchema,
  });
}

/** The terms as they stand, without the key that is never told. */
function termsOf(upstream: Upstream): Terms {
  const { name, url, trusted, enabled, cache_salt, start_within_seconds, models } = upstream;
  return { name, url, trusted, enabled, cache_salt, start_within_seconds, models };
}

/** Takes a server out of use, or into it again; into it only if a probe finds it fit. */
export const enable = mutationOptions({
  mutationFn: ({ upstream, enabled }: { upstream: Upstream; enabled: boolean }) =>
    change(upstream, { ...termsOf(upstream), enabled }),
  onSettled: (_changed, _error, _upstream, _result, { client }) =>
    client.invalidateQueries({ queryKey: UPSTREAMS }),
});

export const remove = mutationOptions({
  mutationFn: (upstream: Upstream) =>
    write(`/admin/api/upstreams/${upstream.id}`, {
      method: 'DELETE',
      ifMatch: upstream.version,
      schema: z.undefined(),
    }),
  onSettled: (_removed, _error, _upstream, _result, { client }) =>
    client.invalidateQueries({ queryKey: [...UPSTREAMS, 'list'] }),
});

/** Probes it as it is registered; takes no request away whatever is found. */
export const probeAgain = mutationOptions({
  mutationFn: (id: string) =>
    write(`/admin/api/upstreams/${id}/probe`, { method: 'POST', schema: probeSchema }),
  onSettled: (_probe, _error, id, _result, { client }) =>
    client.invalidateQueries({ queryKey: [...UPSTREAMS, id] }),
});
