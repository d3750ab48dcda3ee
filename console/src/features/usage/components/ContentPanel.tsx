import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormError } from '@/components/FormError';
import { Panel } from '@/components/Panel';
import { useViewer } from '@/components/useViewer';
import { readContent, type Content } from '@/features/usage/api/content';
import { storingQuery } from '@/features/usage/api/projectStoring';
import type { Request } from '@/features/usage/api/request';
import classes from '@/features/usage/components/ContentPanel.module.css';
import { answerParts, promptParts, type Part } from '@/features/usage/transcript';
import { Problem } from '@/lib/http';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment } from '@/lib/time';

/**
 * The prompt and the answer, where the project stores them and the viewer may see them. They are
 * fetched only when asked for, since each view is in the audit trail.
 */
export function ContentPanel({ request: { id, organization, project } }: { request: Request }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const storing = useQuery(storingQuery);
  const [content, setContent] = useState<Content>();
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  if (!organization || !project) return null;
  const known = storing.data?.items.find((one) => one.id === project.id);
  const place = { organization: organization.id, project: project.id };
  const mayRead = viewer.may('content_read', place);
  const show = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setContent(await readContent(id, project.id));
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    }
    setBusy(false);
  };
  const none = error instanceof Problem && error.status === 404;
  return (
    <Panel title={t('content.title')}>
      {content ? (
        <Shown
          content={content}
          onHide={() => {
            setContent(undefined);
          }}
        />
      ) : (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {words()}
          </Text>
          {error && !none && <FormError error={error} />}
          {mayRead && !none && known?.content_days != null && (
            <Group>
              <Button variant="default" size="xs" loading={busy} onClick={() => void show()}>
                {t('content.show')}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </Panel>
  );

  function words(): string {
    if (none) return t('content.none');
    if (known?.content_days == null) return t('content.notStored');
    if (!mayRead) return t(viewer.operator ? 'content.notOperators' : 'content.notYours');
    return t('content.noted', { count: known.content_days });
  }
}

function Shown({ content, onHide }: { content: Content; onHide: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { answer, request } = content;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t('content.until', { when: formatMoment(content.expires_at, locale) })}
        </Text>
        <Button variant="default" size="xs" onClick={onHide}>
          {t('content.hide')}
        </Button>
      </Group>
      <Side title={t('content.prompt')} parts={promptParts(request)} raw={request} />
      {answer === null ? (
        <Text size="sm">{t('content.noAnswer', { status: content.status })}</Text>
      ) : (
        <Side
          title={t('content.answer')}
          parts={answerParts(answer, content.content_type)}
          raw={answer}
        />
      )}
    </Stack>
  );
}

interface SideProps {
  title: string;
  parts: Part[] | undefined;
  raw: string;
}

/** Text is shown as text: nothing in it is markup. */
function Side({ title, parts, raw }: SideProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={title}>
      <Text fw={600} size="sm" mb={6}>
        {title}
      </Text>
      {(parts ?? [{ role: '', text: raw }]).map(({ role, text }, index) => (
        <div key={index} className={classes.part} data-role={role}>
          {role !== '' && (
            <Text size="xs" c="dimmed">
              {role === 'reasoning' ? t('class.reasoning') : role}
            </Text>
          )}
          <pre className={classes.text} tabIndex={0}>
            {text}
          </pre>
        </div>
      ))}
    </section>
  );
}
