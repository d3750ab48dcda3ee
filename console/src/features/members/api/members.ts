import { infiniteQueryOptions, mutationOptions } from '@tanstack/react-query';
import { get, query, write } from '@/lib/http';
import { z } from '@/lib/wire';

export const memberSchema = z.object({
  id: z.string(),
  organization_id: z.string(),
  project_id: z.nullable(z.string()),
  email: z.string(),
  role: z.string(),
  of_group: z.boolean(),
  created_at: z.string(),
  version: z.string(),
});

export const memberPageSchema = z.object({
  items: z.array(memberSchema),
  next: z.nullish(z.string()),
});

/** A person with one role, in an organization or in one project of it. */
export type Member = z.infer<typeof memberSchema>;

const MEMBERS = ['members'];

export function membersQuery(organization: string) {
  return infiniteQueryOptions({
    queryKey: [...MEMBERS, organization],
    queryFn: ({ signal, pageParam }) =>
      get(
        `/admin/api/members${query({ organization_id: organization, limit: '50', after: pageParam })}`,
        memberPageSchema,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** Gives the member as it was read another role; 412 if somebody changed it meanwhile. */
export const changeMember = mutationOptions({
  mutationFn: ({ member, role }: { member: Member; role: string }) =>
    write(`/admin/api/members/${member.id}`, {
      method: 'PUT',
      ifMatch: member.version,
      body: { role },
      schema: memberSchema,
    }),
  onSettled: (_changed, _error, _change, _result, { client }) =>
    client.invalidateQueries({ queryKey: MEMBERS }),
});

/** Takes the member's role as it was read; open invitations of the address end with it. */
export const removeMember = mutationOptions({
  mutationFn: (member: Member) =>
    write(`/admin/api/members/${member.id}`, {
      method: 'DELETE',
      ifMatch: member.version,
      schema: z.undefined(),
    }),
  onSettled: async (_removed, _error, _member, _result, { client }) => {
    await client.invalidateQueries({ queryKey: MEMBERS });
    await client.invalidateQueries({ queryKey: ['invitations'] });
  },
});
