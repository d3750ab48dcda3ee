import { isDay } from '@/lib/time';
import { z } from '@/lib/wire';

export const GROUPS = ['day', 'project', 'key', 'model'] as const;

export type Group = (typeof GROUPS)[number];

export const FINISHES = [
  'stop',
  'length',
  'client_disconnect',
  'cancelled',
  'deadline',
  'engine_error',
  'refused',
  'lost',
] as const;

const day = z.catch(z.optional(z.string().check(z.refine(isDay))), undefined);
const id = z.catch(z.optional(z.string().check(z.regex(/^\d+$/))), undefined);

const selection = { from: day, to: day, project_id: id, api_key_id: id, model_id: id };

/** What the usage table keeps in the URL: period, filters, grouping and order. */
export const usageSearchSchema = z.object({
  ...selection,
  group_by: z.catch(z.optional(z.enum(GROUPS)), undefined),
  sort: z.catch(z.optional(z.string().check(z.regex(/^-?[a-z]+$/))), undefined),
});

export const requestsSearchSchema = z.object({
  ...selection,
  finish: z.catch(z.optional(z.enum(FINISHES)), undefined),
});

/** Period and filters, which usage and requests share, so that one opens the other. */
export interface Selection {
  organization_id?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  project_id?: string | undefined;
  api_key_id?: string | undefined;
  model_id?: string | undefined;
}

export const FILTERS = ['project_id', 'api_key_id', 'model_id'] as const;

export type Filter = (typeof FILTERS)[number];
