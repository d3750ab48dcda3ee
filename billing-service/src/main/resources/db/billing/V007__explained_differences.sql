-- A missing engine receipt is explained only by the recorded end of an instance: one that ended
-- after the request was admitted and of which no receipt is newer than the request's end (15 s allow
-- for the gateway's wait for an exact count). Every lost request is named, also without a receipt,
-- and a waiver that the gateway recorded explains exactly its own tokens.
create or replace view usage_mismatch as
  with engine as (
    select bucket, event_id, attempt, tok_hit + tok_miss as input, tok_out as output,
      replica_id, epoch,
      attempt = max(attempt) over (partition by bucket, event_id) as newest
    from engine_usage
  ), usage as (
    select bucket, event_id, finish, flags, tok_hit + tok_miss as input,
      tok_reason + tok_answer as output, waived_in, waived_out, amount_pico,
      admitted_at, finished_at
    from usage_record
  ), pair as (
    select bucket, event_id, e.event_id is not null as has_engine,
      u.event_id is not null as has_usage,
      coalesce(e.input, 0) as engine_input, coalesce(e.output, 0) as engine_output,
      coalesce(u.input, 0) as usage_input, coalesce(u.output, 0) as usage_output,
      coalesce(u.amount_pico, 0) as amount_pico, u.finish, u.admitted_at, u.finished_at,
      coalesce(u.waived_in, 0) as waived_in, coalesce(u.waived_out, 0) as waived_out,
      coalesce(u.flags & 4 <> 0, false) as by_gateway,
      (array['RETRY', 'NO_OUTPUT', 'LATE_STOP', 'OVERRUN', 'LOST'])[u.flags >> 4 & 15] as cause,
      exists (select from ingest_hwm h
        where h.replica_id = e.replica_id and h.epoch = e.epoch and h.closed) as epoch_closed
    from (select * from engine where newest) e full join usage u using (bucket, event_id)
  )
  select bucket, event_id, engine_input, engine_output, usage_input, usage_output, amount_pico,
    has_engine, has_usage,
    case
      when not has_usage and epoch_closed then 'LOST'
      when not has_usage then null
      when finish = 6 and usage_input = 0 and usage_output = 0 then 'LOST'
      when not has_engine and (by_gateway or finish = 4) and exists (
          select from engine_instance i
          where i.ended_at >= admitted_at and not exists (
            select from engine_usage r
            where r.instance_id = i.instance_id
              and r.ended_at > finished_at + interval '15 seconds')) then 'ENGINE_DIED'
      when not has_engine then null
      when usage_output = 0 and engine_output = 0 then 'NO_OUTPUT'
      when engine_input = usage_input + waived_in and engine_output = usage_output + waived_out
        then cause
      when by_gateway and engine_input >= usage_input and engine_output >= usage_output
        then 'LATE_STOP'
    end as what
  from pair
  where engine_input <> usage_input or engine_output <> usage_output or finish = 6
  union all
  select bucket, event_id, input, output, 0, 0, 0, true, true, 'RETRY'
  from engine where not newest;
