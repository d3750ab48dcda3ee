import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '@/features/usage/api/usage';
import type { Filter, Group, Selection } from '@/features/usage/search';
import type { DayRange } from '@/lib/time';

const GROUP_OF: Record<Filter, Group> = {
  project_id: 'project',
  api_key_id: 'key',
  model_id: 'model',
};

/** Names of the filtered project, key and model, read from the same period's groups. */
export function useFilterNames(range: DayRange, filters: Selection) {
  const named = (filter: Filter) => ({
    ...usageQuery(GROUP_OF[filter], range, {
      organization_id: filters.organization_id,
      [filter]: filters[filter],
    }),
    enabled: filters[filter] !== undefined,
  });
  const projects = useQuery(named('project_id'));
  const keys = useQuery(named('api_key_id'));
  const models = useQuery(named('model_id'));
  const lists = { project_id: projects.data, api_key_id: keys.data, model_id: models.data };
  return (filter: Filter, id: string): string | undefined =>
    lists[filter]?.items.find((item) => item.key === id)?.name ?? undefined;
}
