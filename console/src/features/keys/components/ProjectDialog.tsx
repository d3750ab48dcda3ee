import { Button, Group, NativeSelect, Skeleton, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { QueryState } from '@/components/QueryState';
import { useViewer } from '@/components/useViewer';
import { createProject } from '@/features/keys/api/createProject';
import { organizationsQuery } from '@/lib/organizations';
import { FormError } from '@/components/FormError';

/** A project, in an organization that exists or in a new one. */
export function ProjectDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const organizations = useQuery(organizationsQuery);
  return (
    <Dialog onClose={onClose} title={t('project.form.title')}>
      <QueryState
        query={organizations}
        what={t('project.form.organization')}
        skeleton={<Skeleton height={180} />}
      >
        {({ items }) => (
          <ProjectForm
            organizations={items.filter(({ id }) =>
              viewer.may('projects_create', { organization: id }),
            )}
            mayCreateOrganization={viewer.may('site')}
            onClose={onClose}
          />
        )}
      </QueryState>
    </Dialog>
  );
}

interface ProjectFormProps {
  organizations: { id: string; name: string }[];
  mayCreateOrganization: boolean;
  onClose: () => void;
}

function ProjectForm({ organizations, mayCreateOrganization, onClose }: ProjectFormProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(organizations[0]?.id ?? '');
  const [organizationName, setOrganizationName] = useState('');
  const [name, setName] = useState('');
  const [checked, setChecked] = useState(false);
  const create = useMutation(createProject);
  const isNew = chosen === '';
  const nameMissing = name.trim() === '';
  const organizationMissing = isNew && organizationName.trim() === '';

  const submit = () => {
    setChecked(true);
    if (nameMissing || organizationMissing) return;
    const organization = isNew ? { name: organizationName.trim() } : { id: chosen };
    create.mutate({ name: name.trim(), organization }, { onSuccess: onClose });
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        {create.error && <FormError error={create.error} />}
        {organizations.length > 0 && (
          <NativeSelect
            label={t('project.form.organization')}
            value={chosen}
            data={[
              ...organizations.map(({ id, name: label }) => ({ value: id, label })),
              ...(mayCreateOrganization
                ? [{ value: '', label: t('project.form.organization.new') }]
                : []),
            ]}
            onChange={(event) => {
              setChosen(event.currentTarget.value);
            }}
          />
        )}
        {isNew && (
          <TextInput
            data-autofocus
            label={t('project.form.organizationName')}
            maxLength={100}
            error={checked && organizationMissing ? t('keys.form.nameMissing') : undefined}
            value={organizationName}
            onChange={(event) => {
              setOrganizationName(event.currentTarget.value);
            }}
          />
        )}
        <TextInput
          label={t('project.form.name')}
          maxLength={100}
          error={checked && nameMissing ? t('keys.form.nameMissing') : undefined}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('project.form.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
