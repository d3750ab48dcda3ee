-- The service may ask for the partitions of any day, so whoever took it over could fill the catalogue
-- with them. Usage has no days before the product was, and none more than a year ahead.
create or replace function make_usage_partitions(day date) returns void
language plpgsql security definer set search_path = billing, pg_temp as $$
declare
  parent text;
  child text;
begin
  if day not between date '2025-01-01' and current_date + 400 then
    raise exception 'no usage can be of %', day using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(hashtext('billing.make_usage_partitions'));
  foreach parent in array array['usage_record', 'engine_usage'] loop
    child := parent || to_char(day, '"_"YYYYMMDD');
    if to_regclass('billing.' || child) is null then
      execute format('create table billing.%I (like billing.%I including all)', child, parent);
      execute format('alter table billing.%I attach partition billing.%I for values from (%L) to (%L)',
        parent, child, day, day + 1);
    end if;
  end loop;
end
$$;
