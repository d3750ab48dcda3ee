import type { Rights } from '@/features/keys/api/createKey';
import { USUAL_SCOPES, type ApiKey, type Scope } from '@/features/keys/api/keys';

/** Rights as a form has them: a line each, empty for no bound. */
export interface RightsForm {
  scopes: Scope[];
  models: string;
  networks: string;
}

export const USUAL: RightsForm = { scopes: [...USUAL_SCOPES], models: '', networks: '' };

export function rightsOf({ scopes, models, networks }: RightsForm): Rights {
  const names = listed(models);
  return { scopes, models: names.length === 0 ? null : names, networks: listed(networks) };
}

export function formOf({ scopes, models, networks }: ApiKey): RightsForm {
  return { scopes, models: (models ?? []).join('\n'), networks: networks.join('\n') };
}

function listed(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}
