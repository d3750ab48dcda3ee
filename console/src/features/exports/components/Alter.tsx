import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isUnfinished, type Job } from '@/features/exports/api/jobs';
import { alterExport } from '@/features/exports/api/orders';

interface AlterProps {
  job: Job;
  size?: 'compact-sm' | 'sm';
  onError: (error: Error | null) => void;
}

/** Cancels an export that is not finished, or goes on with one that ended too early. */
export function Alter({ job, size = 'sm', onError }: AlterProps) {
  const { t } = useTranslation();
  const alter = useMutation(alterExport);
  if (job.status === 'done') return null;
  const verb = isUnfinished(job) ? 'cancel' : 'resume';
  return (
    <Button
      size={size}
      variant="default"
      loading={alter.isPending}
      aria-label={t(`exports.${verb}.named`, { id: job.export_id })}
      onClick={() => {
        onError(null);
        alter.mutate({ id: job.export_id, verb }, { onError });
      }}
    >
      {t(`exports.${verb}`)}
    </Button>
  );
}
