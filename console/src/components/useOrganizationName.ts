import { useQuery } from '@tanstack/react-query';
import { organizationsQuery } from '@/lib/organizations';

/** Names of organizations by id; an id stands for itself until its name is there. */
export function useOrganizationName(): (id: string) => string {
  const { data } = useQuery(organizationsQuery);
  return (id) => data?.items.find((one) => one.id === id)?.name ?? id;
}
