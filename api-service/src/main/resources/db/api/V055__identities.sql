-- Who a person is at the identity provider; nobody until the first login there.
alter table person
  add column issuer text,
  add column subject text,
  add column operator_by_group boolean not null default false,
  add check (num_nulls(issuer, subject) in (0, 2)),
  add unique (issuer, subject);
grant update (issuer, subject, operator_by_group) on person to r1_api;
