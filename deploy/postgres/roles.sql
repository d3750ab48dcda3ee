-- The six roles and three schemas of R1 Platform. Idempotent; run once as a superuser in the
-- platform's database, before any service starts. Each schema belongs to r1_<service>_owner, under
-- which Flyway runs; the service itself connects as r1_<service>, which owns nothing and gets its
-- grants from the migrations. Passwords are set by whoever runs this (compose, ./r1, the tests).
-- Statements are separated by a line that holds only `--;;`, so that JDBC callers can split them.
do $$
declare
  service text;
begin
  foreach service in array array['api', 'inference', 'billing'] loop
    if not exists (select from pg_roles where rolname = 'r1_' || service || '_owner') then
      execute format('create role %I login noinherit', 'r1_' || service || '_owner');
    end if;
    if not exists (select from pg_roles where rolname = 'r1_' || service) then
      execute format('create role %I login noinherit', 'r1_' || service);
    end if;
    execute format('create schema if not exists %I authorization %I',
        service, 'r1_' || service || '_owner');
    execute format('grant usage on schema %I to %I', service, 'r1_' || service);
    execute format('alter role %I set search_path = %I', 'r1_' || service, service);
    execute format('alter role %I set search_path = %I', 'r1_' || service || '_owner', service);
  end loop;
end
$$
--;;
revoke all on schema public from public
--;;
do $$
begin
  execute format('revoke temporary on database %I from public', current_database());
  execute format('grant temporary on database %I to r1_billing', current_database());
end
$$
--;;
create extension if not exists btree_gist
