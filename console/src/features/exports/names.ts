/** Datasets and formats that the console has words for; others are called as they are. */
export const DATASETS = [
  'usage_records',
  'usage_hourly',
  'ledger_entries',
  'focus_cost_and_usage',
  'focus_invoice_detail',
  'focus_billing_period',
  'openai_compat',
  'deepseek_compat',
  'deepseek_cost',
] as const;

export const FORMATS = ['csv', 'csv.gz', 'jsonl.gz', 'parquet'] as const;
