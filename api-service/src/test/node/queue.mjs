// The official Node client while its request waits for half a minute in the queue: node queue.mjs
import assert from 'node:assert/strict';
import { client, model, run } from './client.mjs';

const ask = { model, messages: [{ role: 'user', content: 'queue' }] };
const once = client();

async function waits() {
  const answer = await once.chat.completions.create(ask);
  return answer.choices[0].message.content;
}

async function waitsForAStream() {
  let said = '';
  const stream = await once.chat.completions.create({ ...ask, stream: true });
  for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? '';
  return said;
}

const both = Promise.all([waits(), waitsForAStream()]);

await run({
  async waitsInTheQueue() {
    assert.equal((await both)[0], 'at last');
  },

  async waitsInTheQueueForAStream() {
    assert.equal((await both)[1], 'at last');
  },
});
