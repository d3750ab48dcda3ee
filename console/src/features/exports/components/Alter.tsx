import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isUnfinished, type Job } from '@/features/exports/api/jobs';
import { alterExport } from '@/features/exports/api/orders';
import { ConfirmDialog } from '@/features/exports/components/ConfirmDialog';

interface AlterProps {
  job: Job;
  size?: 'compact-sm' | 'sm';
  onError: (error: Error | null) => void;
}

/**
 * Cancels an export that is not finished, or goes on with one that ended too early. Of a schedule's
 * it says first what that means.
 */
export function Alter({ job, size = 'sm', onError }: AlterProps) {
  const { t } = useTranslation();
  const alter = useMutation(alterExport);
  const [asking, setAsking] = useState(false);
  if (job.status === 'done') return null;
  const verb = isUnfinished(job) ? 'cancel' : 'resume';
  const run = () => {
    setAsking(false);
    onError(null);
    alter.mutate({ id: job.export_id, verb }, { onError });
  };
  return (
    <>
      <Button
        size={size}
        variant="default"
        loading={alter.isPending}
        aria-label={t(`exports.${verb}.named`, { id: job.export_id })}
        onClick={() => {
          if (verb === 'cancel' && job.schedule_id != null) setAsking(true);
          else run();
        }}
      >
        {t(`exports.${verb}`)}
      </Button>
      {asking && job.schedule_id != null && (
        <ConfirmDialog
          title={t('exports.leaveOut', { id: job.export_id })}
          body={t('exports.leaveOut.body', { schedule: job.schedule_id })}
          no={t('exports.leaveOut.no')}
          yes={t('exports.cancel.named', { id: job.export_id })}
          onYes={run}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </>
  );
}
