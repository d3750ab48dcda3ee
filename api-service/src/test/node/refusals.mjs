// The official Node client where the server refuses or fails: node refusals.mjs
// The server knows by the question what to do; R1_POOR_KEY at R1_POOR_URL has no money left.
import assert from 'node:assert/strict';
import { APIError, RateLimitError } from 'openai';
import { client, model, run } from './client.mjs';

const ask = (content) => ({ model, messages: [{ role: 'user', content }] });
const once = client();

await run({
  async noMoney() {
    const { R1_POOR_URL, R1_POOR_KEY } = process.env;
    const poor = client({ baseURL: `${R1_POOR_URL}/v1`, apiKey: R1_POOR_KEY, maxRetries: 2 });
    await assert.rejects(poor.chat.completions.create(ask('anything')), (error) => {
      assert.ok(error instanceof APIError);
      assert.equal(error.status, 402);
      return error.code === 'budget_exceeded';
    });
  },

  async queueFull() {
    await assert.rejects(once.chat.completions.create(ask('full always')), RateLimitError);
  },

  async comesAgainAfter429ByItself() {
    const answer = await client({ maxRetries: 2 }).chat.completions.create(ask('full once node'));
    assert.equal(answer.choices[0].message.content, 'at last');
  },

  async failsInTheMiddleOfAStream() {
    const stream = await once.chat.completions.create({ ...ask('break'), stream: true });
    let said = '';
    await assert.rejects(
      async () => {
        for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? '';
      },
      (error) => error instanceof APIError && error.code === 'engine_failed',
    );
    assert.equal(said, 'half');
  },
});
