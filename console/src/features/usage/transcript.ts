/** A stored exchange made readable; whatever is of another form stays as it was stored. */
import { z } from '@/lib/wire';

const partsSchema = z.union([
  z.string(),
  z.array(z.object({ type: z.string(), text: z.optional(z.string()) })),
]);

const chatSchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.nullish(partsSchema) })),
});

const promptSchema = z.object({ prompt: z.string() });

const said = { reasoning_content: z.nullish(z.string()), content: z.nullish(z.string()) };

const choiceSchema = z.object({
  message: z.optional(z.object(said)),
  delta: z.optional(z.object(said)),
  text: z.optional(z.string()),
});

const answerSchema = z.object({ choices: z.array(choiceSchema) });

export interface Part {
  role: string;
  text: string;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The messages of a request's body; undefined where it is of another form. */
export function promptParts(body: string): Part[] | undefined {
  const json = parsed(body);
  const chat = chatSchema.safeParse(json);
  if (chat.success) {
    return chat.data.messages.map(({ role, content }) => ({
      role,
      text:
        typeof content === 'string'
          ? content
          : (content ?? []).map((part) => part.text ?? `[${part.type}]`).join('\n'),
    }));
  }
  const completion = promptSchema.safeParse(json);
  return completion.success ? [{ role: 'user', text: completion.data.prompt }] : undefined;
}

/** Reasoning and answer of the first choice, out of JSON or out of a stream of events. */
export function answerParts(body: string, contentType: string | null): Part[] | undefined {
  const objects = contentType?.startsWith('text/event-stream')
    ? body
        .split('\n')
        .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
        .map((line) => parsed(line.slice('data: '.length)))
    : [parsed(body)];
  let reasoning = '';
  let answer = '';
  for (const object of objects) {
    const read = answerSchema.safeParse(object);
    const choice = read.success ? read.data.choices[0] : undefined;
    const words = choice?.message ?? choice?.delta;
    reasoning += words?.reasoning_content ?? '';
    answer += words?.content ?? choice?.text ?? '';
  }
  const parts = [
    { role: 'reasoning', text: reasoning },
    { role: 'assistant', text: answer },
  ].filter(({ text }) => text !== '');
  return parts.length === 0 ? undefined : parts;
}
