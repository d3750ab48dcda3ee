import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { alterSchedule, type Schedule, type ScheduleVerb } from '@/features/exports/api/schedules';
import { ConfirmDialog } from '@/features/exports/components/ConfirmDialog';
import { newCommandId } from '@/lib/commands';

interface AlterScheduleProps {
  schedule: Schedule;
  size?: 'compact-sm' | 'sm';
  onError: (error: Error | null) => void;
}

/**
 * Pauses a schedule, goes on with it, or, once that was confirmed, ends it for good. After a lost
 * answer the same command is sent again.
 */
export function AlterSchedule({ schedule, size = 'sm', onError }: AlterScheduleProps) {
  const { t } = useTranslation();
  const alter = useMutation(alterSchedule);
  const [commands, setCommands] = useState(() => ({
    pause: newCommandId(),
    resume: newCommandId(),
    close: newCommandId(),
  }));
  const [closing, setClosing] = useState(false);
  const id = schedule.schedule_id;
  const run = (verb: ScheduleVerb) => {
    setClosing(false);
    onError(null);
    alter.mutate(
      { id, verb, command: commands[verb] },
      {
        onSuccess: () => {
          setCommands((before) => ({ ...before, [verb]: newCommandId() }));
        },
        onError,
      },
    );
  };
  const verbs = verbsOf(schedule);
  if (verbs.length === 0) return null;
  return (
    <Group gap="xs" justify="flex-end">
      {verbs.map((verb) => (
        <Button
          key={verb}
          size={size}
          variant="default"
          loading={alter.isPending && alter.variables.verb === verb}
          disabled={alter.isPending}
          aria-label={t(`schedules.${verb}.named`, { id })}
          onClick={() => {
            if (verb === 'close') setClosing(true);
            else run(verb);
          }}
        >
          {t(`schedules.${verb}`)}
        </Button>
      ))}
      {closing && (
        <ConfirmDialog
          title={t('schedules.close.title', { id })}
          body={t('schedules.close.body')}
          no={t('schedules.close.no')}
          yes={t('schedules.close.named', { id })}
          onYes={() => {
            run('close');
          }}
          onClose={() => {
            setClosing(false);
          }}
        />
      )}
    </Group>
  );
}

/** One that is active goes on at once with a run that failed. */
function verbsOf({ status, error }: Schedule): ScheduleVerb[] {
  if (status === 'closed') return [];
  if (status === 'paused') return ['resume', 'close'];
  return error == null ? ['pause', 'close'] : ['resume', 'pause', 'close'];
}
