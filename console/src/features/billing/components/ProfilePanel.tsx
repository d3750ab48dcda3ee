import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Facts } from '@/components/Facts';
import { Lines } from '@/components/Lines';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useViewer } from '@/components/useViewer';
import { profileQuery, type Profile } from '@/features/billing/api/profile';
import { ProfileDialog } from '@/features/billing/components/ProfileDialog';
import classes from '@/features/billing/components/ProfilePanel.module.css';

interface ProfilePanelProps {
  organization: string;
  name: string;
}

/** Whom invoices name, and where they go. Operators change it. */
export function ProfilePanel({ organization, name }: ProfilePanelProps) {
  const { t } = useTranslation();
  const operator = useViewer().may('site');
  const query = useQuery(profileQuery(organization));
  const [changing, setChanging] = useState(false);
  return (
    <Panel
      title={t('profile.title')}
      summary={t(operator ? 'profile.summary' : 'profile.summary.read')}
      action={
        operator &&
        query.data !== undefined && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              setChanging(true);
            }}
          >
            {t(query.data === null ? 'profile.set' : 'profile.change')}
          </Button>
        )
      }
    >
      <QueryState query={query} what={t('profile.what')} skeleton={<Lines count={4} />}>
        {(profile) =>
          profile === null ? (
            <Text size="sm" c="dimmed">
              {t('profile.none')}
            </Text>
          ) : (
            <Contents profile={profile} />
          )
        }
      </QueryState>
      {changing && query.data !== undefined && (
        <ProfileDialog
          organization={organization}
          name={name}
          profile={query.data}
          onClose={() => {
            setChanging(false);
          }}
        />
      )}
    </Panel>
  );
}

function Contents({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  return (
    <Facts
      facts={[
        { name: t('profile.name'), value: profile.name },
        {
          name: t('profile.address'),
          value: <span className={classes.address}>{profile.address || '–'}</span>,
        },
        { name: t('profile.country'), value: profile.country ?? '–' },
        { name: t('profile.taxNumber'), value: profile.tax_number ?? '–' },
        { name: t('profile.email'), value: profile.email ?? t('profile.email.none') },
        { name: t('profile.language'), value: t(`profile.language.${profile.language}`) },
        { name: t('profile.paper'), value: t(`profile.paper.${profile.paper}`) },
        { name: t('profile.due'), value: t('profile.due.days', { count: profile.due_days }) },
      ]}
    />
  );
}
