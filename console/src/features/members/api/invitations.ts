import { infiniteQueryOptions, mutationOptions } from '@tanstack/react-query';
import { get, query, write } from '@/lib/http';
import { z } from '@/lib/wire';

export const invitationSchema = z.object({
  id: z.string(),
  organization_id: z.string(),
  project_id: z.nullable(z.string()),
  email: z.string(),
  role: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  accepted_at: z.nullable(z.string()),
  revoked_at: z.nullable(z.string()),
});

export const invitationPageSchema = z.object({
  items: z.array(invitationSchema),
  next: z.nullish(z.string()),
});

export const issuedSchema = z.object({ invitation: invitationSchema, token: z.string() });

export type Invitation = z.infer<typeof invitationSchema>;
export type Issued = z.infer<typeof issuedSchema>;

export const INVITATIONS = ['invitations'];

export function invitationsQuery(organization: string) {
  return infiniteQueryOptions({
    queryKey: [...INVITATIONS, organization],
    queryFn: ({ signal, pageParam }) =>
      get(
        `/admin/api/invitations${query({ organization_id: organization, limit: '50', after: pageParam })}`,
        invitationPageSchema,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

interface NewInvitation {
  organization_id: string;
  project_id?: string;
  email: string;
  role: string;
}

/**
 * Invites somebody. The answer holds the token, which is shown once: it must go into component
 * state only, so this is a plain function and neither a query nor a cached mutation.
 */
export function invite(invitation: NewInvitation): Promise<Issued> {
  return write('/admin/api/invitations', {
    method: 'POST',
    body: invitation,
    schema: issuedSchema,
  });
}

/** Takes an invitation back, if nobody has come by it. */
export const revokeInvitation = mutationOptions({
  mutationFn: (invitation: Invitation) =>
    write(`/admin/api/invitations/${invitation.id}`, {
      method: 'DELETE',
      schema: invitationSchema,
    }),
  onSettled: (_revoked, _error, _invitation, _result, { client }) =>
    client.invalidateQueries({ queryKey: INVITATIONS }),
});

export type InvitationState = 'open' | 'accepted' | 'revoked' | 'expired';

export function stateOf(invitation: Invitation, now: Date): InvitationState {
  if (invitation.accepted_at !== null) return 'accepted';
  if (invitation.revoked_at !== null) return 'revoked';
  return Date.parse(invitation.expires_at) <= now.getTime() ? 'expired' : 'open';
}
