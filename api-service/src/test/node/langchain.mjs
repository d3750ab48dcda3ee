// LangChain's OpenAI and DeepSeek models against a platform that answers sums: node langchain.mjs
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatDeepSeek } from '@langchain/deepseek';
import { ChatOpenAI } from '@langchain/openai';
import { model, question, run } from './client.mjs';

const { R1_URL, R1_KEY } = process.env;
const ask = [new HumanMessage(question[0].content)];
const settings = { model, temperature: 0, maxRetries: 0, apiKey: R1_KEY };
const schema = {
  type: 'object',
  properties: { sure: { type: 'boolean' } },
  required: ['sure'],
  additionalProperties: false,
};
const add = { type: 'function', function: { name: 'add', parameters: schema } };

// As DeepSeek's clients are given it: the bare host.
const openai = (more) =>
  new ChatOpenAI({ ...settings, ...more, configuration: { baseURL: `${R1_URL}/v1` } });
const deepseek = (more) =>
  new ChatDeepSeek({ ...settings, ...more, configuration: { baseURL: R1_URL } });

function version(name) {
  const manifest = new URL(`./node_modules/@langchain/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

async function collect(stream) {
  let whole;
  for await (const chunk of stream) whole = whole ? whole.concat(chunk) : chunk;
  return whole;
}

const reasoning = (message) => message.additional_kwargs.reasoning_content;

async function toolAndSecondTurn(chat) {
  const first = await chat().bindTools([add], { tool_choice: 'required' }).invoke(ask);
  const [call] = first.tool_calls;
  assert.equal(call.name, 'add');
  assert.equal(typeof call.args.sure, 'boolean');
  const output = new ToolMessage({ tool_call_id: call.id, content: '936' });
  const second = await chat({ maxTokens: 64 }).invoke([...ask, first, output]);
  assert.ok(second.usage_metadata.output_tokens > 0);
}

await run(
  {
    async openaiInvoke() {
      const answer = await openai().invoke(ask);
      assert.match(answer.content, /936/);
      assert.ok(answer.usage_metadata.input_tokens > 0);
      assert.ok(answer.usage_metadata.output_token_details.reasoning > 0);
    },

    async openaiStream() {
      const whole = await collect(await openai().stream(ask));
      assert.match(whole.content, /936/);
      assert.ok(whole.usage_metadata.output_tokens > 0);
    },

    openaiTools: () => toolAndSecondTurn(openai),

    async openaiStructured() {
      const options = { name: 'it', method: 'jsonSchema', strict: true };
      const found = await openai().withStructuredOutput(schema, options).invoke(ask);
      assert.equal(typeof found.sure, 'boolean');
    },

    async openaiRefusal() {
      await assert.rejects(openai({ apiKey: 'sk-r1-nobody' }).invoke(ask), /401|API key/);
    },

    async deepseekInvoke() {
      const answer = await deepseek().invoke(ask);
      assert.match(answer.content, /936/);
      assert.ok(reasoning(answer).length > 0);
      assert.ok(answer.usage_metadata.output_tokens > 0);
    },

    async deepseekStream() {
      const whole = await collect(await deepseek().stream(ask));
      assert.match(whole.content, /936/);
      assert.ok(reasoning(whole).length > 0);
    },

    deepseekTools: () => toolAndSecondTurn(deepseek),

    async deepseekStructured() {
      const found = await deepseek().withStructuredOutput(schema, { name: 'it' }).invoke(ask);
      assert.equal(typeof found.sure, 'boolean');
    },

    async deepseekManyTurns() {
      const first = await deepseek().invoke(ask);
      const again = new HumanMessage('What is 1 + 1?');
      const second = await deepseek({ maxTokens: 64 }).invoke([...ask, first, again]);
      assert.ok(second.usage_metadata.output_tokens > 0);
    },
  },
  `${version('openai')},deepseek-${version('deepseek')}`,
);
