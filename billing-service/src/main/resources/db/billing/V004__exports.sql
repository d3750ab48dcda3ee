-- One row per export whose stream reached its end; without a row there is no manifest.
create table export_run (
  run_id uuid primary key,
  dataset text not null,
  manifest jsonb not null,
  completed_at timestamptz not null
);

grant select, insert on export_run to r1_billing;
