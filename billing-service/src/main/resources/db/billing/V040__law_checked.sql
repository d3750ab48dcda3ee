-- When the conservation law was asked, of what, and how many sentences broke it: what has not been
-- touched since the last clean time is asked once a week.
create table law_checked (
  check_id bigint generated always as identity primary key,
  checked_at timestamptz not null,
  whole boolean not null,
  broken int not null check (broken >= 0)
);
create index on law_checked (checked_at) where broken = 0;
comment on column law_checked.whole is 'everything that is kept, not only what was touched';

-- What was posted since then, and all sums of some days, without reading all that ever was.
create index on journal (created_at);
create index on journal (journal_id) where kind = 'ADJUST';
create index on account_day (day);
create index on credit_draw (day);

grant select, insert on law_checked to r1_billing;
