-- Several groups give several roles in one place, and they add up; a given role is one of its own.
alter table membership drop constraint membership_person_id_organization_id_project_id_source_key;
create unique index membership_given on membership (person_id, organization_id, project_id)
  nulls not distinct where source = 'given';
create unique index membership_of_group
  on membership (person_id, organization_id, project_id, role)
  nulls not distinct where source = 'group';
