import { CodeLines } from '@/components/CodeLines';

const BODY =
  '{"model":"r1-nano","stream":true,"messages":[{"role":"user","content":"What is 347 + 589?"}]}';

/** A request with this server's address that works as pasted, once the key is in it. */
export function CurlLine({ apiKey }: { apiKey?: string }) {
  const lines = [
    `curl -N ${window.location.origin}/v1/chat/completions \\`,
    `  -H "Authorization: Bearer ${apiKey ?? '$R1_API_KEY'}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '${BODY}'`,
  ].join('\n');
  return <CodeLines lines={lines} what="curl" />;
}
