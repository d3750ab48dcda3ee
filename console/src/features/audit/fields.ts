/** Before and after of a change, field by field. */
export interface Field {
  name: string;
  before: string | undefined;
  after: string | undefined;
  changed: boolean;
}

/** Every leaf by its path: `limits.0.model` is `"r1-nano"`. */
function leaves(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    if (members.length > 0) {
      for (const [name, member] of members) {
        leaves(member, path === '' ? name : `${path}.${name}`, into);
      }
      return;
    }
  }
  into.set(path, typeof value === 'string' ? value : JSON.stringify(value));
}

function flat(value: unknown): Map<string, string> {
  const into = new Map<string, string>();
  if (value !== null && value !== undefined) leaves(value, '', into);
  return into;
}

/** The fields that differ first, else in the order of the object. */
export function fieldsOf(before: unknown, after: unknown): Field[] {
  const was = flat(before);
  const is = flat(after);
  const fields = [...new Set([...was.keys(), ...is.keys()])].map((name) => ({
    name,
    before: was.get(name),
    after: is.get(name),
    changed: was.get(name) !== is.get(name),
  }));
  return fields.sort((left, right) => (left.changed === right.changed ? 0 : left.changed ? -1 : 1));
}
