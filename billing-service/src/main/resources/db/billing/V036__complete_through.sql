-- Until when gateways have said all: the oldest sign of life of a stream that is open, or since when
-- it has a gap. Null: no stream is open.
create view usage_complete as
  select min(coalesce(gap_since, seen_at)) as through from ingest_hwm where not closed;

grant select on usage_complete to r1_billing;
