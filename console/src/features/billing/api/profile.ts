import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { get, Problem, write } from '@/lib/http';
import { z } from '@/lib/wire';

export const LANGUAGES = ['en', 'ko'] as const;
export const PAPERS = ['A4', 'LETTER'] as const;

export const profileSchema = z.object({
  name: z.string(),
  address: z.string(),
  country: z.nullish(z.string()),
  tax_number: z.nullish(z.string()),
  email: z.nullish(z.string()),
  language: z.enum(LANGUAGES),
  paper: z.enum(PAPERS),
  due_days: z.int(),
});

/** Who is billed and how: an address of lines, a country of ISO 3166-1, an e-mail or none. */
export type Profile = z.infer<typeof profileSchema>;

const profilePath = (organization: string) => `/admin/api/invoices/profiles/${organization}`;

/** Null where there is none yet. */
export function profileQuery(organization: string) {
  return queryOptions({
    queryKey: ['billing-profile', organization],
    queryFn: async ({ signal }) => {
      try {
        return await get(profilePath(organization), profileSchema, signal);
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
}

interface ProfileOrder {
  organization: string;
  command: string;
  profile: Profile;
}

export const setProfile = mutationOptions({
  mutationFn: ({ organization, command, profile }: ProfileOrder) =>
    write(profilePath(organization), {
      method: 'POST',
      body: { command_id: command, ...profile },
      schema: profileSchema,
    }),
  onSettled: (_profile, _error, { organization }, _result, { client }) =>
    client.invalidateQueries({ queryKey: ['billing-profile', organization] }),
});
