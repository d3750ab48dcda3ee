-- The tokens of a day when it was compared, so that the gateway sees whether they are still the same.
alter table reconciliation_day
  add column input numeric null check (input >= 0),
  add column output numeric null check (output >= 0);
comment on column reconciliation_day.input is
  'null, as output: not compared since this column is there';
