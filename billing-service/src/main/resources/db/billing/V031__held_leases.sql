-- What held records may yet be charged to leases: it stays reserved until a person decides.
create view held_lease as
  select l.lease_id, sum(h.pico) as amount
  from (select leases,
      greatest(('x' || encode(substring(record from 129 for 8), 'hex'))::bit(64)::bigint, 0) as pico
    from usage_held
    where resolved is null and reason not in ('CONFLICT', 'MALFORMED')) h
    cross join unnest(h.leases) as l(lease_id)
  where l.lease_id <> 0
  group by l.lease_id;

grant select on held_lease to r1_billing;
