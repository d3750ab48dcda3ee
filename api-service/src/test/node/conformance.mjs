// The official Node client against a platform that answers sums: node conformance.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { APIUserAbortError, AuthenticationError, NotFoundError } from 'openai';
import { BadRequestError, toFile, UnprocessableEntityError } from 'openai';
import { client, model, question, run } from './client.mjs';

const openai = client();
const ask = { model, messages: question, temperature: 0 };
const add = {
  type: 'function',
  function: {
    name: 'add',
    parameters: {
      type: 'object',
      properties: { sure: { type: 'boolean' } },
      required: ['sure'],
      additionalProperties: false,
    },
  },
};
const withTool = { ...ask, tools: [add], tool_choice: 'required', parallel_tool_calls: false };

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** A line of a batch's input. */
function line(custom_id, more) {
  const body = { ...ask, ...more };
  return JSON.stringify({ custom_id, method: 'POST', url: '/v1/chat/completions', body });
}

async function linesOf(file) {
  const content = await (await openai.files.content(file)).text();
  return content
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));
}

const text = (chunks, field) => chunks.map((c) => c.choices[0]?.delta[field] ?? '').join('');

await run({
  async models() {
    const ids = [];
    for await (const one of openai.models.list()) ids.push(one.id);
    assert.ok(ids.includes(model));
    assert.equal((await openai.models.retrieve(model)).owned_by.length > 0, true);
  },

  async json() {
    const answer = await openai.chat.completions.create(ask);
    const { message } = answer.choices[0];
    assert.match(message.content, /936/);
    assert.ok(message.reasoning_content.length > 0);
    assert.ok(answer.usage.completion_tokens_details.reasoning_tokens > 0);
    assert.match(answer.usage.cost, /^0\.\d+$/);
  },

  async streamWithoutUsage() {
    const chunks = await collect(await openai.chat.completions.create({ ...ask, stream: true }));
    assert.match(text(chunks, 'content'), /936/);
    assert.ok(text(chunks, 'reasoning_content').length > 0);
    assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
    assert.ok(chunks.every((chunk) => !chunk.usage));
  },

  async streamWithUsage() {
    const wanted = { ...ask, stream: true, stream_options: { include_usage: true } };
    const chunks = await collect(await openai.chat.completions.create(wanted));
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.ok(chunks.at(-1).usage.completion_tokens > 0);
    assert.match(chunks.at(-1).usage.cost, /^0\.\d+$/);
  },

  async helperThatCollectsAStream() {
    const answer = await openai.chat.completions.stream(ask).finalChatCompletion();
    assert.match(answer.choices[0].message.content, /936/);
  },

  async toolAndSecondTurn() {
    const first = await openai.chat.completions.create(withTool);
    assert.equal(first.choices[0].finish_reason, 'tool_calls');
    const { message } = first.choices[0];
    const call = message.tool_calls[0];
    assert.equal(call.function.name, 'add');
    assert.equal(typeof JSON.parse(call.function.arguments).sure, 'boolean');
    const output = { role: 'tool', tool_call_id: call.id, content: '936' };
    const messages = [...question, message, output];
    const second = await openai.chat.completions.create({ ...ask, messages, max_tokens: 64 });
    assert.ok(second.usage.completion_tokens > 0);
  },

  async toolInAStream() {
    const final = await openai.chat.completions.stream(withTool).finalChatCompletion();
    const call = final.choices[0].message.tool_calls[0];
    assert.equal(typeof JSON.parse(call.function.arguments).sure, 'boolean');
  },

  async schema() {
    const schema = add.function.parameters;
    const answer = await openai.chat.completions.create({
      ...ask,
      response_format: { type: 'json_schema', json_schema: { name: 'it', strict: true, schema } },
    });
    assert.equal(typeof JSON.parse(answer.choices[0].message.content).sure, 'boolean');
  },

  async twoChoices() {
    const answer = await openai.chat.completions.create({ ...ask, n: 2, temperature: 0.6 });
    assert.deepEqual(
      answer.choices.map((choice) => choice.index),
      [0, 1],
    );
  },

  async logprobs() {
    const wanted = { ...ask, logprobs: true, top_logprobs: 2 };
    const { content } = (await openai.chat.completions.create(wanted)).choices[0].logprobs;
    assert.ok(content.length > 0 && content[0].top_logprobs.length === 2);
  },

  async completions() {
    const answer = await openai.completions.create({ model, prompt: '1 + 1', max_tokens: 8 });
    assert.equal(answer.object, 'text_completion');
    assert.equal(answer.usage.completion_tokens, 8);
  },

  async filesAndABatchToTheEnd() {
    const input = Buffer.from([line('sum'), line('nobody', { model: 'r2-mega' })].join('\n'));
    const hour = { anchor: 'created_at', seconds: 3600 };
    const file = await openai.files.create({
      file: await toFile(input, 'questions.jsonl'),
      purpose: 'batch',
      expires_after: hour,
    });
    assert.equal(file.expires_at - file.created_at, 3600);
    assert.deepEqual(await openai.files.retrieve(file.id), file);
    let batch = await openai.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { run: 'node' },
      output_expires_after: hour,
    });
    while (['validating', 'in_progress', 'finalizing'].includes(batch.status)) {
      await wait(200);
      batch = await openai.batches.retrieve(batch.id);
    }
    assert.equal(batch.status, 'completed');
    assert.equal(batch.metadata.run, 'node');
    assert.deepEqual(batch.request_counts, { total: 2, completed: 1, failed: 1 });

    const [answered, ...noMore] = await linesOf(batch.output_file_id);
    assert.deepEqual(noMore, []);
    assert.equal(answered.custom_id, 'sum');
    assert.match(answered.response.body.choices[0].message.content, /936/);
    assert.match(answered.response.body.usage.cost, /^0\.\d+$/);
    const [refused] = await linesOf(batch.error_file_id);
    assert.equal(refused.custom_id, 'nobody');
    assert.equal(refused.response.status_code, 404);

    const batches = [];
    for await (const one of openai.batches.list()) batches.push(one.id);
    assert.ok(batches.includes(batch.id));
    assert.equal((await openai.files.delete(file.id)).deleted, true);
    await assert.rejects(openai.files.retrieve(file.id), NotFoundError);
  },

  async refusals() {
    const stranger = client({ apiKey: 'sk-r1-nobody' });
    await assert.rejects(stranger.models.list(), AuthenticationError);
    const bad = (more) => openai.chat.completions.create({ ...ask, ...more });
    await assert.rejects(bad({ model: 'r2-mega' }), NotFoundError);
    await assert.rejects(bad({ messages: [] }), BadRequestError);
    await assert.rejects(bad({ max_tokens: 1_000_000 }), UnprocessableEntityError);
    await assert.rejects(bad({ n: 9 }), (error) => error.code === 'invalid_value');
  },

  async abort() {
    const stream = await openai.chat.completions.create({ ...ask, stream: true });
    for await (const chunk of stream) {
      assert.ok(chunk.id.startsWith('chatcmpl-'));
      break; // hangs up
    }
    const stop = new AbortController();
    stop.abort();
    const never = openai.chat.completions.create(ask, { signal: stop.signal });
    await assert.rejects(never, APIUserAbortError);
  },

  async repeatWithAKeyIsChargedOnce() {
    const headers = { 'Idempotency-Key': randomUUID() };
    const wanted = { ...ask, temperature: 1 };
    const first = await openai.chat.completions.create(wanted, { headers }).withResponse();
    const again = await openai.chat.completions.create(wanted, { headers }).withResponse();
    assert.deepEqual(again.data, first.data);
    assert.equal(again.response.headers.get('x-r1-replayed'), 'true');
    assert.equal(again.request_id, first.request_id);
  },
});
