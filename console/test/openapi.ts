/** The admin API's description, as the server gives it, and what in an answer is not as it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  oneOf?: Schema[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface Operation {
  /** Its answers are billing's; the description names a part of their members. */
  'x-r1-of-billing'?: boolean;
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: Schema }> }>;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const FILE = '../../api-service/src/main/resources/openapi-admin.json';
const description = JSON.parse(
  readFileSync(join(import.meta.dirname, FILE), 'utf8'),
) as Description;

/** What a dry run is answered is named so, where it is not what the change itself is. */
const EFFECT = /Effect$/;

const nameOf = ({ $ref }: Schema) => $ref?.split('/').at(-1) ?? '';

function resolved(schema: Schema): Schema {
  return schema.$ref === undefined
    ? schema
    : (description.components.schemas[nameOf(schema)] ?? {});
}

/** The path as it is described; words go before parameters, as `invoices/revenue`. */
function operationOf(method: string, path: string): Operation | undefined {
  const described = Object.keys(description.paths)
    .filter((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .sort((left, right) => left.split('{').length - right.split('{').length);
  return description.paths[described[0] ?? '']?.[method.toLowerCase()];
}

function schemaOf(operation: Operation, status: number, dry: boolean): Schema | undefined {
  if (status >= 400) return { $ref: '#/components/schemas/Problem' };
  const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
  const either = schema?.oneOf?.find((one) => EFFECT.test(nameOf(one)) === dry);
  return either ?? schema;
}

const typeOf = (value: unknown) =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : Number.isInteger(value)
        ? 'integer'
        : typeof value;

/** Members that are missing, of another type than described, or that nobody described. */
function differences(schema: Schema, value: unknown, at: string, open: boolean): string[] {
  const { oneOf, type, enum: known, required, properties, items } = resolved(schema);
  if (oneOf) {
    const of = oneOf.map((one) => differences(one, value, at, open));
    return of.some((found) => found.length === 0)
      ? []
      : (of.sort((left, right) => left.length - right.length).at(-1) ?? []);
  }
  const is = typeOf(value);
  const types = type === undefined ? [] : [type].flat();
  if (types.length > 0 && !types.includes(is) && !(is === 'integer' && types.includes('number'))) {
    return [`${at} is ${is}, not ${types.join(' or ')}`];
  }
  if (known && !known.includes(value)) return [`${at} is ${JSON.stringify(value)}`];
  if (Array.isArray(value)) {
    return items
      ? value.flatMap((one, index) => differences(items, one, `${at}[${index}]`, open))
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const members = Object.entries(value);
  return [
    ...(required ?? [])
      .filter((name) => !members.some(([given]) => given === name))
      .map((name) => `${at} has no ${name}`),
    ...members.flatMap(([name, member]) => {
      if (!properties) return [];
      const described = properties[name];
      if (described) return differences(described, member, `${at}.${name}`, open);
      return open ? [] : [`${at}.${name} is not described`];
    }),
  ];
}

/** What of an answer is not as the description says. */
export async function undescribed(request: Request, response: Response): Promise<string[]> {
  const { pathname, searchParams } = new URL(request.url);
  const operation = operationOf(request.method, pathname);
  if (!operation) return [`${request.method} ${pathname} is not described`];
  const dry = searchParams.get('dry_run') === 'true';
  const schema = schemaOf(operation, response.status, dry);
  if (!schema) return [`${response.status} is not described`];
  const open = response.ok && operation['x-r1-of-billing'] === true;
  return differences(schema, await response.clone().json(), 'answer', open);
}
