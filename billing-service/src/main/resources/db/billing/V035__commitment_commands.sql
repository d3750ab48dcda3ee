-- Which command cancelled a commitment, or found it cancelled; an id is one command for ever.
create table commitment_cancel (
  command_id uuid primary key,
  commitment_id bigint not null references commitment,
  actor text not null check (length(actor) between 1 and 200),
  at timestamptz not null
);
create trigger append_only before update or delete or truncate on commitment_cancel
  for each statement execute function refuse_change();
grant select, insert on commitment_cancel to r1_billing;
