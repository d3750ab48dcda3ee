import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { createKey, type CreatedKey } from '@/features/keys/api/createKey';
import { KEYS } from '@/features/keys/api/keys';
import type { Project } from '@/features/keys/api/projects';
import { FormError } from '@/components/FormError';
import { RightsFields } from '@/features/keys/components/RightsFields';
import { Secret } from '@/features/keys/components/Secret';
import { rightsOf, USUAL } from '@/features/keys/rights';

const LIFETIMES = { day: 86_400, month: 30 * 86_400, quarter: 90 * 86_400, never: undefined };

type Lifetime = keyof typeof LIFETIMES;

const isLifetime = (text: string): text is Lifetime => text in LIFETIMES;

interface CreateKeyDialogProps {
  projects: Project[];
  projectId: string | undefined;
  onClose: () => void;
}

/** Asks for project, name, lifetime, rights; then shows the secret, once, from this state only. */
export function CreateKeyDialog({ projects, projectId, onClose }: CreateKeyDialogProps) {
  const { t } = useTranslation();
  const [created, setCreated] = useState<CreatedKey>();
  return (
    <Dialog
      onClose={onClose}
      size="xl"
      title={t(created ? 'keys.secret.title' : 'keys.create')}
      closeOnClickOutside={!created}
      closeOnEscape={!created}
      withCloseButton={!created}
    >
      {created ? (
        <Secret created={created} onClose={onClose} />
      ) : (
        <KeyForm
          projects={projects}
          projectId={projectId}
          onCreated={setCreated}
          onCancel={onClose}
        />
      )}
    </Dialog>
  );
}

interface KeyFormProps {
  projects: Project[];
  projectId: string | undefined;
  onCreated: (created: CreatedKey) => void;
  onCancel: () => void;
}

function KeyForm({ projects, projectId, onCreated, onCancel }: KeyFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [project, setProject] = useState(projectId ?? projects[0]?.id ?? '');
  const [name, setName] = useState('');
  const [lifetime, setLifetime] = useState<Lifetime>('never');
  const [rights, setRights] = useState(USUAL);
  const [error, setError] = useState<Error>();
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);

  async function submit() {
    setMissing(name.trim() === '');
    if (name.trim() === '' || rights.scopes.length === 0) return;
    setBusy(true);
    setError(undefined);
    const seconds = LIFETIMES[lifetime];
    try {
      const created = await createKey({
        project_id: project,
        name: name.trim(),
        ...rightsOf(rights),
        ...(seconds === undefined ? {} : { expires_in_seconds: seconds }),
      });
      onCreated(created);
      void client.invalidateQueries({ queryKey: KEYS });
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
      setBusy(false);
    }
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="md">
        {error && <FormError error={error} />}
        <NativeSelect
          label={t('keys.project')}
          data={projects.map(({ id, name: label }) => ({ value: id, label }))}
          value={project}
          onChange={(event) => {
            setProject(event.currentTarget.value);
          }}
        />
        <TextInput
          data-autofocus
          label={t('keys.form.name')}
          description={t('keys.form.name.hint')}
          error={missing ? t('keys.form.nameMissing') : undefined}
          maxLength={100}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <NativeSelect
          label={t('keys.form.expires')}
          value={lifetime}
          data={Object.keys(LIFETIMES)
            .filter(isLifetime)
            .map((value) => ({ value, label: t(`keys.form.expires.${value}`) }))}
          onChange={(event) => {
            if (isLifetime(event.currentTarget.value)) setLifetime(event.currentTarget.value);
          }}
        />
        <RightsFields value={rights} onChange={setRights} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('keys.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
