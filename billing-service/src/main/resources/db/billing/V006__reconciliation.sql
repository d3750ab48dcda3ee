-- What reconciliation reads of usage: every request of which the engine and the gateway do not say
-- the same, and what the published rule says about it. `what` is null where nothing explains it.
create view usage_mismatch as
  with engine as (
    select bucket, event_id, attempt, tok_hit + tok_miss as input, tok_out as output,
      replica_id, epoch,
      attempt = max(attempt) over (partition by bucket, event_id) as newest
    from engine_usage
  ), usage as (
    select bucket, event_id, finish, flags, tok_hit + tok_miss as input,
      tok_reason + tok_answer as output, amount_pico
    from usage_record
  ), pair as (
    select bucket, event_id, e.event_id is not null as has_engine,
      u.event_id is not null as has_usage,
      coalesce(e.input, 0) as engine_input, coalesce(e.output, 0) as engine_output,
      coalesce(u.input, 0) as usage_input, coalesce(u.output, 0) as usage_output,
      coalesce(u.amount_pico, 0) as amount_pico, u.finish,
      coalesce(u.flags & 4 <> 0, false) as by_gateway,
      exists (select from ingest_hwm h
        where h.replica_id = e.replica_id and h.epoch = e.epoch and h.closed) as epoch_closed
    from (select * from engine where newest) e full join usage u using (bucket, event_id)
  )
  select bucket, event_id, engine_input, engine_output, usage_input, usage_output, amount_pico,
    has_engine, has_usage,
    case
      when not has_usage and epoch_closed then 'LOST'
      when not has_usage then null
      when not has_engine and by_gateway then 'ENGINE_DIED'
      when not has_engine then null
      when finish = 6 then 'LOST'
      when usage_output = 0 and engine_output = 0 then 'NO_OUTPUT'
      when by_gateway and engine_input >= usage_input and engine_output >= usage_output
        then 'LATE_STOP'
    end as what
  from pair
  where engine_input <> usage_input or engine_output <> usage_output
  union all
  select bucket, event_id, input, output, 0, 0, 0, true, true, 'RETRY'
  from engine where not newest;

create view usage_stream as
  select source, replica_id, epoch, next_seq, closed, seen_at from ingest_hwm;

create view engine_stream as
  select instance_id, next_seq, ended_at, seen_at from engine_instance;

create view engine_attempt as
  select bucket, event_id, attempt, instance_id, replica_id, epoch, model_id, tok_hit, tok_miss,
    tok_reason, tok_out, finish, encode(output_sha256, 'hex') as output_sha256, started_at, ended_at
  from engine_usage;

-- Held and not yet resolved.
create view held_open as
  select event_id, reason from usage_held where resolved is null
  union all
  select event_id, reason from engine_held where resolved is null;

grant select on usage_mismatch, usage_stream, engine_stream, engine_attempt, held_open
  to r1_billing;
