/** What a probe looks at, in the server's words. */
export const CHECKS = [
  'models',
  'model',
  'context_length',
  'completion',
  'running_usage',
  'final_usage',
  'usage',
  'text',
  'reasoning',
] as const;
