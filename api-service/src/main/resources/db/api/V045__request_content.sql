-- How long prompts and answers of a project are stored, and since when that is wanted; null: not at
-- all, which is how every project begins.
alter table project
  add column content_days int check (content_days between 1 and 90),
  add column content_since timestamptz,
  add check (num_nulls(content_days, content_since) in (0, 2));
grant update (content_days, content_since) on project to r1_api;

drop trigger project_changed on project;
create trigger project_changed after update on project
  for each row when ((old.models, old.content_days) is distinct from (new.models, new.content_days))
  execute function log_project_change();

-- A request and its answer, compressed and encrypted. Without content: deleted by its tenant, and
-- not to be written if that is still to come.
create table request_content (
  project_id bigint not null references project,
  event_id uuid not null,
  admitted_at timestamptz not null,
  content bytea,
  primary key (project_id, event_id)
);
alter table request_content alter column content set storage external; -- it is compressed already
create index on request_content (project_id, admitted_at);
grant select, insert, update (content), delete on request_content to r1_api;
