/** The form of a server's terms: what is typed, and what of it is sent. */
import type { Terms } from '@/features/upstreams/api/changes';
import type { Upstream, UpstreamModel } from '@/features/upstreams/api/upstreams';
import { countForDrawing } from '@/lib/money';

export interface ModelForm {
  model: string;
  upstream_name: string;
  priority: string;
  context_length: string;
  max_output_tokens: string;
  reasoning: boolean;
}

export interface TermsForm {
  name: string;
  url: string;
  apiKey: string;
  trusted: string;
  cacheSalt: boolean;
  startWithin: string;
  models: ModelForm[];
}

const USUAL_PRIORITY = '20';
const USUAL_START = '60';

export const NO_MODEL: ModelForm = {
  model: '',
  upstream_name: '',
  priority: USUAL_PRIORITY,
  context_length: '',
  max_output_tokens: '',
  reasoning: true,
};

export const EMPTY: TermsForm = {
  name: '',
  url: '',
  apiKey: '',
  trusted: '',
  cacheSalt: false,
  startWithin: USUAL_START,
  models: [NO_MODEL],
};

const text = (number: number | null | undefined) => (number == null ? '' : String(number));

export function formOf(upstream: Upstream): TermsForm {
  return {
    name: upstream.name,
    url: upstream.url,
    apiKey: '',
    trusted: upstream.trusted ?? '',
    cacheSalt: upstream.cache_salt,
    startWithin: String(upstream.start_within_seconds),
    models: upstream.models.map((model) => ({
      model: model.model,
      upstream_name: model.upstream_name,
      priority: text(model.priority ?? 20),
      context_length: text(model.context_length),
      max_output_tokens: text(model.max_output_tokens),
      reasoning: model.reasoning ?? true,
    })),
  };
}

const isWhole = (typed: string, from: number, to: number) =>
  /^\d{1,9}$/.test(typed) && countForDrawing(typed) >= from && countForDrawing(typed) <= to;

export const isPriority = (typed: string) => isWhole(typed, 1, 99);
export const isStart = (typed: string) => isWhole(typed, 1, 600);
export const isSize = (typed: string) => typed === '' || isWhole(typed, 1, 999_999_999);
export const isAddress = (typed: string) => /^https?:\/\/[^\s/@?#]+(\/[^\s?#]*)?$/.test(typed);

function isModel(model: ModelForm): boolean {
  return (
    model.model.trim() !== '' &&
    model.upstream_name.trim() !== '' &&
    isPriority(model.priority) &&
    isSize(model.context_length) &&
    isSize(model.max_output_tokens)
  );
}

export function isWholeForm(form: TermsForm): boolean {
  return (
    form.name.trim() !== '' &&
    isAddress(form.url.trim()) &&
    isStart(form.startWithin) &&
    form.models.length > 0 &&
    form.models.every(isModel)
  );
}

const sizeOf = (typed: string) => (typed === '' ? null : countForDrawing(typed));

export function termsOfForm(form: TermsForm, enabled: boolean): Terms {
  return {
    name: form.name.trim(),
    url: form.url.trim(),
    ...(form.apiKey === '' ? {} : { api_key: form.apiKey }),
    trusted: form.trusted.trim() === '' ? null : form.trusted.trim(),
    enabled,
    cache_salt: form.cacheSalt,
    start_within_seconds: countForDrawing(form.startWithin),
    models: form.models.map((model): UpstreamModel => ({
      model: model.model.trim(),
      upstream_name: model.upstream_name.trim(),
      priority: countForDrawing(model.priority),
      context_length: sizeOf(model.context_length),
      max_output_tokens: sizeOf(model.max_output_tokens),
      reasoning: model.reasoning,
    })),
  };
}

/** Models in one line, as a conflict shows them. */
export function modelsInWords(models: UpstreamModel[]): string {
  return models
    .map(({ model, upstream_name: name, priority }) => `${model} = ${name} (${priority ?? 20})`)
    .join(', ');
}
