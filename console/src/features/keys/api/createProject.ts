import { mutationOptions } from '@tanstack/react-query';
import { organizationSchema, organizationsQuery } from '@/lib/organizations';
import { projectSchema, PROJECTS } from '@/features/keys/api/projects';
import { write } from '@/lib/http';

/** A project of an existing organization, or of a new one that is created first. */
export interface NewProject {
  name: string;
  organization: { id: string } | { name: string };
}

async function organizationId(organization: NewProject['organization']): Promise<string> {
  if ('id' in organization) return organization.id;
  const created = await write('/admin/api/organizations', {
    method: 'POST',
    body: { name: organization.name },
    schema: organizationSchema,
  });
  return created.id;
}

export const createProject = mutationOptions({
  mutationFn: async ({ name, organization }: NewProject) =>
    write('/admin/api/projects', {
      method: 'POST',
      body: { organization_id: await organizationId(organization), name },
      schema: projectSchema,
    }),
  onSettled: async (_project, _error, _new, _result, { client }) => {
    await client.invalidateQueries({ queryKey: organizationsQuery.queryKey });
    await client.invalidateQueries({ queryKey: PROJECTS });
  },
});
