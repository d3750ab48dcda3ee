-- What billing had of a day when it was compared, not its cost alone: a free request costs nothing.
alter table journal_checked
  add column usage_requests bigint null check (usage_requests >= 0),
  add column usage_input numeric null check (usage_input >= 0),
  add column usage_output numeric null check (usage_output >= 0);
comment on column journal_checked.usage_requests is
  'null, as the tokens: not compared since this column is there';
