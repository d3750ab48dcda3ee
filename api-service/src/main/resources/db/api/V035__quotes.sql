-- A quote asks for the median output of a project's newest requests.
create index on request_log (project_id, admitted_at);
