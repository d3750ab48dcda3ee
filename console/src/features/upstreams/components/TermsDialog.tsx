import {
  Button,
  Checkbox,
  Group,
  PasswordInput,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Conflict } from '@/components/Conflict';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { change, register, tryTerms } from '@/features/upstreams/api/changes';
import { UPSTREAMS, upstreamQuery, type Upstream } from '@/features/upstreams/api/upstreams';
import { Findings } from '@/features/upstreams/components/Findings';
import { ModelFields } from '@/features/upstreams/components/ModelFields';
import {
  EMPTY,
  formOf,
  isAddress,
  isStart,
  isWholeForm,
  modelsInWords,
  termsOfForm,
  type TermsForm,
} from '@/features/upstreams/form';
import { Problem } from '@/lib/http';
import type { Probe } from '@/lib/probe';

/** Registers a server, or changes one; a probe can be tried first, and is made in any case. */
export function TermsDialog({ upstream, onClose }: { upstream?: Upstream; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [seen, setSeen] = useState(upstream);
  const [form, setForm] = useState(upstream ? formOf(upstream) : EMPTY);
  const [theirs, setTheirs] = useState<Upstream>();
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState<'try' | 'save'>();
  const [probe, setProbe] = useState<Probe>();
  const [error, setError] = useState<Error>();
  const terms = termsOfForm(form, upstream?.enabled ?? true);
  const edit = (changed: Partial<TermsForm>) => {
    setForm({ ...form, ...changed });
    setProbe(undefined);
  };

  async function run(what: 'try' | 'save', from: Upstream | undefined) {
    setChecked(true);
    if (!isWholeForm(form)) return;
    setBusy(what);
    setError(undefined);
    setProbe(undefined);
    try {
      if (what === 'try') {
        setProbe(await tryTerms(terms, from));
      } else {
        await (from ? change(from, terms) : register(terms));
        await client.invalidateQueries({ queryKey: UPSTREAMS });
        onClose();
      }
    } catch (cause) {
      await explain(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      setBusy(undefined);
    }
  }

  async function explain(cause: Error) {
    const isStale = cause instanceof Problem && cause.status === 412;
    if (!isStale || seen === undefined) {
      setError(cause);
      if (cause instanceof Problem) setProbe(cause.probe);
      return;
    }
    try {
      setTheirs(await client.query({ ...upstreamQuery(seen.id), staleTime: 0 }));
    } catch (gone) {
      setError(gone instanceof Error ? gone : cause);
    }
  }

  return (
    <Dialog
      onClose={onClose}
      size="xl"
      closeOnClickOutside={false}
      title={
        upstream ? t('upstreams.change.title', { name: upstream.name }) : t('upstreams.register')
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run('save', seen);
        }}
      >
        <Stack gap="md">
          {error && <FormError error={error} />}
          {theirs && (
            <Conflict
              fields={differences(form, theirs).map(({ label, yours, theirs }) => ({
                name: t(label),
                yours: typeof yours === 'boolean' ? t(WORD[`${yours}`]) : yours,
                theirs: typeof theirs === 'boolean' ? t(WORD[`${theirs}`]) : theirs,
              }))}
              busy={busy === 'save'}
              onKeep={() => {
                setSeen(theirs);
                setTheirs(undefined);
                void run('save', theirs);
              }}
              onTake={() => {
                setSeen(theirs);
                setForm(formOf(theirs));
                setTheirs(undefined);
              }}
            />
          )}
          <Basics form={form} hasKey={seen?.has_key ?? false} checked={checked} onChange={edit} />
          <ModelFields
            models={form.models}
            checked={checked}
            onChange={(models) => {
              edit({ models });
            }}
          />
          {probe && <Findings probe={probe} ofChange />}
          <Text size="sm" c="dimmed">
            {t('upstreams.form.when')}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            {(upstream === undefined || upstream.enabled) && (
              <Button
                variant="default"
                loading={busy === 'try'}
                disabled={busy === 'save' || theirs !== undefined}
                onClick={() => void run('try', seen)}
              >
                {t('upstreams.form.try')}
              </Button>
            )}
            <Button
              type="submit"
              loading={busy === 'save'}
              disabled={busy === 'try' || theirs !== undefined}
            >
              {t(upstream ? 'keys.change.submit' : 'upstreams.form.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

const WORD = { true: 'matrix.yes', false: 'matrix.no' } as const;

/** What is another in the form than as it stands now. */
function differences(form: TermsForm, theirs: Upstream) {
  const yours = termsOfForm(form, theirs.enabled);
  const fields = [
    { label: 'upstreams.form.name', yours: yours.name, theirs: theirs.name },
    { label: 'upstreams.form.url', yours: yours.url, theirs: theirs.url },
    { label: 'upstreams.form.cache_salt', yours: yours.cache_salt, theirs: theirs.cache_salt },
    {
      label: 'upstreams.form.start',
      yours: String(yours.start_within_seconds),
      theirs: String(theirs.start_within_seconds),
    },
    {
      label: 'upstreams.col.models',
      yours: modelsInWords(yours.models),
      theirs: modelsInWords(theirs.models),
    },
  ] as const;
  return fields.filter((field) => field.yours !== field.theirs);
}

interface BasicsProps {
  form: TermsForm;
  hasKey: boolean;
  checked: boolean;
  onChange: (changed: Partial<TermsForm>) => void;
}

function Basics({ form, hasKey, checked, onChange }: BasicsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        data-autofocus
        label={t('upstreams.form.name')}
        maxLength={100}
        error={checked && form.name.trim() === '' ? t('upstreams.form.missing') : undefined}
        value={form.name}
        onChange={(event) => {
          onChange({ name: event.currentTarget.value });
        }}
      />
      <TextInput
        label={t('upstreams.form.url')}
        description={t('upstreams.form.url.hint')}
        error={checked && !isAddress(form.url.trim()) ? t('upstreams.form.url.wrong') : undefined}
        value={form.url}
        onChange={(event) => {
          onChange({ url: event.currentTarget.value });
        }}
      />
      <PasswordInput
        label={t('upstreams.form.key')}
        description={t(hasKey ? 'upstreams.form.key.stored' : 'upstreams.form.key.hint')}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('upstreams.form.key.show') }}
        value={form.apiKey}
        onChange={(event) => {
          onChange({ apiKey: event.currentTarget.value });
        }}
      />
      <Textarea
        label={t('upstreams.form.trusted')}
        description={t('upstreams.form.trusted.hint')}
        rows={3}
        classNames={{ input: 'mono' }}
        value={form.trusted}
        onChange={(event) => {
          onChange({ trusted: event.currentTarget.value });
        }}
      />
      <TextInput
        label={t('upstreams.form.start')}
        description={t('upstreams.form.start.hint')}
        inputMode="numeric"
        error={isStart(form.startWithin) ? undefined : t('upstreams.form.start.wrong')}
        value={form.startWithin}
        onChange={(event) => {
          onChange({ startWithin: event.currentTarget.value.trim() });
        }}
      />
      <Checkbox
        label={t('upstreams.form.cache_salt')}
        description={t('upstreams.form.cache_salt.hint')}
        checked={form.cacheSalt}
        onChange={(event) => {
          onChange({ cacheSalt: event.currentTarget.checked });
        }}
      />
    </>
  );
}
