-- Keys that read their organization's invoices. Those of before do not: their makers need not.
alter table api_key drop constraint api_key_scopes_check;
alter table api_key
  add constraint api_key_scopes_check
    check (
      cardinality(scopes) > 0
      and (scopes <@ array['inference', 'batch', 'usage:read', 'invoices:read']
        or scopes <@ array['admin:read', 'admin:write']));
