-- A record whose number a person gave up may turn up after all; it is held.
alter table usage_held
  drop constraint usage_held_reason_check,
  add constraint usage_held_reason_check check (reason in ('CONFLICT', 'PRICE_MISMATCH',
    'UNKNOWN_PRICE', 'LATE', 'FUTURE', 'MALFORMED', 'GIVEN_UP'));
